import { createHash } from 'node:crypto';
import { ClusterError } from './cluster-error.ts';

/** Environment variable that every process started for a cluster carries; its value is the cluster's id. */
export const clusterVariable = 'WEFT_CLUSTER';
/** Environment variable of a process that belongs to one node, or to `controlPlane`. */
export const nodeVariable = 'WEFT_NODE';
/** What stands for the control plane where otherwise a node's name stands. */
export const controlPlane = 'control-plane';

/** The name as it is if it may name a cluster; throws ClusterError otherwise. */
export function checkedName(name: string): string {
  if (/^[a-z0-9]([a-z0-9-]{0,18}[a-z0-9])?$/.test(name)) return name;
  throw new ClusterError(
    `cluster name '${name}': use 1 to 20 lower case letters, digits and '-', with no '-' at an end`,
  );
}

/**
 * Name and a hash of where the state lies, so that clusters of one name in two checkouts have nothing in common.
 * `stateDir` is absolute and without symbolic links. At most 29 characters.
 */
export function clusterId(name: string, stateDir: string): string {
  return `${name}-${createHash('sha256').update(stateDir).digest('hex').slice(0, 8)}`;
}

/** Directory of a cluster's control groups, below the root of each hierarchy. */
export function cgroupName(id: string): string {
  return `weft-${id}`;
}

/** A stable locally administered MAC address, so that a rebooted node keeps the addresses of its NICs. */
export function macAddress(id: string, node: string, link: string): string {
  const digest = createHash('sha256').update(`${id}/${node}/${link}`).digest('hex');
  return `02:${digest.slice(0, 10).replace(/..(?!$)/g, '$&:')}`;
}

/** Machine id of a node, 32 hex digits, the same after every boot. */
export function machineId(id: string, node: string): string {
  return createHash('sha256').update(`${id}/${node}/machine-id`).digest('hex').slice(0, 32);
}
