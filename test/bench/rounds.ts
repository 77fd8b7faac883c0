import { readFileSync } from 'node:fs';
import { Runner, type Timing } from './runner.ts';
import { floorJobs, noPods, type Scene, type ScenePods, weftJob } from './scene.ts';
import { pairedOf, type Series, seriesOf } from './statistics.ts';

/** One verb with and without weft, milliseconds. */
export interface Compared {
  readonly floor: Series;
  readonly weft: Series;
  /** Difference round by round. */
  readonly added: Series;
}

/** Interleaved rounds: floor ADD and DEL, then weft ADD and DEL, each in a fresh sandbox. Throws if one fails. */
export async function measureRounds(
  scene: Scene,
  binary: string,
  rounds: number,
): Promise<{ readonly add: Compared; readonly del: Compared }> {
  const runner = new Runner(binary, scene.node.enter, scene.dir);
  const seen = {
    floorAdd: [] as number[],
    floorDel: [] as number[],
    weftAdd: [] as number[],
    weftDel: [] as number[],
  };
  const warmUp = 3;
  for (let round = -warmUp; round < rounds; round += 1) {
    const floor = await inSandbox(scene, noPods, (pod) => ({
      add: runner.prepare('floor-add', floorJobs(scene, pod, 'ADD')),
      del: runner.prepare('floor-del', floorJobs(scene, pod, 'DEL')),
    }));
    const weft = await inSandbox(scene, scene.pods, (pod) => ({
      add: runner.prepare('weft-add', [weftJob(scene, pod, 'ADD')]),
      del: runner.prepare('weft-del', [weftJob(scene, pod, 'DEL')]),
    }));
    if (round < 0) continue;
    seen.floorAdd.push(floor.add);
    seen.floorDel.push(floor.del);
    seen.weftAdd.push(weft.add);
    seen.weftDel.push(weft.del);
  }
  return {
    add: compared(seen.weftAdd, seen.floorAdd),
    del: compared(seen.weftDel, seen.floorDel),
  };
}

type Pod = ReturnType<Scene['node']['pod']>;

async function inSandbox(
  scene: Scene,
  pods: ScenePods,
  prepare: (pod: Pod) => { add: () => Promise<Timing>; del: () => Promise<Timing> },
): Promise<{ readonly add: number; readonly del: number }> {
  const pod = scene.node.pod();
  await pods.admit(pod);
  const { add, del } = prepare(pod);
  const added = mustSucceed(await add());
  const deleted = mustSucceed(await del());
  await pods.forget(pod);
  scene.node.removePod(pod);
  return { add: added.wallMs, del: deleted.wallMs };
}

function mustSucceed(timing: Timing): Timing {
  if (timing.failures === 0) return timing;
  throw new Error(`a measured call failed: ${readFileSync(timing.output, 'utf8').slice(0, 500)}`);
}

function compared(weft: readonly number[], floor: readonly number[]): Compared {
  return { floor: seriesOf(floor), weft: seriesOf(weft), added: pairedOf(weft, floor) };
}
