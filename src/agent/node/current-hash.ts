import { createHash } from 'node:crypto';
import type { NetworkAttachmentDefinition } from '../../api/network-attachment-definition.ts';
import { readConfDirectory } from '../../netconf/conf-directory.ts';
import type { ConfFile } from '../../netconf/conf-file.ts';
import { metaPluginIn } from '../../netconf/meta-plugin.ts';
import type { NetworkLookup } from '../../resolve/snapshot.ts';

const inline = new WeakMap<NetworkAttachmentDefinition, string>();
const byName = new WeakMap<readonly ConfFile[], ReadonlyMap<string, string>>();

/**
 * The hash that an ADD would write into its record today for the network `namespace/name`; undefined: it is gone or not
 * known. `files`: those of `--network-conf-dir`, for networks whose own configuration is empty. Never throws.
 */
export function currentHash(
  key: string,
  networks: NetworkLookup,
  files: readonly ConfFile[],
): string | undefined {
  const nad = lookUp(key, networks);
  if (nad === undefined) return undefined;
  const config = nad.spec?.config ?? '';
  if (config === '') return hashesOf(files).get(nad.metadata.name);
  const hash = inline.get(nad) ?? sha256(config);
  inline.set(nad, hash);
  return hash;
}

function lookUp(key: string, networks: NetworkLookup): NetworkAttachmentDefinition | undefined {
  const [namespace = '', name = ''] = key.split('/');
  try {
    return networks(namespace, name);
  } catch {
    // What cannot be used, or not be known, is no newer configuration.
    return undefined;
  }
}

/** By CNI network name; the first of a name counts, as it does for an ADD. */
function hashesOf(files: readonly ConfFile[]): ReadonlyMap<string, string> {
  const known = byName.get(files);
  if (known !== undefined) return known;
  const hashes = new Map<string, string>();
  for (const { network } of readConfDirectory(files).networks) {
    if (metaPluginIn(network) === undefined && !hashes.has(network.name))
      hashes.set(network.name, sha256(network.text));
  }
  byName.set(files, hashes);
  return hashes;
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
