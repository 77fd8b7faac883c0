import { attachmentInfoFile } from '../attachment/device-info-paths.ts';
import type { DelegateStep, PluginCall } from '../attachment/plan.ts';
import { convertParsed } from '../cni/convert.ts';
import { argsForDelegate } from '../cni/delegate-args.ts';
import { withRuntimeConfig } from '../cni/request-config.ts';
import { type CniResult, parseResult } from '../cni/result.ts';
import { appendMember } from '../cni/splice.ts';
import { atLeast, type CniVersion, delegateVersions, requireVersion } from '../cni/version.ts';
import { asWeftError, WeftError } from '../errors/weft-error.ts';
import { type DelegateContext, runDelegate } from './delegate.ts';
import type { Child, Sys } from './sys.ts';

/** How one chain is run. */
export interface ChainRun {
  readonly sys: Sys;
  readonly context: DelegateContext;
  /** For the chain as a whole, on the monotonic clock. */
  readonly deadline: number;
  readonly onFork: (child: Child) => void;
  /** Called before an ADD fails because a plugin's program could not be started; `begun` plugins have run before it. */
  readonly onUnrun?: (begun: number) => void;
}

/**
 * ADD of one attachment: the chain in order, each plugin with the result of the one before (CNI-221), stopping at the
 * first error (CNI-280). Returns the final result in the chain's version.
 */
export function addChain(run: ChainRun, step: DelegateStep): string {
  const version = requireVersion(step.cniVersion, delegateVersions);
  let previous: Usable | undefined;
  for (const [begun, call] of step.plugins.entries()) {
    const output = start(run, step, begun, call.type, stdinOf(run, step, call, previous?.text));
    previous = usableResult(output, version, step, call.type);
  }
  if (previous === undefined)
    throw new WeftError('Internal', { cause: 'a chain without plugins', network: step.network });
  checkInterface(previous.result, step);
  return previous.text;
}

/**
 * DEL of one attachment: reverse order with ADD's result, stopping at the first error (CNI-222, 283). Where ADD is known
 * to have run only the first `begun` plugins, one behind them is asked as well (CNI-282) but need not be there.
 */
export function delChain(run: ChainRun, step: DelegateStep, result?: string, begun?: number): void {
  const previous = atLeast(step.cniVersion, '0.4.0') ? result : undefined;
  for (const [index, call] of [...step.plugins.entries()].reverse()) {
    try {
      invoke(run, step, 'DEL', call.type, stdinOf(run, step, call, previous));
    } catch (error) {
      if (begun === undefined || index < begun || !neverRan(error)) throw error;
    }
  }
}

/** CHECK of one attachment: in order, with the final result (CNI-288). Chains that cannot are passed over (CNI-097). */
export function checkChain(run: ChainRun, step: DelegateStep, result: string): void {
  if (step.disableCheck || !atLeast(step.cniVersion, '0.4.0')) return;
  for (const call of step.plugins) invoke(run, step, 'CHECK', call.type, stdinOf(run, step, call, result));
}

function start(run: ChainRun, step: DelegateStep, begun: number, type: string, stdin: string): string {
  try {
    return invoke(run, step, 'ADD', type, stdin);
  } catch (error) {
    if (neverRan(error)) run.onUnrun?.(begun);
    throw error;
  }
}

function neverRan(error: unknown): boolean {
  return error instanceof WeftError && ['PluginMissing', 'PluginNotRunnable'].includes(error.reason);
}

function invoke(
  run: ChainRun,
  step: DelegateStep,
  verb: 'ADD' | 'DEL' | 'CHECK',
  type: string,
  stdin: string,
): string {
  try {
    const { deadline, onFork } = run;
    const context = contextFor(step, run.context);
    return runDelegate(run.sys, context, { verb, type, stdin, ifname: step.ifname, deadline, onFork });
  } catch (error) {
    throw asWeftError(error).within({ network: step.network, step: `${verb} ${step.ifname}` });
  }
}

/** What another runtime sent to a delegate goes to it again as it was; what was sent to weft is adapted. */
function contextFor(step: DelegateStep, context: DelegateContext): DelegateContext {
  if (context.argsAreOwn === true) return context;
  const cniArgs = argsForDelegate(context.cniArgs, step.isDefault);
  return cniArgs === context.cniArgs ? context : { ...context, cniArgs };
}

/** The configuration of a plan or a record is requestConfig's: it has a name, a version and no prevResult. */
function stdinOf(
  { context }: ChainRun,
  step: DelegateStep,
  call: PluginCall,
  previous: string | undefined,
): string {
  const config = call.deviceInfoFile === true ? withInfoFile(context, step, call.config) : call.config;
  return previous === undefined ? config : appendMember(config, 'prevResult', previous);
}

/** On every verb, so that a delegate finds at DEL what it wrote at ADD (NPWG-187, 190). */
function withInfoFile(context: DelegateContext, step: DelegateStep, config: string): string {
  const path = attachmentInfoFile(context.deviceInfoDir, context.containerId, step);
  return withRuntimeConfig(config, 'CNIDeviceInfoFile', JSON.stringify(path));
}

/** A plugin's result, read once: an interpreter takes a tenth of a millisecond for it. */
interface Usable {
  /** In the chain's version, as the next plugin needs it (CNI-228). */
  readonly text: string;
  readonly result: CniResult;
}

function usableResult(output: string, version: CniVersion, step: DelegateStep, type: string): Usable {
  try {
    const result = parseResult(output, version);
    return { text: convertParsed(output.trim(), result, version), result };
  } catch (error) {
    const cause = `plugin ${type} printed no usable result: ${asWeftError(error).failure.cause}`;
    throw new WeftError('DelegateOutput', {
      cause,
      network: step.network,
      step: `ADD ${step.ifname}`,
      error,
    });
  }
}

/** A delegate that reports interfaces in the sandbox, none of them the wanted one, has made another (CNI-010). */
function checkInterface(result: CniResult, step: DelegateStep): void {
  const inside = result.interfaces.filter((item) => (item.sandbox ?? '') !== '');
  if (inside.length === 0 || inside.some((item) => item.name === step.ifname)) return;
  const made = inside.map((item) => item.name).join(', ');
  const cause = `the plugins made ${made} instead of ${step.ifname}`;
  throw new WeftError('DelegateOutput', { cause, network: step.network, step: `ADD ${step.ifname}` });
}
