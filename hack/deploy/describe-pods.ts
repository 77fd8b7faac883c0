import type { Cluster } from '../cluster/cluster.ts';

/** Some pods of a cluster, and what to call them. */
export interface PodsOf {
  readonly whose: string;
  readonly namespace: string;
  readonly selector: string;
}

/** What tells why pods are not Ready: what they are, their events, the ends of their logs. Never rejects. */
export async function describePods(
  cluster: Cluster,
  { whose, namespace, selector }: PodsOf,
): Promise<readonly string[]> {
  const these = ['--namespace', namespace, `--selector=${selector}`];
  const log = ['logs', '--all-containers', '--prefix', '--tail=40', '--ignore-errors'];
  return Promise.all([
    section(cluster, `pods of ${whose}`, () => cluster.kubectl(['describe', 'pods', ...these])),
    section(cluster, `logs of ${whose}`, () => cluster.kubectl([...log, ...these])),
  ]);
}

/** A title and what `ask` says, or why it cannot. Never rejects. */
export async function section(cluster: Cluster, title: string, ask: () => Promise<string>): Promise<string> {
  const text = await ask().catch((error: unknown) => String(error));
  return `--- ${cluster.name}: ${title}\n${text.trim()}`;
}
