import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Labels,
  maxSelectorLength,
  parseLabelSelector,
  type Requirement,
  selects,
} from '../../../src/api/label-selector.ts';

function selected(text: string, labels: Labels): boolean | string {
  const selector = parseLabelSelector(text);
  return typeof selector === 'string' ? selector : selects(selector, labels);
}

describe('a label selector', () => {
  it.each([
    ['team=red', { team: 'red' }, true],
    ['team==red', { team: 'red' }, true],
    ['team = red', { team: 'blue' }, false],
    ['team=', { team: '' }, true],
    ['team=red', {}, false],
    ['team!=red', { team: 'blue' }, true],
    ['team!=red', { team: 'red' }, false],
    ['team!=red', {}, true],
    ['team in (red, blue)', { team: 'blue' }, true],
    ['team in (red, blue)', { team: 'green' }, false],
    ['team in(red)', { team: 'red' }, true],
    ['team notin (red)', { team: 'red' }, false],
    ['team notin (red)', {}, true],
    ['team', { team: '' }, true],
    ['team', {}, false],
    ['!team', {}, true],
    ['! team', { team: 'red' }, false],
    ['a.b/c_d in (x.y, 1-2), !e', { 'a.b/c_d': '1-2' }, true],
    ['kubernetes.io/metadata.name=shop', { 'kubernetes.io/metadata.name': 'shop' }, true],
    ['team=red,stage!=test', { team: 'red', stage: 'test' }, false],
    ['toString', {}, false],
    ['__proto__', {}, 'is no label selector at "__proto__"'],
  ])('%s on %j is %s', (text, labels, expected) => {
    expect(selected(text, labels)).toBe(expected);
  });

  it.each([
    '',
    '  ',
    ',',
    'team=red,',
    '*',
    'team=red blue',
    'team in red',
    'team in ()',
    'team in (red,)',
    'team in (red',
    'team in (red))',
    'team === red',
    'team=!red',
    'team>1',
    'team!',
    '-team',
    '/team',
    'Example.com/team',
    'a/b/c',
    'team="red"',
    `${'x'.repeat(64)}=a`,
    `a=${'x'.repeat(64)}`,
    'team=-red',
    `${'a,'.repeat(maxSelectorLength / 2)}a`,
  ])('%j is none, and says so', (text) => {
    expect(selected(text, {})).toMatch(/^is (empty|longer than|no label selector)/);
  });

  const key = fc.constantFrom('a', 'b', 'weft.dev/c', 'in', 'notin-x');
  const value = fc.constantFrom('x', 'y', 'Z.1_2-3');
  const requirement: fc.Arbitrary<Requirement> = fc.oneof(
    fc.record({
      key,
      operator: fc.constantFrom('in' as const, 'notin' as const),
      values: fc.array(value, { minLength: 1, maxLength: 3 }),
    }),
    fc.record({
      key,
      operator: fc.constantFrom('exists' as const, 'missing' as const),
      values: fc.constant([]),
    }),
  );
  const space = fc.constantFrom('', ' ', '  ');

  function written({ key: name, operator, values }: Requirement, gap: string, short: boolean): string {
    if (operator === 'exists') return name;
    if (operator === 'missing') return `!${gap}${name}`;
    if (short && values.length === 1)
      return `${name}${gap}${operator === 'in' ? '=' : '!='}${gap}${values[0]}`;
    return `${name} ${gap}${operator}${gap}(${gap}${values.join(`${gap},${gap}`)}${gap})`;
  }

  it('that is written in any way is read as what it says', () => {
    fc.assert(
      fc.property(
        fc.array(requirement, { minLength: 1, maxLength: 5 }),
        space,
        fc.boolean(),
        (all, gap, short) => {
          const text = all.map((one) => written(one, gap, short)).join(`${gap},${gap}`);
          expect(parseLabelSelector(text)).toEqual(all);
        },
      ),
    );
  });

  it('of any text is read or refused, in time that its length bounds', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'a(),!= in/.x'), maxLength: 2000 }), (text) => {
        const read = parseLabelSelector(text);
        if (typeof read !== 'string') expect(selects(read, {})).toBeTypeOf('boolean');
      }),
    );
  });
});
