import { globSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { mutationPage } from '../../../../hack/mutation/page.ts';
import { judgingTests, mutatedFiles, mutatedRooms } from '../../../../hack/mutation/rooms.ts';
import {
  judged,
  type MutationReport,
  percent,
  scoreOf,
  survivorsOf,
  totalOf,
} from '../../../../hack/mutation/score.ts';

function mutant(status: string, line = 1): MutationReport['files'][string]['mutants'][number] {
  return {
    status,
    mutatorName: 'BooleanLiteral',
    replacement: 'a ? `b`\n  : false',
    location: { start: { line, column: 7 } },
  };
}

const report: MutationReport = {
  files: {
    'src/wire/frame.ts': { mutants: ['Killed', 'Timeout', 'Survived'].map((status) => mutant(status)) },
    'src/wire/skew.ts': { mutants: ['NoCoverage', 'Ignored', 'RuntimeError'].map((s) => mutant(s, 3)) },
  },
};
const score = scoreOf('wire', report);

describe('the score of mutation testing', () => {
  it('counts what a test noticed, of what had a verdict', () => {
    expect(score).toEqual({
      room: 'wire',
      killed: 1,
      timeout: 1,
      survived: 1,
      unreached: 1,
      ignored: 1,
      broken: 1,
    });
    expect([judged(score), percent(score)]).toEqual([4, 50]);
    expect(percent(scoreOf('empty', { files: {} }))).toBe(100);
  });

  it('of all rooms is that of all their mutants', () => {
    const better = { ...score, room: 'cni', killed: 5 };
    expect(totalOf([score, better])).toMatchObject({ room: 'all', killed: 6, timeout: 2, broken: 2 });
    expect(percent(totalOf([score, better]))).toBeCloseTo((100 * 8) / 12);
  });

  it('names every mutant that was missed, by its place', () => {
    expect(survivorsOf(report).map(({ place }) => place)).toEqual([
      'src/wire/frame.ts:1:7',
      'src/wire/skew.ts:3:7',
    ]);
    const page = mutationPage('2026-01-02', 80, [score], survivorsOf(report));
    expect(page).toContain('| wire | 4 | 1 | 1 | 1 | 1 | 50.0 % | 1 | 1 |');
    expect(page).toContain('| all | 4 | 1 | 1 | 1 | 1 | 50.0 % | 1 | 1 |');
    expect(page).toContain("- src/wire/skew.ts:3:7 BooleanLiteral: `a ? 'b' : false`");
  });

  it('says so where nothing was missed', () => {
    expect(mutationPage('2026-01-02', 80, [], [])).toContain('None.');
  });

  it('is about rooms and tests that there are', () => {
    const root = new URL('../../../../', import.meta.url);
    const rooms = readdirSync(new URL('src', root));
    expect(mutatedRooms.filter((room) => !rooms.includes(room))).toEqual([]);
    expect(mutatedFiles('cni')[0]).toBe('src/cni/**/*.ts');
    for (const room of mutatedRooms)
      for (const pattern of judgingTests(room))
        expect(globSync(pattern, { cwd: fileURLToPath(root) }), pattern).not.toEqual([]);
  });
});
