import { describe, expect, it } from 'vitest';
import { type Conformance, countResults, isComplete, judge } from '../../../../hack/conformance/judge.ts';
import type { Requirement } from '../../../../hack/conformance/requirement.ts';
import type { Proof } from '../../../../hack/conformance/tier-run.ts';

type Case = readonly [title: string, outcome: Proof['outcome']];

function requirement(number: string, more: Partial<Requirement> = {}): Requirement {
  return { number, section: 'DEL', level: 'must', line: 'It works.', ...more };
}

/** Every test in a file and a tier of its own. */
function judged(requirements: readonly Requirement[], cases: readonly Case[]): Conformance {
  const tiers = cases.map(([title, outcome], index) => ({
    tier: `tier-${index}`,
    state: 'current' as const,
    proofs: [{ tier: `tier-${index}`, file: `test/${index}.test.ts`, title, outcome }],
  }));
  return judge(requirements, tiers);
}

function result(more: Partial<Requirement>, ...cases: Case[]): string | undefined {
  return judged([requirement('CNI-070', more)], cases).rows[0]?.result;
}

describe('a requirement', () => {
  it('is met by one test that passed', () => {
    expect(result({}, ['[CNI-070] a', 'passed'])).toBe('met');
    expect(result({}, ['[CNI-070] a', 'passed'], ['[CNI-070] b', 'skipped'])).toBe('met');
  });

  it('is failing when any of its tests failed', () => {
    expect(result({}, ['[CNI-070] a', 'passed'], ['[CNI-070] b', 'failed'])).toBe('failing');
    expect(result({ pending: 'work' }, ['[CNI-070] b', 'failed'])).toBe('failing');
  });

  it('is missing without a test, with another number, and with skipped tests only', () => {
    expect(result({})).toBe('missing');
    expect(result({}, ['[CNI-071] a', 'passed'])).toBe('missing');
    expect(result({}, ['[CNI-070] a', 'skipped'])).toBe('missing');
  });

  it('is never met while it is pending', () => {
    expect(result({ pending: 'work' }, ['[CNI-070] a', 'passed'])).toBe('pending');
  });

  it('shares a test with others', () => {
    const rows = judged(
      [requirement('CNI-070'), requirement('NPWG-124')],
      [['[CNI-070] [NPWG-124] a', 'passed']],
    ).rows;
    expect(rows.map((row) => row.result)).toEqual(['met', 'met']);
  });
});

describe('a contradiction', () => {
  it.each(
    [
      ['[CNI-999] a', 'CNI-999 is not in test/conformance: test/0.test.ts > [CNI-999] a'],
      ['[CNI-070..071] a', '[CNI-070..071] is not written like [CNI-283]: test/0.test.ts > [CNI-070..071] a'],
    ].map(([title = '', problem = '']) => ({ title, problem })),
  )('in a title is a problem', ({ title, problem }) => {
    const conformance = judged([requirement('CNI-070', { pending: 'work' })], [[title, 'passed']]);
    expect(conformance.problems).toEqual([problem]);
    expect(isComplete(conformance)).toBe(false);
  });

  it('between data and tests is a problem', () => {
    const conformance = judged(
      [requirement('CNI-070', { notApplicable: 'role' })],
      [['[CNI-070] a', 'passed']],
    );
    expect(conformance.problems).toEqual([
      'CNI-070 is said to be not applicable, yet a test carries it: test/0.test.ts',
    ]);
    expect(isComplete(conformance)).toBe(false);
  });
});

describe('all together', () => {
  const rows = [
    requirement('CNI-070'),
    requirement('CNI-071', { pending: 'work' }),
    requirement('CNI-072', { notApplicable: 'role' }),
  ];

  it('is complete without anything missing or failing', () => {
    expect(isComplete(judged(rows, [['[CNI-070] a', 'passed']]))).toBe(true);
    expect(isComplete(judged(rows, [['[CNI-070] a', 'failed']]))).toBe(false);
    expect(isComplete(judged(rows, []))).toBe(false);
  });

  it('is counted by result', () => {
    expect(countResults(judged(rows, []).rows)).toEqual({
      met: 0,
      failing: 0,
      missing: 1,
      pending: 1,
      'not applicable': 1,
    });
  });
});
