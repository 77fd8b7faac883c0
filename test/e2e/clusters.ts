import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { Cluster } from '../../hack/cluster/cluster.ts';
import { clusterId } from '../../hack/cluster/identity.ts';
import { defaultStateRoot } from '../../hack/cluster/layout.ts';

/**
 * Names of this tier's clusters. They are fixed: what a killed run left is cleared by the next `up` of the same name.
 * `shared` stands all the time (global-setup.ts) and is for suites that leave it as it was, and `weft` the same for
 * suites that need weft (weft/weft-cluster.ts), which run beside all others; the rest belong to the suite that makes them.
 */
export const names = {
  shared: 'e2e',
  second: 'e2e-second',
  killed: 'e2e-killed',
  third: 'e2e-third',
  weft: 'e2e-weft',
  before: 'e2e-before',
  reboot: 'e2e-reboot',
  demo: 'e2e-demo',
  multus: 'e2e-multus',
  compare: 'e2e-compare',
} as const;

/** Directory and id of a cluster of this checkout, also of one that does not stand: every part of it holds one of them. */
export function marksOf(name: string): { readonly stateDir: string; readonly id: string } {
  const root = existsSync(defaultStateRoot) ? realpathSync(defaultStateRoot) : defaultStateRoot;
  const stateDir = join(root, name);
  return { stateDir, id: clusterId(name, stateDir) };
}

/** What every image of a pod in these tests is; each node has it, no registry does. */
export const toolsImage = 'localhost/weft-tools:dev';

/** The cluster with two nodes that the whole tier uses. */
export function sharedCluster(): Promise<Cluster> {
  return Cluster.open(names.shared);
}

/** Ends and removes the cluster of this name; fine if there is none. */
export async function removeCluster(name: string, progress: (line: string) => void): Promise<void> {
  await Cluster.remove(name, progress);
}

/** True in `make test-long`: the same tests with more rounds. */
export const long: boolean = process.env['WEFT_LONG'] === '1';
