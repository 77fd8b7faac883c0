import { WeftError } from '../errors/weft-error.ts';
import type { StepRecord, StepState } from './record.ts';

/**
 * Which state may follow which. `running` to `attached` is a success, and to `pending` only where the
 * program could not even be started; everything else that began ends through `deleting`, so that nothing that may exist
 * is ever forgotten.
 */
const successors: Readonly<Record<StepState, readonly StepState[]>> = {
  pending: ['running'],
  running: ['attached', 'deleting', 'pending'],
  attached: ['deleting'],
  deleting: ['deleting', 'pending', 'leftover'],
  leftover: ['deleting'],
};

/** What a transition may write down besides the state. */
export type StepNote = Pick<
  StepRecord,
  'result' | 'deviceInfo' | 'warnings' | 'routes' | 'error' | 'tookMs' | 'begun' | 'process'
>;

export function mayFollow(from: StepState, to: StepState): boolean {
  return successors[from].includes(to);
}

/**
 * The step in its new state. The result stays until the step is `pending` again, because DEL needs it; the process
 * is forgotten with each transition, because it belongs to one run.
 */
export function advance(step: StepRecord, to: StepState, note: StepNote = {}): StepRecord {
  if (!mayFollow(step.state, to)) {
    throw new WeftError('Internal', { cause: `step ${step.step.id} cannot go from ${step.state} to ${to}` });
  }
  if (to === 'pending') return { step: step.step, state: to };
  const { process: _process, error: _error, ...kept } = step;
  return { ...kept, ...note, state: to };
}

/** True while something of the step may exist. */
export function mayExist(step: StepRecord): boolean {
  return step.state !== 'pending';
}
