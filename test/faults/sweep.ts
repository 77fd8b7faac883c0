import type { AuditSnapshot } from '../harness/auditor.ts';
import type { CallOptions, CniCall } from '../harness/runtime.ts';
import type { Pod } from '../harness/sandbox.ts';
import { ending, type FaultBench, type FaultCall, type FaultVerb } from './fault-bench.ts';
import { distinctPoints, type FaultPoint, isBesideChild, pointSummary } from './fault-points.ts';

/** One call that is killed at each of its points in turn, in a sandbox of its own each time. */
export interface Sweep {
  readonly title: string;
  readonly verb: FaultVerb;
  /** `all` points, or in the usual run only those that differ (fault-points.ts); `make test-long` takes all. */
  readonly points: 'all' | 'distinct';
  /** Makes what the killed call shall find. */
  readonly prepare?: (bench: FaultBench, pod: Pod) => Promise<unknown>;
  /** What the call is made with. */
  readonly options?: (bench: FaultBench, pod: Pod) => CallOptions;
  /** Throws unless the call, when it is not killed, ends as meant. Without: success. */
  readonly cleanEnd?: (call: CniCall) => void;
  /** What the runtime does after the kill; throws if that goes wrong. Afterwards all is as before `prepare`. */
  readonly recover: (bench: FaultBench, pod: Pod) => Promise<unknown>;
}

/** One kill: where, and how many milliseconds after getting there. */
interface Kill {
  readonly point: FaultPoint;
  readonly linger: number;
}

/** Milliseconds: a scripted delegate has done its work after one, a real one is in the middle of it or at its end. */
const lingers = [0, 5, 15, 50];

/** What became of a sweep. */
export interface Swept {
  /** Those at which it was killed. */
  readonly points: readonly FaultPoint[];
  /** One readable line for each point after which something was wrong, in order of the points. */
  readonly failures: readonly string[];
}

/**
 * Runs it and prints how many points there were. Several benches share the points: a round mostly waits for the
 * kernel to let go of a link.
 */
export async function sweep(benches: readonly FaultBench[], plan: Sweep): Promise<Swept> {
  const started = performance.now();
  const [passed = []] = await Promise.all(benches.map((bench) => learn(bench, plan)));
  const all = plan.points === 'all' || process.env['WEFT_LONG'] === '1';
  const points = all ? passed : distinctPoints(passed);
  const kills = points.flatMap((point): readonly Kill[] =>
    (isBesideChild(point) ? lingers : [0]).map((linger) => ({ point, linger })),
  );
  const waiting = kills.values();
  const failed = await Promise.all(benches.map((bench) => work(bench, plan, waiting)));
  const failures = failed.flat().sort((a, b) => a.kill.point.number - b.kill.point.number);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(
    `${plan.title}: killed ${kills.length} times at ${points.length} of ${passed.length} points ` +
      `(${pointSummary(points)}), ${failures.length} bad, ${seconds} s\n`,
  );
  return {
    points,
    failures: failures.map(
      ({ kill, wrong }) => `${plan.verb} killed ${describeKill(kill)}: ${wrong.join('; ')}`,
    ),
  };
}

function describeKill({ point, linger }: Kill): string {
  return `at point ${point.number}, ${point.name}${linger === 0 ? '' : `, ${linger} ms later`}`;
}

interface Failure {
  readonly kill: Kill;
  readonly wrong: readonly string[];
}

/** Takes points from the shared iterator until there are no more. */
async function work(bench: FaultBench, plan: Sweep, waiting: Iterable<Kill>): Promise<readonly Failure[]> {
  const failures: Failure[] = [];
  let before = bench.snapshot();
  for (const kill of waiting) {
    const wrong = await round(bench, plan, kill, before);
    if (wrong.length === 0) continue;
    failures.push({ kill, wrong });
    bench.renew();
    await learn(bench, plan);
    before = bench.snapshot();
  }
  return failures;
}

/** Once unwatched, so that bridges and directories are there; then the points of a run like every other. */
async function learn(bench: FaultBench, plan: Sweep): Promise<readonly FaultPoint[]> {
  await unkilled(bench, plan);
  return unkilled(bench, plan);
}

async function unkilled(bench: FaultBench, plan: Sweep): Promise<readonly FaultPoint[]> {
  const pod = bench.sandbox();
  await plan.prepare?.(bench, pod);
  const call = await bench.call(plan.verb, pod, { log: true, ...optionsOf(bench, plan, pod) });
  if (plan.cleanEnd !== undefined) plan.cleanEnd(call);
  else if (call.status !== 0) throw new Error(`${plan.verb} without a kill: ${ending(call)}`);
  const points = bench.passed();
  await plan.recover(bench, pod);
  return points;
}

function optionsOf(bench: FaultBench, plan: Sweep, pod: Pod): Pick<FaultCall, 'options'> {
  return plan.options === undefined ? {} : { options: plan.options(bench, pod) };
}

/** What was wrong; empty if nothing. */
async function round(
  bench: FaultBench,
  plan: Sweep,
  { point, linger }: Kill,
  before: AuditSnapshot,
): Promise<readonly string[]> {
  const pod = bench.sandbox();
  try {
    await plan.prepare?.(bench, pod);
    const how = { at: point.number, linger, log: true, ...optionsOf(bench, plan, pod) };
    const call = await bench.call(plan.verb, pod, how);
    const last = bench.passed().at(-1);
    if (call.signal !== 'SIGKILL') return [`it was not killed but ended with ${ending(call)}`];
    if (last?.name !== point.name) return [`point ${last?.number} was ${last?.name} this time`];
    await plan.recover(bench, pod);
    return bench.differences(before);
  } catch (error) {
    return [String(error), ...bench.differences(before)];
  }
}
