import type { TestProject } from 'vitest/node';
import { names } from './clusters.ts';
import { prepareLane } from './lane.ts';
import { startCluster } from './start-cluster.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Milliseconds that `up` of the shared cluster took. */
    upMs: number;
  }
}

/** Starts the shared cluster; what it returns removes all clusters but that of weft/global-setup.ts. */
export function setup(project: TestProject): Promise<() => Promise<void>> {
  const { weft: _other, ...mine } = names;
  return prepareLane(Object.values(mine), async () => {
    const started = performance.now();
    await startCluster(names.shared, 2);
    project.provide('upMs', performance.now() - started);
  });
}
