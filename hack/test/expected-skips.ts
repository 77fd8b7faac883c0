import type { Tally } from './tally.ts';

/** One row of test/expected-skips.json. */
export interface ExpectedSkip {
  /** `file > full title`, as `make test` prints it. */
  readonly test: string;
  /** Why it cannot run everywhere. */
  readonly reason: string;
}

/** Reads test/expected-skips.json. Throws on a row without test or reason: a skip without a reason is a defect. */
export function parseExpectedSkips(text: string): ExpectedSkip[] {
  const rows: unknown = JSON.parse(text);
  if (!Array.isArray(rows)) throw new Error('test/expected-skips.json: must be an array');
  return rows.map((row: unknown, index) => {
    const { test, reason } = (row ?? {}) as { test?: unknown; reason?: unknown };
    if (typeof test !== 'string' || test === '' || typeof reason !== 'string' || reason === '') {
      throw new Error(`test/expected-skips.json: row ${index}: needs "test" and "reason", both not empty`);
    }
    return { test, reason };
  });
}

/** With `strict` (in CI) a skip that no row allows becomes a failure, so that nothing is left out unseen. */
export function enforceSkips(tally: Tally, expected: readonly ExpectedSkip[], strict: boolean): Tally {
  if (!strict) return tally;
  const allowed = new Set(expected.map((row) => row.test));
  const unexpected = tally.skipped.filter((title) => !allowed.has(title));
  return {
    passed: tally.passed,
    failures: [
      ...tally.failures,
      ...unexpected.map((title) => `skipped without a row in test/expected-skips.json: ${title}`),
    ],
    skipped: tally.skipped.filter((title) => allowed.has(title)),
  };
}
