import { expect } from 'vitest';
import type { Reason } from '../../src/errors/reason.ts';
import { WeftError } from '../../src/errors/weft-error.ts';
import { expectReadable } from './refusal.ts';

/** What a pure function's refusal must say. */
export interface WantedError {
  readonly reason: Reason;
  readonly code: number;
  /** Texts that the message must hold: network, step, field, the offending value. */
  readonly names?: readonly string[];
}

/** Fails unless `action` throws a WeftError of that reason and code whose message a user can act on. */
export function expectThrown(action: () => unknown, wanted: WantedError): WeftError {
  const error = resultOrRefusal(action);
  if (!(error instanceof WeftError)) throw new Error('nothing was thrown');
  expect({ reason: error.reason, code: error.code }, error.message).toEqual({
    reason: wanted.reason,
    code: wanted.code,
  });
  expectReadable(error.message);
  for (const text of wanted.names ?? []) expect(error.message).toContain(text);
  return error;
}

/** What `action` gives or the WeftError that it throws; fails if it throws something else. */
export function resultOrRefusal<T>(action: () => T): T | WeftError {
  try {
    return action();
  } catch (error) {
    if (error instanceof WeftError) return error;
    throw error;
  }
}
