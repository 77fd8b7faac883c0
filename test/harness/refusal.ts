import { expect } from 'vitest';
import { type Reason, reasons } from '../../src/errors/reason.ts';
import type { CniCall, CniErrorDocument } from './runtime.ts';

/** What a refusal must say. */
export interface WantedRefusal {
  readonly reason: Reason;
  /** Where it is not the reason's own, for instance a delegate's. */
  readonly code?: number;
  /** Texts that the message must hold: network, step, the offending value. */
  readonly names?: readonly string[];
}

/**
 * Fails unless the call was refused as DESIGN §1 rule 2 and the CNI error format want it: exactly one JSON document on
 * standard output, the right code and reason, a message under 300 characters that names what it should and ends in a
 * remedy, and nothing of the program's inside in it.
 */
export function expectRefusal(call: CniCall, wanted: WantedRefusal): CniErrorDocument {
  const shown = `status ${call.status}, stdout ${call.stdout.slice(0, 600)}, stderr ${call.stderr.slice(0, 600)}`;
  expect(call.signal, shown).toBeUndefined();
  expect(call.status, shown).not.toBe(0);
  const error = call.error;
  if (error === undefined) throw new Error(`no single error document: ${shown}`);
  expect(Object.keys(error).sort(), shown).toEqual(['cniVersion', 'code', 'details', 'msg']);
  expect({ code: error.code, details: error.details }, shown).toEqual({
    code: wanted.code ?? reasons[wanted.reason].code,
    details: expect.stringMatching(new RegExp(`^reason=${wanted.reason}\\b`)),
  });
  expectReadable(error.msg);
  for (const text of wanted.names ?? []) expect(error.msg).toContain(text);
  return error;
}

/** A message for people: short, one line, cause and remedy, no stack trace, no byte dump. */
export function expectReadable(msg: string): void {
  expect(msg.length).toBeLessThan(300);
  expect(msg).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
  // `at f (file:1:2)`, `file.ts:1:2`, `[123 34 44`, `[object Object]`, `undefined`.
  expect(msg).not.toMatch(
    /\bat \S+ \(|\.(ts|js|mjs):\d+|\[\d+(,? \d+){3}|\[object |\bundefined\b|\bTypeError\b/,
  );
  const parts = msg.split('; ');
  expect(parts.length, `cause and remedy in: ${msg}`).toBeGreaterThanOrEqual(2);
  expect(parts.at(-1)?.length ?? 0, `remedy in: ${msg}`).toBeGreaterThan(8);
}

/** Fails unless the call succeeded; shows what it said otherwise. */
export function expectSuccess(call: CniCall): void {
  const shown = `${call.stdout.slice(0, 800)} ${call.stderr.slice(0, 800)}`;
  expect({ status: call.status, signal: call.signal }, shown).toEqual({ status: 0, signal: undefined });
}
