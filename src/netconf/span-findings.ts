import { type Finding, finding } from './finding.ts';
import { childPath } from './json-path.ts';
import type { LocatedPlugin } from './located-plugin.ts';

/** Plugins whose interface is on a segment that other nodes are on, too. */
const spanning: readonly string[] = ['macvlan', 'ipvlan', 'vlan', 'host-device', 'sriov', 'ovs'];

/**
 * The classic trap: host-local keeps its list of given addresses on each node, so that on a segment that spans nodes two
 * pods get the same address.
 */
export function spanFindings({ conf, type, ipamType, path }: LocatedPlugin): readonly Finding[] {
  if (!spanning.includes(type) || ipamType !== 'host-local' || conf['linkInContainer'] === true) return [];
  const message = `host-local counts on each node by itself, so pods of two nodes get the same address on this ${type} network; write "whereabouts" or "static", or a network with its own range for each node`;
  return [finding('HostLocalSpansNodes', childPath(childPath(path, 'ipam'), 'type'), message)];
}
