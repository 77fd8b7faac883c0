import type { NodeFile } from '../attachment/node-file.ts';
import type { DelegateStep } from '../attachment/plan.ts';
import { delegateWords } from '../cni/error-result.ts';
import { atLeast } from '../cni/version.ts';
import type { CniError } from '../errors/cni-error.ts';
import { asWeftError, fitMessage, WeftError } from '../errors/weft-error.ts';
import { type DelegateCall, delegateFailure, endOfDelegate } from './delegate.ts';
import { isConfigured } from './is-configured.ts';
import { readNodeFile } from './read-node-file.ts';
import { type Directories, defaultGoneFile, readyFile } from './state-paths.ts';
import { type ChildEnd, isErrno, type Sys, SysError } from './sys.ts';

/** The plugin is not available: ADD cannot be served (CNI-102). */
const notAvailable = 50;

/** More than a sentence has. */
const markBytes = 4096;

/** What a delegate answered to STATUS, with its own code and words; passed on to the runtime as it is (CNI-103). */
export class DelegateNotReady extends Error {
  override readonly name: string = 'DelegateNotReady';
  /** Without the version, which is the request's. */
  readonly cniError: Omit<CniError, 'cniVersion'>;

  constructor(cniError: Omit<CniError, 'cniVersion'>) {
    super(cniError.msg);
    this.cniError = cniError;
  }
}

/** One STATUS. */
export interface StatusQuestion {
  readonly directories: Directories;
  /** CNI_PATH in order; may be empty. */
  readonly cniPath: readonly string[];
  /** For everything, on the monotonic clock. */
  readonly deadline: number;
}

/**
 * Throws unless this node can serve ADDs, as far as that is not one pod's affair (DESIGN §3.4): weft was ready once since
 * the boot, and the default network is there and ready itself. An agent that is away is no reason. Writes nothing.
 *
 * DelegateNotReady; else a WeftError of code 50: NotReady, DefaultNetworkMissing, StateUnreadable, or what kept a delegate
 * from answering.
 */
export function requireReady(sys: Sys, question: StatusQuestion): void {
  try {
    requireBegun(sys, question.directories);
    const node = requireDefaultNetwork(sys, question);
    statusOfChain(sys, question, node);
  } catch (error) {
    if (error instanceof DelegateNotReady) throw error;
    const { reason, failure } = error instanceof SysError ? unreadable(error) : asWeftError(error);
    throw new WeftError(reason, { ...failure, step: 'STATUS', code: notAvailable });
  }
}

function unreadable(error: SysError): WeftError {
  return new WeftError('StateUnreadable', { cause: error.message, error });
}

function requireBegun(sys: Sys, directories: Directories): void {
  if (sys.stat(readyFile(directories))?.kind === 'file') return;
  throw new WeftError('NotReady', {
    cause: 'weft-agent has not been ready since the node booted, so pods cannot be attached yet',
  });
}

function requireDefaultNetwork(sys: Sys, { directories, deadline }: StatusQuestion): NodeFile {
  const node = readNodeFile(sys, directories);
  if (node === undefined) {
    throw new WeftError('DefaultNetworkMissing', {
      cause: `${directories.stateDir}/node.json, which names the default network, is not there`,
      remedy: 'restart weft-agent on this node, which writes it again',
    });
  }
  const { network, networkName } = node.defaultNetwork;
  const gone = agentsWord(sys, directories);
  if (gone !== undefined) throw new WeftError('DefaultNetworkMissing', { network, cause: gone });
  if (node.confDir === undefined || isConfigured(sys, node.confDir, networkName, deadline)) return node;
  throw new WeftError('DefaultNetworkMissing', {
    network: networkName,
    cause: `no configuration in ${node.confDir} has the name of the default network any more`,
    remedy: 'put the configuration of the default network back',
  });
}

/** Why the agent says that the default network is gone; undefined: it does not. Only it can know this of a NAD. */
function agentsWord(sys: Sys, directories: Directories): string | undefined {
  try {
    return sys.readText(defaultGoneFile(directories), markBytes).trim();
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** In the list's order, to the first error; not at all for a list that knows no STATUS (CNI-310). */
function statusOfChain(sys: Sys, question: StatusQuestion, { defaultNetwork, cniPath }: NodeFile): void {
  if (!atLeast(defaultNetwork.cniVersion, '1.1.0')) return;
  const path = [...question.cniPath, ...cniPath.filter((directory) => !question.cniPath.includes(directory))];
  for (const { type, config } of defaultNetwork.plugins) {
    askDelegate(sys, path, defaultNetwork, {
      verb: 'STATUS',
      type,
      // Only name and version are spliced into it: it is the step without a pod's wishes (CNI-227).
      stdin: config,
      ifname: '',
      deadline: question.deadline,
      onFork: () => undefined,
    });
  }
}

/** STATUS has no attachment: its variables are there, and empty (CNI-315). */
function askDelegate(sys: Sys, cniPath: readonly string[], step: DelegateStep, call: DelegateCall): void {
  try {
    const end = endOfDelegate(sys, { containerId: '', netns: '', cniArgs: '', cniPath }, call);
    if (end.how === 'exit' && end.value === 0) return;
    throw refusal(step, call, end);
  } catch (error) {
    throw error instanceof WeftError ? error.within({ network: step.network }) : error;
  }
}

function refusal(step: DelegateStep, call: DelegateCall, end: ChildEnd): Error {
  if (end.how === 'timeout') {
    const cause = `plugin ${call.type} did not answer STATUS in time and was killed`;
    return new WeftError('DelegateTimeout', { cause });
  }
  const words = end.how === 'exit' ? delegateWords(end.stdout) : undefined;
  if (words === undefined) return delegateFailure(call, end);
  const { code, msg } = words;
  // libcni shows the details behind the message: a reader learns whose words they are.
  const whose = `reason=DelegateFailed; plugin ${call.type} of network ${step.network}`;
  const details = words.details === '' ? whose : `${whose}; ${words.details}`;
  return new DelegateNotReady({ code, msg: fitMessage(msg), details: fitMessage(details) });
}
