import { buildImage } from '../../hack/image/build-image.ts';
import { clusterTools } from '../../hack/toolchain/tools.ts';
import { removeCluster } from './clusters.ts';
import { Keeper } from './keeper.ts';
import { leftovers, machineSnapshot } from './machine-audit.ts';

/**
 * Prepares one of the two halves of the tier, which run at the same time. `clusters`: the names of all that are this
 * half's. `begin` starts what stands from the beginning. What it resolves with removes them, however the run ended, and
 * rejects if anything of them stayed on the machine.
 */
export async function prepareLane(
  clusters: readonly string[],
  begin: () => Promise<void>,
): Promise<() => Promise<void>> {
  const keeper = Keeper.start(clusters);
  try {
    // What a killed run left is not to be taken for the machine's.
    for (const name of clusters) await removeCluster(name, say);
    // With empty caches these take minutes, which are no part of `up`, nor of the first suite that deploys weft.
    await clusterTools(say);
    await buildImage(say);
    const before = machineSnapshot(clusters);
    await begin();
    return async () => {
      await keeper.end();
      const left = await leftovers(before, clusters);
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
