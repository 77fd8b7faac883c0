import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Pod } from '../harness/sandbox.ts';
import { weftBinary } from '../harness/toolchain.ts';
import { ending, FaultBench } from './fault-bench.ts';
import { type FaultPoint, pointSummary } from './fault-points.ts';
import { faultsBinary, knowsFaults } from './faults-binary.ts';
import { cutAtPoints, isFork, type PluginTrace, type Segment, unmarked } from './plugin-trace.ts';
import { realScene } from './scenes.ts';
import { parseStrace, type TracedCall } from './strace-log.ts';
import { describeCall, kindOf } from './syscall-kinds.ts';

/**
 * Two effects between two points, and why a kill between them needs no point of its own. Keys: the point before, and
 * the calls.
 */
const argued: Readonly<Record<string, string>> = {
  'fork:before clone setpgid':
    'the child waits at its gate and sets its own group too; it dies with us before it can run anything',
};

/** What the plugin's own children may do before they become a delegate; all of it concerns only themselves. */
const gatedChild = ['close', 'setpgid', 'prctl', 'dup3', 'read', 'execve'];
/** And those that look into a sandbox, or change its default routes, and answer through a pipe. */
const netnsChild = ['close', 'prctl', 'setns', 'socket', 'sendto', 'recvfrom', 'recvmsg', 'ioctl', 'write'];

let bench: FaultBench;
const traces = new Map<string, PluginTrace>();
const points = new Map<string, readonly FaultPoint[]>();

beforeAll(async () => {
  bench = await FaultBench.create(true, realScene);
  // The first ADD makes directories and the boot ID as well, so it has more points than any later one.
  const first = bench.sandbox();
  await trace('first ADD', 'ADD', first, true);
  await trace('first DEL', 'DEL', first, true);
  const second = bench.sandbox();
  await trace('ADD', 'ADD', second, true);
  await trace('DEL', 'DEL', second, true);
  const third = bench.sandbox();
  await trace('ADD of dist/weft', 'ADD', third, false);
  await trace('DEL of dist/weft', 'DEL', third, false);
});
afterAll(() => bench?.dispose());

async function trace(title: string, verb: 'ADD' | 'DEL', pod: Pod, faults: boolean): Promise<void> {
  const file = join(bench.node.dirs.root, 'strace');
  const through = ['strace', '-f', '-s', '200', '-o', file];
  const call = await bench.call(verb, pod, { log: faults, options: { through } });
  if (call.status !== 0) throw new Error(`${title} under strace: ${ending(call)}`);
  traces.set(title, cutAtPoints(parseStrace(readFileSync(file, 'utf8')), bench.log));
  if (faults) points.set(title, bench.passed());
}

function traceOf(title: string): PluginTrace {
  const found = traces.get(title);
  if (found === undefined) throw new Error(`no trace of ${title}`);
  return found;
}

const watched = ['first ADD', 'first DEL', 'ADD', 'DEL'];

function segmentName(segment: Segment): string {
  return segment.after === undefined
    ? 'before the first point'
    : `after point ${segment.after.number}, ${segment.after.name}`;
}

/** Between an entry's first and last point. */
function isInside(segment: Segment): boolean {
  return segment.after !== undefined && !segment.after.name.endsWith(':after');
}

function of(segments: readonly Segment[], judge: (segment: Segment) => readonly string[]): readonly string[] {
  return segments.flatMap((segment) => judge(segment).map((text) => `${segmentName(segment)}: ${text}`));
}

