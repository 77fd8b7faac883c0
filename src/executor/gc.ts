import type { NodeFile } from '../attachment/node-file.ts';
import type { ValidAttachment } from '../cni/valid-attachments.ts';
import { asWeftError, WeftError } from '../errors/weft-error.ts';
import { gcDeadline, shareDeadline, staleDeadline } from './budgets.ts';
import { runDelegate } from './delegate.ts';
import { type GcNetwork, type GcPlugin, gcNetworks, gcStdin } from './gc-networks.ts';
import { forgetGcChild, noteGcChild } from './gc-remains.ts';
import type { GcRun } from './gc-run.ts';
import { gcScope } from './gc-scope.ts';
import { collectStale } from './gc-stale.ts';
import { survey } from './gc-survey.ts';
import { readNodeFile } from './read-node-file.ts';
import type { Child } from './sys.ts';

/** A plugin that is only slow needs so much on a busy node. */
const leastMs = 1000;

/**
 * Removes what nobody uses (DESIGN §3.4): first a real DEL of our own stale sandboxes, from their records, then the GC of
 * every delegate network that this node knows. Goes on after each failure and returns them all (CNI-115). Throws
 * StateUnreadable, with nothing done, where it cannot be known what is attached.
 */
export function collectGarbage(run: GcRun): readonly WeftError[] {
  const { sys, directories, budgets } = run;
  const start = sys.monotonicMs();
  const found = survey(sys, directories, run.bootId);
  const scope = gcScope(run.listed, found, sys.wallMs());
  // Before the stale records go: their networks may hold more of theirs.
  const records = found.known.map(({ record }) => record);
  const stale = collectStale(run, scope.stale, staleDeadline(start, budgets));
  if (scope.networks === 'none') return [...found.errors, ...stale];
  const node = attempt(() => requireNodeFile(run));
  const networks = gcNetworks(node.value, records, scope.networks === 'all');
  const asked = askNetworks(run, networks, scope.valid, gcDeadline(start, budgets));
  return [...found.errors, ...stale, ...node.errors, ...asked];
}

function requireNodeFile({ sys, directories }: GcRun): NodeFile {
  const node = readNodeFile(sys, directories);
  if (node !== undefined) return node;
  throw new WeftError('StateUnreadable', {
    step: 'GC',
    cause: `${directories.stateDir}/node.json, which names the default network, is not there`,
    remedy: 'restart weft-agent on this node, which writes it again',
  });
}

/** Each plugin of each chain in order, whatever the one before said (CNI-313), each with an equal share of the time. */
function askNetworks(
  run: GcRun,
  networks: readonly GcNetwork[],
  valid: readonly ValidAttachment[],
  deadline: number,
): readonly WeftError[] {
  const { sys, directories } = run;
  const calls = networks.flatMap((network) => network.plugins.map((plugin) => ({ network, plugin })));
  const errors: WeftError[] = [];
  for (const [done, { network, plugin }] of calls.entries()) {
    const now = sys.monotonicMs();
    const left = calls.length - done;
    if (now >= deadline) {
      errors.push(noTimeLeft(left));
      break;
    }
    const share = shareDeadline(now, deadline, left, leastMs);
    const { errors: failed } = attempt(() => ask(run, network, plugin, valid, share));
    errors.push(...failed.map((error) => error.within({ network: network.network, step: 'GC' })));
  }
  if (calls.length > 0) forgetGcChild(sys, directories);
  return errors;
}

function noTimeLeft(count: number): WeftError {
  const cause = `no time was left for the GC of ${count} plugins`;
  return new WeftError('DelegateTimeout', { step: 'GC', cause });
}

/** GC has no attachment: its variables are there, and empty (CNI-315). */
function ask(
  run: GcRun,
  network: GcNetwork,
  { type, config }: GcPlugin,
  valid: readonly ValidAttachment[],
  deadline: number,
): void {
  const { sys, directories } = run;
  const cniPath = [...new Set([...run.cniPath, ...network.cniPath])];
  const context = { containerId: '', netns: '', cniArgs: '', cniPath };
  const onFork = (child: Child): void => noteGcChild(sys, directories, child);
  const stdin = gcStdin(config, valid);
  runDelegate(sys, context, { verb: 'GC', type, stdin, ifname: '', deadline, onFork });
}

function attempt<Value>(action: () => Value): {
  readonly value?: Value;
  readonly errors: readonly WeftError[];
} {
  try {
    return { value: action(), errors: [] };
  } catch (error) {
    return { errors: [asWeftError(error)] };
  }
}
