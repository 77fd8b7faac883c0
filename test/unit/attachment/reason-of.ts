import type { Reason } from '../../../src/errors/reason.ts';
import { WeftError } from '../../../src/errors/weft-error.ts';
import { expectReadable } from '../../harness/refusal.ts';
import { resultOrRefusal } from '../../harness/thrown.ts';

/** Why the action refuses, its message being fit for a user; undefined if it does not. */
export function reasonOf(action: () => unknown): Reason | undefined {
  const result = resultOrRefusal(action);
  if (!(result instanceof WeftError)) return undefined;
  expectReadable(result.message);
  return result.reason;
}
