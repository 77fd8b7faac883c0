import type { Sandbox } from './plan.ts';
import { sha256 } from './sha256.ts';

/** Longer keys are hashed: file names end at 255 bytes, and `.leftover.json.tmp` comes behind. */
const longestPlain = 200;

/**
 * File-name key of a sandbox: container ID and interface of the request. `:` parts them because neither may hold it;
 * libcni's `-` is ambiguous (CNI-286). What is not plain ASCII in an interface name is percent-encoded, and so is the
 * dot: interface `eth0.leftover` must not get the file of another's leftover.
 */
export function recordKey(sandbox: Pick<Sandbox, 'containerId' | 'ifname'>): string {
  return keyOf(`${sandbox.containerId}:${encodeName(sandbox.ifname)}`);
}

/**
 * Key of the container alone, for its lock: operations on one container never overlap, whatever the interface. It ends
 * in `:`, because a container may be called `gc`, which is the name of the node's lock.
 */
export function containerKey(containerId: string): string {
  return keyOf(`${containerId}:`);
}

/** Whose key this is; undefined for a hashed one, which does not tell. */
export function containerOfKey(key: string): Pick<Sandbox, 'containerId' | 'ifname'> | undefined {
  const [containerId, ifname, ...more] = key.split(':');
  if (containerId === undefined || ifname === undefined || more.length > 0) return undefined;
  try {
    return { containerId, ifname: decodeURIComponent(ifname) };
  } catch {
    return undefined;
  }
}

function keyOf(plain: string): string {
  if (plain.length <= longestPlain) return plain;
  return `${plain.slice(0, 60)}~${sha256(plain)}`;
}

function encodeName(name: string): string {
  return encodeURIComponent(name).replace(/[!'()*~.]/g, (char) => `%${char.charCodeAt(0).toString(16)}`);
}
