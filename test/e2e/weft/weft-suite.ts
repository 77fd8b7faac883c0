import { afterAll, beforeAll } from 'vitest';
import type { Cluster } from '../../../hack/cluster/cluster.ts';
import type { AuditSnapshot } from '../../harness/auditor.ts';
import { reported, reportFailures } from '../failure-report.ts';
import { KubeNamespace } from '../kube-namespace.ts';
import { nodeLeftovers, quietSnapshot } from './node-audit.ts';
import { weftCluster } from './weft-cluster.ts';

/** What the tests of one file work with; usable from its first test on. */
export interface WeftSuite {
  readonly cluster: Cluster;
  /** The file's own namespace, empty after its last test. */
  readonly kube: KubeNamespace;
  /** The nodes as they were before its first test. */
  readonly before: AuditSnapshot;
  /** What is on the nodes that was not before. Empty as soon as all that a test made is gone. */
  leftovers(): Promise<readonly string[]>;
}

/** Prepares a test file for the cluster of weft-cluster.ts; `namespace` is the name of its namespace. */
export function weftSuite(namespace: string): WeftSuite {
  let made:
    | { readonly cluster: Cluster; readonly kube: KubeNamespace; readonly before: AuditSnapshot }
    | undefined;
  let cluster: Cluster | undefined;
  const ready = (): NonNullable<typeof made> => {
    if (made === undefined) throw new Error(`the suite '${namespace}' is not prepared yet`);
    return made;
  };
  const prepare = async (): Promise<void> => {
    cluster = await weftCluster();
    const before = await quietSnapshot(cluster);
    made = { cluster, before, kube: await KubeNamespace.create(cluster, namespace) };
  };
  reportFailures(() => cluster);
  // The first file's includes cluster, image and deployment.
  beforeAll(() => reported(() => cluster, prepare), 300_000);
  afterAll(() => made?.kube.empty());
  return {
    get cluster() {
      return ready().cluster;
    },
    get kube() {
      return ready().kube;
    },
    get before() {
      return ready().before;
    },
    leftovers: () => nodeLeftovers(ready().cluster, ready().before),
  };
}
