import type { Verb } from '../cni/env.ts';
import { delegateError } from '../cni/error-result.ts';
import { WeftError } from '../errors/weft-error.ts';
import { findPlugin } from './find-plugin.ts';
import { missingInterface, speaksOfInterface } from './missing-interface.ts';
import { type Child, type ChildEnd, isErrno, type Sys } from './sys.ts';

/** What is the same for every delegate of one request. Comes from the plugin's own environment, never from a plan. */
export interface DelegateContext {
  readonly containerId: string;
  readonly netns: string;
  /** CNI_ARGS as the runtime sent them; argsForDelegate says what of them a delegate gets. */
  readonly cniArgs: string;
  /** True where they are one attachment's own, so that addresses among them are its addresses. */
  readonly argsAreOwn?: boolean;
  /** Where plugins are searched, in order; also the delegates' CNI_PATH (CNI-253). */
  readonly cniPath: readonly string[];
  /** Where device information files are; absent: defaultDeviceInfoDir. */
  readonly deviceInfoDir?: string;
}

/** One execution of one plugin. */
export interface DelegateCall {
  readonly verb: Verb;
  readonly type: string;
  /** Complete standard input. */
  readonly stdin: string;
  readonly ifname: string;
  /** On the monotonic clock. */
  readonly deadline: number;
  /** Called with the child before it runs the program, so that its process group can be journalled (DESIGN §3.4). */
  readonly onFork: (child: Child) => void;
}

/** A delegate's output beyond this is a fault of the delegate. */
const stdoutBytes = 4 * 1024 * 1024;
/** The end of what it says on standard error is what explains a failure. */
const stderrBytes = 16 * 1024;
/** After its exit a grandchild may hold the pipes; the result is complete by then (CNI-264). */
const graceMs = 200;
/** A plugin that is being replaced is busy for a moment (CNI-260). */
const busyTries = 6;
const busyPauseMs = 1000;

/**
 * Runs the plugin and returns its standard output. Every failure is a WeftError that names the plugin: PluginMissing,
 * PluginNotRunnable, DelegateFailed with the delegate's own code, DelegateTimeout, DelegateOutput.
 */
export function runDelegate(sys: Sys, context: DelegateContext, call: DelegateCall): string {
  const end = endOfDelegate(sys, context, call);
  if (end.how === 'exit' && end.value === 0) return end.stdout;
  throw withMissingInterface(sys, call, delegateFailure(call, end));
}

/** Says which interface, where the plugin says only that there is none. */
function withMissingInterface(sys: Sys, call: DelegateCall, failed: WeftError): WeftError {
  if (!speaksOfInterface(failed.failure.cause)) return failed;
  const name = missingInterface(sys, call.stdin);
  if (name === undefined) return failed;
  return new WeftError(failed.reason, {
    ...failed.failure,
    cause: `${failed.failure.cause}; the node has no interface ${name}`,
    remedy: `see that the node has ${name}, or name another interface in the network's configuration`,
  });
}

/** Runs the plugin and returns how it ended, for a caller that needs its own words. PluginMissing, PluginNotRunnable. */
export function endOfDelegate(sys: Sys, context: DelegateContext, call: DelegateCall): ChildEnd {
  const program = findPlugin(sys, call.type, context.cniPath);
  const child = start(sys, program, environ(sys, context, call), call);
  const end = sys.finish(child, call.stdin, { deadline: call.deadline, stdoutBytes, stderrBytes, graceMs });
  if (end.stderr !== '') sys.forwardStderr(end.stderr);
  return end;
}

function environ(sys: Sys, context: DelegateContext, call: DelegateCall): Readonly<Record<string, string>> {
  return {
    ...sys.environ(),
    CNI_COMMAND: call.verb,
    CNI_CONTAINERID: context.containerId,
    CNI_NETNS: context.netns,
    CNI_IFNAME: call.ifname,
    CNI_ARGS: context.cniArgs,
    CNI_PATH: context.cniPath.join(':'),
  };
}

function start(sys: Sys, program: string, env: Readonly<Record<string, string>>, call: DelegateCall): Child {
  for (let tried = 1; ; tried += 1) {
    try {
      const child = sys.fork({ program, environ: env });
      announce(sys, child, call);
      sys.release(child);
      return child;
    } catch (error) {
      if (error instanceof WeftError) throw error;
      // A call that has little time in all looks again sooner.
      const pauseMs = Math.min(busyPauseMs, (call.deadline - sys.monotonicMs()) / busyTries);
      const again = isErrno(error, 'ETXTBSY') && tried < busyTries && pauseMs > 0;
      if (!again) throw notRunnable(program, error);
      sys.sleepMs(pauseMs);
    }
  }
}

/** A child that could not be written down must not run: it is killed at its gate. */
function announce(sys: Sys, child: Child, call: DelegateCall): void {
  try {
    call.onFork(child);
  } catch (error) {
    sys.finish(child, '', { deadline: 0, stdoutBytes: 0, stderrBytes: 0, graceMs: 0 });
    throw error;
  }
}

function notRunnable(program: string, error: unknown): WeftError {
  return new WeftError('PluginNotRunnable', { cause: `${program} cannot be run: ${String(error)}`, error });
}

/** What runDelegate throws for a plugin that ended like this. */
export function delegateFailure(call: DelegateCall, end: ChildEnd): WeftError {
  if (end.how === 'timeout') {
    return new WeftError('DelegateTimeout', {
      cause: `plugin ${call.type} did not end in time and was killed`,
    });
  }
  if (end.how === 'overflow') {
    return new WeftError('DelegateOutput', {
      cause: `plugin ${call.type} printed more than 4 MiB and was killed`,
    });
  }
  const exit = end.how === 'exit' ? { status: end.value } : { signal: end.value };
  const { code, message } = delegateError(end.stdout, end.stderr, exit);
  return new WeftError('DelegateFailed', {
    cause: `plugin ${call.type}: ${message}`,
    code: surfaced(code, call),
  });
}

/**
 * The delegate's own code where it has one (CNI-057). 3 would tell the runtime that nothing needs to be cleaned up,
 * which only weft itself can know (CNI-173).
 */
function surfaced(code: number, call: DelegateCall): number | undefined {
  if (code <= 0 || (code === 3 && call.verb === 'ADD')) return undefined;
  return code;
}
