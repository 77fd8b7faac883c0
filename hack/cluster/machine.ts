import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { ClusterError } from './cluster-error.ts';
import { markedEnvironment } from './environment.ts';

/** Programs of the machine that the harness, a node or its CNI plugins run, with their Debian packages. */
const wanted: Readonly<Record<string, string>> = {
  conntrack: 'conntrack',
  ip: 'iproute2',
  iptables: 'iptables',
  mount: 'mount',
  nft: 'nftables',
  nsenter: 'util-linux',
  openssl: 'openssl',
  setpriv: 'util-linux',
  unshare: 'util-linux',
};

/** Throws ClusterError unless we are root on a Linux with what a cluster needs. */
export function checkMachine(): void {
  if (process.getuid?.() !== 0)
    throw new ClusterError('clusters need root: namespaces, mounts and control groups');
  const path = (markedEnvironment('', undefined)['PATH'] ?? '').split(':');
  const missing = Object.entries(wanted).filter(
    ([program]) => !path.some((dir) => executable(join(dir, program))),
  );
  if (missing.length === 0) return;
  const names = missing.map(([program, name]) => `${program} (package ${name})`).join(', ');
  throw new ClusterError(`missing on this machine: ${names}; run hack/bootstrap.sh`);
}

function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
