import { describe, expect, it } from 'vitest';
import { type TierRun, tierRun } from '../../../../hack/conformance/tier-run.ts';

const start = Date.parse('2026-01-02T03:04:05Z');

function run(status: string, tests: readonly [string, string][], newestSource = start): TierRun {
  const assertionResults = tests.map(([fullName, state]) => ({ fullName, status: state }));
  const testResults = [{ name: '/repo/test/net/a.test.ts', status, assertionResults }];
  const text = JSON.stringify({ startTime: start, success: true, testResults });
  return tierRun('net', text, newestSource, '/repo');
}

function outcomes(tier: TierRun): string[] {
  return tier.proofs.map((proof) => proof.outcome);
}

describe('the run of a tier', () => {
  it('gives its tests with tier, file and title', () => {
    expect(run('passed', [['DEL works', 'passed']])).toEqual({
      tier: 'net',
      state: 'current',
      started: '2026-01-02T03:04:05.000Z',
      proofs: [{ tier: 'net', file: 'test/net/a.test.ts', title: 'DEL works', outcome: 'passed' }],
    });
  });

  it('takes every word for a test that did not run as skipped', () => {
    const tests = ['skipped', 'pending', 'todo', 'disabled'].map((state): [string, string] => ['a', state]);
    expect(outcomes(run('passed', tests))).toEqual(['skipped', 'skipped', 'skipped', 'skipped']);
  });

  it('lets the passed tests of a file stand when others of it fail', () => {
    const tests: [string, string][] = [
      ['a', 'passed'],
      ['b', 'failed'],
    ];
    expect(outcomes(run('failed', tests))).toEqual(['passed', 'failed']);
  });

  it('takes nothing from a file that failed outside of its tests', () => {
    const tests: [string, string][] = [
      ['a', 'passed'],
      ['b', 'skipped'],
    ];
    expect(outcomes(run('failed', tests))).toEqual(['failed', 'skipped']);
  });

  it('is older than the sources when one changed after it began', () => {
    expect(run('passed', [], start + 1).state).toBe('older than the sources');
  });

  it('is missing, not empty, where nothing was left', () => {
    expect(tierRun('net', undefined, start, '/repo')).toEqual({
      tier: 'net',
      state: 'no results',
      proofs: [],
    });
  });

  it.each(['', '{', 'null', '[]', '{"testResults":[]}', '{"startTime":1}'])('is unreadable as %j', (text) => {
    expect(tierRun('net', text, start, '/repo')).toEqual({ tier: 'net', state: 'unreadable', proofs: [] });
  });
});
