import { describe, expect, it } from 'vitest';
import { sourceNumbers, titleNumbers, withoutNumbers } from '../../../../hack/conformance/title-numbers.ts';

describe('the numbers of a title', () => {
  it('are found wherever they stand, each once', () => {
    expect(titleNumbers('DEL [CNI-283] goes on [NPWG-124] [CNI-283]')).toEqual({
      numbers: ['CNI-283', 'NPWG-124'],
      malformed: [],
    });
  });

  // In code, because this title would claim them.
  const slips: readonly (readonly [string, string, string[]])[] = [
    ['a range in one bracket', '[CNI-150..155] converts', ['[CNI-150..155]']],
    ['a range of brackets', '[CNI-150]–[CNI-155] converts', [']–[CNI-155]']],
    ['a list in one bracket', '[CNI-150, CNI-151] converts', ['[CNI-150,', 'CNI-151]']],
    ['a number without brackets', 'converts (CNI-150)', ['CNI-150)']],
    ['too few digits', '[NPWG-15] converts', ['[NPWG-15]']],
    ['too many digits', '[NPWG-1500] converts', ['[NPWG-1500]']],
  ];
  it.each(slips)('must not be %s', (_, title, malformed) => {
    expect(titleNumbers(title).malformed).toEqual(malformed);
  });

  it('are not made up from other words', () => {
    expect(titleNumbers('CNI 1.1.0, CNI_ARGS, XCNI, NPWG-like, [CVE-123]')).toEqual({
      numbers: [],
      malformed: [],
    });
  });

  it('are left out for readers', () => {
    expect(withoutNumbers('[CNI-283] DEL goes [NPWG-124]  on')).toBe('DEL goes on');
  });
});

describe('the numbers of a source', () => {
  it('are those outside of comments', () => {
    const source = `/** [CNI-001] */\n// [CNI-002]\n * [CNI-003]\nit('[CNI-004] a', f);\nconst t = '[CNI-005]';`;
    expect(sourceNumbers(source)).toEqual(['CNI-004', 'CNI-005']);
  });
});
