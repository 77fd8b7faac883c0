import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { Cluster } from '../../hack/cluster/cluster.ts';

const tailLines = 40;

/** Prints what a failed test of this file needs to be understood, once: pods, events, ends of the components' logs. */
export function reportFailures(cluster: () => Cluster | undefined): void {
  let reported = false;
  afterEach(async ({ task }) => {
    const subject = cluster();
    if (task.result?.state !== 'fail' || reported || subject === undefined) return;
    reported = true;
    console.error(await describeCluster(subject));
  });
}

/** The same for what a beforeAll does, whose failure is no test's. Rejects as `prepare` does. */
export async function reported(
  cluster: () => Cluster | undefined,
  prepare: () => Promise<void>,
): Promise<void> {
  try {
    await prepare();
  } catch (error) {
    const subject = cluster();
    if (subject !== undefined) console.error(await describeCluster(subject));
    throw error;
  }
}

/** Everything that kubectl and the logs tell about a cluster that misbehaves. Never rejects. */
export async function describeCluster(cluster: Cluster): Promise<string> {
  const parts: string[] = [];
  const say = async (title: string, args: readonly string[]): Promise<void> => {
    // A cluster that is gone throws at once.
    const ask = async (): Promise<string> => cluster.kubectl(args);
    const text = await ask().catch((error: unknown) => String(error));
    parts.push(`--- ${cluster.name}: ${title}\n${text.trim()}`);
  };
  await say('nodes and pods', ['get', 'nodes,pods', '--all-namespaces', '--output=wide']);
  await say('pods', ['describe', 'pods', '--all-namespaces']);
  await say('events', ['get', 'events', '--all-namespaces', '--sort-by=.lastTimestamp']);
  return [...parts, endsOfLogs(cluster.stateDir)].join('\n');
}

/** The last lines of every log that a cluster keeps in its directory, also when it did not come up. */
export function endsOfLogs(stateDir: string): string {
  return logFiles(stateDir)
    .map((path) => `--- end of ${path}\n${endOf(path)}`)
    .join('\n');
}

function logFiles(dir: string): readonly string[] {
  const logs: string[] = [];
  const walk = (at: string, depth: number): void => {
    for (const entry of readdirSync(at, { withFileTypes: true })) {
      if (entry.isFile() && entry.name.endsWith('.log')) logs.push(join(at, entry.name));
      // Not into the nodes' images and volumes.
      if (entry.isDirectory() && depth < 3) walk(join(at, entry.name), depth + 1);
    }
  };
  try {
    walk(dir, 0);
  } catch {
    // The cluster is going down while we look.
  }
  return logs;
}

function endOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').trimEnd().split('\n').slice(-tailLines).join('\n');
  } catch (error) {
    return String(error);
  }
}
