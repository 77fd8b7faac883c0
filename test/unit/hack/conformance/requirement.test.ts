import { describe, expect, it } from 'vitest';
import { parseRequirements } from '../../../../hack/conformance/requirement.ts';

function parsed(row: string): unknown {
  return parseRequirements(`ADD:\n  CNI-050: ${row}\n`, 'a.yaml');
}

describe('a file of requirements', () => {
  it('is read with sections, levels and reasons, in its order', () => {
    const text = `ADD:
  CNI-051:
    may: Second.
    pending: hot-plug
  CNI-050:
    decision: First.
    notApplicable: another role
`;
    expect(parseRequirements(text, 'a.yaml')).toEqual([
      { number: 'CNI-051', section: 'ADD', level: 'may', line: 'Second.', pending: 'hot-plug' },
      {
        number: 'CNI-050',
        section: 'ADD',
        level: 'decision',
        line: 'First.',
        notApplicable: 'another role',
      },
    ]);
  });

  it.each([
    ['{}', 'needs just one of must'],
    ['{will: A.}', 'needs just one of must'],
    ['{must: A., may: B.}', 'needs just one of must'],
    ['{must: A., penidng: work}', 'needs just one of must'],
    ['{must: ""}', '1 to 140 characters'],
    ['{must: 3}', '1 to 140 characters'],
    [`{must: ${'a'.repeat(141)}}`, '1 to 140 characters'],
    ['{must: A., pending: ""}', '1 to 140 characters'],
    ['{must: A., pending: work, notApplicable: role}', 'both notApplicable and pending'],
    ['[must]', 'must be a mapping'],
    ['A.', 'must be a mapping'],
  ])('refuses the row %s', (row, problem) => {
    expect(() => parsed(row)).toThrow(problem);
    expect(() => parsed(row)).toThrow('a.yaml: CNI-050');
  });

  it.each(['CNI-50', 'cni-050', 'CRI-050', 'CNI-0500'])(
    'refuses a number in another form, case %#',
    (number) => {
      expect(() => parseRequirements(`ADD:\n  ${number}: {must: A.}\n`, 'a.yaml')).toThrow(number);
    },
  );

  it('refuses a number that stands there twice', () => {
    expect(() => parseRequirements('ADD:\n  CNI-050: {must: A.}\n  CNI-050: {must: B.}\n', 'a.yaml')).toThrow(
      'unique',
    );
  });
});
