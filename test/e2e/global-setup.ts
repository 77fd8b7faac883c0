import type { TestProject } from 'vitest/node';
import { buildImage } from '../../hack/image/build-image.ts';
import { clusterTools } from '../../hack/toolchain/tools.ts';
import { names, removeCluster } from './clusters.ts';
import { Keeper } from './keeper.ts';
import { leftovers, machineSnapshot } from './machine-audit.ts';
import { startCluster } from './start-cluster.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Milliseconds that `up` of the shared cluster took. */
    upMs: number;
  }
}

/** Starts the shared cluster; what it returns removes all clusters of the tier and looks whether anything stayed. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const all = Object.values(names);
  const keeper = Keeper.start();
  try {
    // What a killed run left is not to be taken for the machine's.
    for (const name of all) await removeCluster(name, say);
    // With empty caches these take minutes, which are no part of `up`, nor of the first suite that deploys weft.
    await clusterTools(say);
    await buildImage(say);
    const before = machineSnapshot(all);
    const started = performance.now();
    await startCluster(names.shared, 2);
    project.provide('upMs', performance.now() - started);
    return async () => {
      await keeper.end();
      const left = await leftovers(before, all);
      if (left.length > 0) throw new Error(`the tier left on the machine:\n${left.join('\n')}`);
    };
  } catch (error) {
    await keeper.end();
    throw error;
  }
}

function say(line: string): void {
  console.log(`e2e: ${line}`);
}
