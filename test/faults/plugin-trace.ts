import type { FaultPoint } from './fault-points.ts';
import type { TracedCall } from './strace-log.ts';

/** What the plugin did between two neighbouring points. */
export interface Segment {
  /** The point before it; undefined: before the first. */
  readonly after: FaultPoint | undefined;
  readonly calls: readonly TracedCall[];
  /** Lines of the trace, for calls of other processes in the same time. */
  readonly from: number;
  readonly to: number;
}

/** A child of the plugin until it becomes a delegate or ends. */
export interface OwnChild {
  readonly pid: number;
  readonly calls: readonly TracedCall[];
}

/** One call of the plugin, cut at its points. */
export interface PluginTrace {
  readonly segments: readonly Segment[];
  readonly children: readonly OwnChild[];
}

/** `log`: the file to which each point is written; the three calls for that are the marks and no part of the plugin. */
export function cutAtPoints(calls: readonly TracedCall[], log: string): PluginTrace {
  const plugin = calls[0]?.pid;
  if (plugin === undefined) throw new Error('an empty trace');
  const own = calls.filter((call) => call.pid === plugin);
  return { segments: segmentsOf(own, log), children: childrenOf(calls, own) };
}

/** The calls without the marks, of a build that has them or of one that has not. */
export function unmarked(trace: PluginTrace): readonly TracedCall[] {
  return trace.segments.flatMap((segment) => segment.calls);
}

function segmentsOf(own: readonly TracedCall[], log: string): readonly Segment[] {
  const segments: Segment[] = [];
  let after: FaultPoint | undefined;
  let from = 0;
  let calls: TracedCall[] = [];
  for (let index = 0; index < own.length; index += 1) {
    const call = own[index];
    if (call === undefined) break;
    if (!(call.name === 'openat' && call.args.includes(`"${log}"`))) {
      calls.push(call);
      continue;
    }
    segments.push({ after, calls, from, to: call.begun });
    after = pointOf(own[index + 1]);
    from = own[index + 2]?.ended ?? call.ended;
    calls = [];
    index += 2;
  }
  segments.push({ after, calls, from, to: Number.POSITIVE_INFINITY });
  return segments;
}

function pointOf(call: TracedCall | undefined): FaultPoint {
  const match = /^\d+, "(\d+) (\S+)\\n"/.exec(call?.args ?? '');
  if (call?.name !== 'write' || match === null) throw new Error(`not a mark: ${call?.name} ${call?.args}`);
  return { number: Number(match[1]), name: match[2] ?? '' };
}

function childrenOf(calls: readonly TracedCall[], own: readonly TracedCall[]): readonly OwnChild[] {
  const pids = own.filter((call) => isFork(call.name)).map((call) => Number(call.result));
  return pids.map((pid) => {
    const all = calls.filter((call) => call.pid === pid);
    const exec = all.findIndex((call) => call.name === 'execve' && call.result === '0');
    return { pid, calls: exec < 0 ? all : all.slice(0, exec + 1) };
  });
}

export function isFork(name: string): boolean {
  return ['fork', 'vfork', 'clone', 'clone3'].includes(name);
}
