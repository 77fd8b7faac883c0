import { WeftError } from '../errors/weft-error.ts';
import { readBootId } from '../executor/boot-id.ts';
import { defaultBudgets } from '../executor/budgets.ts';
import { type HandedOver, handOverAll } from '../executor/hand-over.ts';
import type { Sys } from '../executor/sys.ts';
import { type HandoverOptions, parseHandoverOptions } from './handover-options.ts';
import type { Host } from './host.ts';

/**
 * `weft handover multus`: leaves the running pods of this node to Multus. Prints a line for each sandbox and returns the
 * exit status: 1 while a record of weft's is left. Throws InvalidFlag, AgentPresent.
 */
export function handover(host: Host, args: readonly string[]): number {
  const options = parseHandoverOptions(args);
  const { sys } = host;
  if (!options.force && agentListens(sys, options)) {
    throw new WeftError('AgentPresent', {
      step: 'weft handover',
      cause: `an agent listens on ${options.socket}`,
    });
  }
  const bootId = readBootId(sys, options, sys.monotonicMs() + defaultBudgets.lock);
  const outcomes = handOverAll(sys, options, defaultBudgets, bootId, options);
  for (const outcome of outcomes) {
    if (outcome.how === 'kept')
      host.stderr(`error: ${outcome.key.slice(0, 80)}: ${outcome.failure.message}\n`);
    else host.stdout(`${lineOf(outcome)}\n`);
  }
  const kept = outcomes.filter(({ how }) => how === 'kept').length;
  const handed = outcomes.filter(({ how }) => how === 'handed-over').length;
  host.stdout(`${handed} sandboxes handed over to Multus, ${kept} records of weft left\n`);
  return kept === 0 ? 0 : 1;
}

function agentListens(sys: Sys, { socket }: HandoverOptions): boolean {
  try {
    sys.close(sys.connect(socket, sys.monotonicMs() + defaultBudgets.connect));
    return true;
  } catch {
    return false;
  }
}

function lineOf({ how, record }: Exclude<HandedOver, { readonly how: 'kept' }>): string {
  const { containerId } = record.sandbox;
  const pod = record.pod === undefined ? '' : ` ${record.pod.namespace}/${record.pod.name}`;
  const interfaces = record.steps.flatMap(({ step }) => (step.kind === 'delegate' ? [step.ifname] : []));
  return `${how} ${containerId.slice(0, 12)}${pod} ${interfaces.join(',')}`.trimEnd();
}
