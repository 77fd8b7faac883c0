import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Runner, type Timing } from './runner.ts';
import { floorJobs, noPods, type Scene, type ScenePods, weftJob } from './scene.ts';

export interface Storm {
  readonly failures: number;
  /** Wall milliseconds for all ADDs. */
  readonly floorMs: number;
  readonly weftMs: number;
  /** CPU milliseconds of plugin and agent above the floor, for one ADD. */
  readonly cpuAddedMs: number;
}

/**
 * All ADDs at once. The agent lets two for each core through at a time (DESIGN §3.1), so the floor runs its delegates
 * with that concurrency.
 */
export async function measureStorm(scene: Scene, binary: string, size: number): Promise<Storm> {
  const runner = new Runner(binary, scene.node.enter, scene.dir);
  const floor = await storm(scene, noPods, [size, availableParallelism() * 2], (pod, index) => ({
    add: runner.prepare(`floor-${index}`, floorJobs(scene, pod, 'ADD')),
    del: runner.prepare(`floor-del-${index}`, floorJobs(scene, pod, 'DEL')),
  }));
  const agentBefore = cpuMsOf(scene.agent.pid);
  const weft = await storm(scene, scene.pods, [size, size], (pod, index) => ({
    add: runner.prepare(`weft-${index}`, [weftJob(scene, pod, 'ADD')]),
    del: runner.prepare(`weft-del-${index}`, [weftJob(scene, pod, 'DEL')]),
  }));
  const agentMs = weft.agentCpuMs - agentBefore;
  return {
    failures: weft.failures + floor.failures,
    floorMs: floor.wallMs,
    weftMs: weft.wallMs,
    cpuAddedMs: (weft.cpuMs + agentMs - floor.cpuMs) / size,
  };
}

interface Side {
  readonly failures: number;
  readonly wallMs: number;
  readonly cpuMs: number;
  /** The agent's CPU time so far when the last ADD had ended. */
  readonly agentCpuMs: number;
}

async function storm(
  scene: Scene,
  owners: ScenePods,
  [size, concurrency]: readonly [number, number],
  prepare: (pod: Pod, index: number) => { add: () => Promise<Timing>; del: () => Promise<Timing> },
): Promise<Side> {
  const pods = Array.from({ length: size }, () => scene.node.pod());
  for (const pod of pods) await owners.admit(pod);
  const jobs = pods.map((pod, index) => prepare(pod, index));
  const start = performance.now();
  const timings = await limited(
    jobs.map(({ add }) => add),
    concurrency,
  );
  const wallMs = performance.now() - start;
  const agentCpuMs = cpuMsOf(scene.agent.pid);
  await limited(
    jobs.map(({ del }) => del),
    4,
  );
  for (const pod of pods) {
    await owners.forget(pod);
    scene.node.removePod(pod);
  }
  const failed = timings.filter(({ failures }) => failures > 0);
  for (const { output } of failed.slice(0, 3)) console.error(readFileSync(output, 'utf8').slice(0, 400));
  return { failures: failed.length, wallMs, cpuMs: sum(timings.map(({ cpuMs }) => cpuMs)), agentCpuMs };
}

type Pod = ReturnType<Scene['node']['pod']>;

async function limited(
  jobs: readonly (() => Promise<Timing>)[],
  concurrency: number,
): Promise<readonly Timing[]> {
  const results: Timing[] = [];
  const queue = [...jobs];
  const worker = async (): Promise<void> => {
    for (let job = queue.shift(); job !== undefined; job = queue.shift()) results.push(await job());
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return results;
}

/** User and system time so far. /proc counts in ticks of 10 ms, which is fine over a whole storm. */
function cpuMsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