describe.each(watched)('%s under strace', (title) => {
  it('passes the points that it says, numbered from 1', () => {
    const said = points.get(title) ?? [];
    process.stdout.write(`${title}: ${said.length} points (${pointSummary(said)})\n`);
    const seen = traceOf(title).segments.flatMap((segment) => segment.after ?? []);
    expect(seen).toEqual(said);
    expect(said.length).toBeGreaterThan(100);
  });

  it('makes no system call that nobody has judged', () => {
    const own = unmarked(traceOf(title));
    expect([...new Set(own.filter((call) => kindOf(call) === 'unknown').map((call) => call.name))]).toEqual(
      [],
    );
  });

  it('touches the world only between the points of an entry', () => {
    const outside = traceOf(title).segments.filter((segment) => !isInside(segment));
    const touches = (call: TracedCall): boolean => kindOf(call) !== 'inert' && !isStartUp(call);
    expect(of(outside, ({ calls }) => calls.filter(touches).map(describeCall))).toEqual([]);
  });

  it('has one effect between two points, or a reason', () => {
    const several = of(traceOf(title).segments, ({ after, calls }) => {
      const made = calls.filter((call) => kindOf(call) === 'effect');
      const key = [after?.name, ...made.map((call) => call.name)].join(' ');
      return made.length < 2 || argued[key] !== undefined ? [] : [made.map(describeCall).join(', then ')];
    });
    expect(several).toEqual([]);
  });

  it('has children that do nothing by themselves, and run their program within release', () => {
    const { children, segments } = traceOf(title);
    const releases = segments.filter(({ after }) => after?.name === 'release:before');
    const forks = segments.flatMap(({ calls }) => calls).filter((call) => isFork(call.name));
    expect(children).toHaveLength(forks.length);
    for (const child of children) {
      const exec = child.calls.find((call) => call.name === 'execve');
      const allowed = exec === undefined ? netnsChild : gatedChild;
      const others = child.calls.filter((call) => kindOf(call) !== 'inert' && !allowed.includes(call.name));
      expect(others.map(describeCall)).toEqual([]);
      if (exec === undefined) continue;
      const within = releases.filter(({ from, to }) => from < exec.begun && exec.begun < to);
      expect(within, `exec of ${exec.args.slice(0, 100)}`).toHaveLength(1);
    }
    const ran = children.filter((child) => child.calls.some((call) => call.name === 'execve'));
    expect(ran).toHaveLength(releases.length);
  });

  it('changes routes only within changeDefaultRoutes', () => {
    const { children, segments } = traceOf(title);
    const sent = children.flatMap((child) => child.calls).filter(changesRoutes);
    const [before] = segments.filter(({ after }) => after?.name === 'changeDefaultRoutes:before');
    const [done] = segments.filter(({ after }) => after?.name === 'changeDefaultRoutes:after');
    // Two that the delegates made, one that was asked for. A kill in between needs no point: these routes are on
    // interfaces that DEL removes, and the record says that the step was begun before the first is changed.
    expect(sent.map(describeCall)).toHaveLength(title.endsWith('ADD') ? 3 : 0);
    for (const call of sent) {
      expect(call.begun).toBeGreaterThan(before?.from ?? Number.POSITIVE_INFINITY);
      expect(call.ended).toBeLessThan(done?.from ?? 0);
    }
  });
});

describe('the build with points', () => {
  it.each(['ADD', 'DEL'])('has the same effects in the same order as dist/weft: %s', (verb) => {
    const effects = (title: string): readonly string[] =>
      unmarked(traceOf(title))
        .filter((call) => kindOf(call) === 'effect')
        .map((call) => call.name);
    expect(effects(verb).length).toBeGreaterThan(30);
    expect(effects(verb)).toEqual(effects(`${verb} of dist/weft`));
  });

  it('knows the variables that kill it, and dist/weft does not', async () => {
    expect(knowsFaults(await faultsBinary())).toBe(true);
    expect(knowsFaults(weftBinary())).toBe(false);
  });
});

/** What the C library and main() do before the first entry: our own exec, our own path, the standard streams. */
function isStartUp(call: TracedCall): boolean {
  return (
    call.name === 'execve' ||
    (call.name === 'readlink' && call.args.startsWith('"/proc/self/exe"')) ||
    (call.name === 'fcntl' && call.args.endsWith(', F_GETFD'))
  );
}

/** RTM_NEWROUTE or RTM_DELROUTE; strace names them only where it can ask the socket. */
function changesRoutes(call: TracedCall): boolean {
  return call.name === 'sendto' && /nlmsg_type=(RTM_(NEW|DEL)ROUTE|0x1[89] )/.test(call.args);
}
