import type { ClusterTools } from '../toolchain/tools.ts';
import { clusterVariable, nodeVariable } from './identity.ts';

/** Environment of every process that is started for a cluster: the marker, and nothing of the developer's. */
export function markedEnvironment(
  id: string,
  tools: ClusterTools | undefined,
  node?: string,
): Readonly<Record<string, string>> {
  const own =
    tools === undefined ? [] : [tools.kubernetes, tools.etcd, tools.containerd, tools.runc, tools.crictl];
  const system = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];
  return {
    PATH: [...own, ...system].join(':'),
    HOME: '/root',
    LANG: 'C.UTF-8',
    [clusterVariable]: id,
    ...(node === undefined ? {} : { [nodeVariable]: node }),
  };
}
