import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { mutationPage } from '../../../../hack/mutation/page.ts';
import { mutatedFiles, mutatedRooms } from '../../../../hack/mutation/rooms.ts';
import {
  type MutationReport,
  percent,
  scoresOf,
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
    'src/cni/env.ts': { mutants: [mutant('Killed')] },
  },
};

describe('the score of mutation testing', () => {
  it('counts what a test noticed, of what was a valid program and was run', () => {
    expect(scoresOf(report)).toEqual([
      { room: 'cni', killed: 1, valid: 1 },
      { room: 'wire', killed: 2, valid: 4 },
    ]);
    expect(totalOf(scoresOf(report))).toEqual({ room: 'all', killed: 3, valid: 5 });
    expect(percent({ killed: 3, valid: 5 })).toBe(60);
  });

  it('names every mutant that was missed, by its place', () => {
    expect(survivorsOf(report).map(({ place }) => place)).toEqual([
      'src/wire/frame.ts:1:7',
      'src/wire/skew.ts:3:7',
    ]);
    const page = mutationPage('2026-01-02', 80, scoresOf(report), survivorsOf(report));
    expect(page).toContain('| wire | 4 | 2 | 50.0 % |');
    expect(page).toContain('| all | 5 | 3 | 60.0 % |');
    expect(page).toContain("- src/wire/skew.ts:3:7 BooleanLiteral: `a ? 'b' : false`");
  });

  it('says so where nothing was missed', () => {
    expect(mutationPage('2026-01-02', 80, [], [])).toContain('None.');
  });

  it('is about rooms that there are', () => {
    const rooms = readdirSync(new URL('../../../../src', import.meta.url));
    expect(mutatedRooms.filter((room) => !rooms.includes(room))).toEqual([]);
    expect(mutatedFiles(['cni'])[0]).toBe('src/cni/**/*.ts');
  });
});
