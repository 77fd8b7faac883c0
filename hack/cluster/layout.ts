import { join, resolve } from 'node:path';

/** The checkout. */
export const checkoutRoot: string = resolve(import.meta.dirname, '../..');
/** Where clusters are kept unless told otherwise. */
export const defaultStateRoot: string = join(checkoutRoot, '.cluster');

/** Where a cluster keeps what. Pure: nothing is made or looked at. */
export interface Layout {
  readonly dir: string;
  readonly stateFile: string;
  readonly kubeconfig: string;
  readonly pki: string;
  /** Copies of the first processes' scripts: bash reads a script while it runs, and the checkout's may change. */
  readonly scripts: string;
  readonly controlPlane: string;
  readonly etcd: string;
  readonly auditLog: string;
  /** Copies of the archives that nodes import besides the toolchain's. */
  readonly images: string;
  readonly nodes: string;
}

/** One node's directory. What is below it stays over reboots. */
export interface NodeLayout {
  readonly dir: string;
  /** The node's /var/lib, /var/log, /opt and /etc/cni. */
  readonly varLib: string;
  readonly varLog: string;
  readonly opt: string;
  readonly etcCni: string;
  /** What the node changed in /etc, as layer over the machine's. */
  readonly etc: string;
  readonly cniConf: string;
  readonly cniBin: string;
}

/** `stateDir`: directory of one cluster. */
export function layoutOf(stateDir: string): Layout {
  return {
    dir: stateDir,
    stateFile: join(stateDir, 'cluster.json'),
    kubeconfig: join(stateDir, 'kubeconfig'),
    pki: join(stateDir, 'pki'),
    scripts: join(stateDir, 'scripts'),
    controlPlane: join(stateDir, 'control-plane'),
    etcd: join(stateDir, 'etcd'),
    auditLog: join(stateDir, 'audit.log'),
    images: join(stateDir, 'images'),
    nodes: join(stateDir, 'nodes'),
  };
}

/** The directory of one node of the cluster. */
export function nodeLayoutOf(layout: Layout, node: string): NodeLayout {
  const dir = join(layout.nodes, node);
  return {
    dir,
    varLib: join(dir, 'var-lib'),
    varLog: join(dir, 'var-log'),
    opt: join(dir, 'opt'),
    etcCni: join(dir, 'etc-cni'),
    etc: join(dir, 'etc'),
    cniConf: join(dir, 'etc-cni', 'net.d'),
    cniBin: join(dir, 'opt', 'cni', 'bin'),
  };
}

/** The log of a component: `etcd`, …, or of a node's: `kubelet`, `containerd`, `kube-proxy`, `init`. */
export function logFile(dir: string, component: string): string {
  return join(dir, `${component}.log`);
}
