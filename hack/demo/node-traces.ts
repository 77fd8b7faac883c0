import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterNode } from '../cluster/node.ts';

/** What a pod could leave on its node, one line each, sorted by kind. */
export interface NodeTraces {
  readonly interfaces: readonly string[];
  readonly namespaces: readonly string[];
  /** weft's records, on disk and in memory. */
  readonly records: readonly string[];
  /** Addresses that host-local has given out, and results that libcni keeps. */
  readonly reservations: readonly string[];
}

/**
 * The bridge of the default network: its plugin makes it with the node's first pod and never removes it. The firewall's
 * and kube-proxy's own links are the node's from its start on.
 */
const staysByDesign: readonly string[] = ['cni0'];

/** Looks at a node that runs. */
export async function tracesOf(node: ClusterNode): Promise<NodeTraces> {
  const { varLibWeft, varLibCni, runWeft } = node.paths;
  const links = JSON.parse(await node.exec(['ip', '-j', 'link'])) as readonly { readonly ifname: string }[];
  return {
    interfaces: links
      .map((link) => link.ifname)
      .filter((name) => !staysByDesign.includes(name))
      .sort(),
    namespaces: (await node.exec(['ls', '/run/netns']))
      .split('\n')
      .filter((name) => name !== '')
      .sort(),
    records: [...filesBelow(varLibWeft, 'attachments'), ...filesBelow(runWeft, 'attachments')],
    reservations: [...reservationsIn(filesBelow(varLibCni, 'networks')), ...filesBelow(varLibCni, 'results')],
  };
}

/** The lines of `after` that `before` does not have. */
export function addedTraces(before: NodeTraces, after: NodeTraces): NodeTraces {
  const added = (kind: keyof NodeTraces): readonly string[] =>
    after[kind].filter((line) => !before[kind].includes(line));
  return {
    interfaces: added('interfaces'),
    namespaces: added('namespaces'),
    records: added('records'),
    reservations: added('reservations'),
  };
}

/** How many lines there are in all. */
export function countTraces(traces: NodeTraces): number {
  const { interfaces, namespaces, records, reservations } = traces;
  return [interfaces, namespaces, records, reservations].flat().length;
}

/** Of host-local's files those that stand for an address; beside them lie its lock and the last one it gave out. */
export function reservationsIn(files: readonly string[]): readonly string[] {
  return files.filter((path) => /\/(\d+\.\d+\.\d+\.\d+|[0-9a-f]*:[0-9a-f:]*)$/.test(path));
}

function filesBelow(root: string, dir: string): readonly string[] {
  const top = join(root, dir);
  if (!existsSync(top)) return [];
  return readdirSync(top, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(dir, entry.parentPath.slice(top.length), entry.name))
    .sort();
}
