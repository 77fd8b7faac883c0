import { names } from '../clusters.ts';
import { prepareLane } from '../lane.ts';

/** What it returns removes the cluster with weft, which the first file that needs it starts (weft-cluster.ts). */
export function setup(): Promise<() => Promise<void>> {
  return prepareLane([names.weft], async () => {});
}
