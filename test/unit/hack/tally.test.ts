import { describe, expect, it } from 'vitest';
import { tierRun } from '../../../hack/conformance/tier-run.ts';
import { enforceSkips, parseExpectedSkips } from '../../../hack/test/expected-skips.ts';
import { judgeTier, mergeReports } from '../../../hack/test/run-tier.ts';
import {
  addTallies,
  emptyTally,
  summaryLine,
  type Tally,
  tallyReport,
  type VitestReport,
} from '../../../hack/test/tally.ts';

function report(status: string, tests: [string, string][], message = ''): Tally {
  const assertionResults = tests.map(([fullName, state]) => ({ fullName, status: state }));
  return tallyReport(
    {
      success: false,
      startTime: 0,
      testResults: [{ name: '/repo/test/a.test.ts', status, message, assertionResults }],
    },
    '/repo',
  );
}

describe('counting a report of vitest', () => {
  it('counts passed, failed and everything that did not run', () => {
    const counted = report('failed', [
      ['one', 'passed'],
      ['two', 'failed'],
      ['three', 'skipped'],
      ['four', 'todo'],
      ['five', 'pending'],
    ]);
    expect(counted).toEqual({
      passed: 1,
      failures: ['test/a.test.ts > two'],
      skipped: ['test/a.test.ts > three', 'test/a.test.ts > four', 'test/a.test.ts > five'],
    });
  });

  it('says why a test failed, without stacks, the middle of a long output left out', () => {
    const long = Array.from({ length: 40 }, (_, line) => `line ${line + 1}`).join('\n');
    const fail = (message: string): string | undefined =>
      tallyReport(
        {
          success: false,
          startTime: 0,
          testResults: [
            {
              name: '/repo/a.test.ts',
              status: 'failed',
              assertionResults: [{ status: 'failed', fullName: 'one', failureMessages: [message] }],
            },
          ],
        },
        '/repo',
      ).failures[0];
    expect(fail('Error: \u001b[31mred\u001b[39m\n\n    at f (/repo/a.ts:1:2)')).toBe(
      'a.test.ts > one\n    Error: red',
    );
    expect(fail(long)?.split('\n')).toEqual([
      'a.test.ts > one',
      ...['line 1', 'line 2', 'line 3', '[25 lines]'].map((line) => `    ${line}`),
      ...Array.from({ length: 12 }, (_, line) => `    line ${line + 29}`),
    ]);
  });

  it('counts a file that cannot be loaded as one failure', () => {
    expect(report('failed', [], 'Error: no such module\n  at x').failures).toEqual([
      'test/a.test.ts: Error: no such module',
    ]);
  });

  it('counts a file whose hook fails after its tests passed as one failure', () => {
    expect(report('failed', [['one', 'passed']]).failures).toEqual([
      'test/a.test.ts: the file failed outside of its tests',
    ]);
  });
});

describe('judging a tier', () => {
  it('fails a tier that ran no test', () => {
    expect(judgeTier('net', emptyTally, undefined).failures).toEqual(['net: no test was run']);
  });

  it('fails a tier of which every test was skipped', () => {
    expect(judgeTier('net', { ...emptyTally, skipped: ['a'] }, undefined).failures).toHaveLength(1);
  });

  it('fails a tier whose runner ended badly although no test failed', () => {
    expect(judgeTier('net', { ...emptyTally, passed: 3 }, 'SIGKILL').failures).toHaveLength(1);
  });

  it('leaves a good tier alone', () => {
    expect(judgeTier('net', { ...emptyTally, passed: 3 }, undefined).failures).toEqual([]);
  });
});

describe('expected skips', () => {
  const tally: Tally = { passed: 2, failures: ['x'], skipped: ['a', 'b'] };
  const rows = [{ test: 'a', reason: 'needs a kernel module' }];

  it('turns a skip without a row into a failure in CI', () => {
    const enforced = enforceSkips(tally, rows, true);
    expect(enforced.skipped).toEqual(['a']);
    expect(enforced.failures).toEqual(['x', 'skipped without a row in test/expected-skips.json: b']);
  });

  it('lets skips be elsewhere', () => {
    expect(enforceSkips(tally, rows, false)).toEqual(tally);
  });

  it.each(['{}', '[{"test":"a"}]', '[{"test":"a","reason":""}]', '[null]', '[{"reason":"r"}]'])(
    'refuses the list %s',
    (text) => {
      expect(() => parseExpectedSkips(text)).toThrow('expected-skips.json');
    },
  );

  it('reads rows with a reason', () => {
    expect(parseExpectedSkips(JSON.stringify(rows))).toEqual(rows);
  });
});

describe('the last line', () => {
  it('sums all stages', () => {
    const all = addTallies([
      { passed: 2, failures: ['x'], skipped: [] },
      { passed: 3, failures: [], skipped: ['a'] },
    ]);
    expect(summaryLine(all)).toBe('5 passed, 1 failed, 1 skipped');
  });
});

describe('the reports of runs side by side', () => {
  it('are one report: good only if all are, begun with the first, with the files of each', () => {
    const of = (name: string, success: boolean, startTime: number): VitestReport => ({
      success,
      startTime,
      testResults: [{ name, status: success ? 'passed' : 'failed', assertionResults: [] }],
    });
    const [late, early] = [of('a', true, 200), of('b', false, 100)];
    const merged = mergeReports([late, early]);
    expect(merged).toEqual({
      success: false,
      startTime: 100,
      testResults: [...late.testResults, ...early.testResults],
    });
    expect(mergeReports([late, late]).success).toBe(true);
    // What `make conformance` reads.
    expect(tierRun('e2e', JSON.stringify(merged), 50, '/repo').state).toBe('current');
  });
});
