import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  hasOurs,
  type Taint,
  taintsOf,
  withOurs,
  withoutOurs,
} from '../../../../src/operator/nodes/node-taints.ts';

const ours = { key: 'weft.dev/agent-away', effect: 'NoSchedule' };
const taint: fc.Arbitrary<Taint> = fc.record(
  {
    key: fc.constantFrom('weft.dev/agent-away', 'weft.dev/other', 'node.kubernetes.io/unreachable'),
    effect: fc.constantFrom('NoSchedule', 'NoExecute', 'PreferNoSchedule'),
    value: fc.string(),
    timeAdded: fc.constant('2026-01-01T00:00:00Z'),
  },
  { requiredKeys: ['key', 'effect'] },
);
/** As the API server takes them: one of each key and effect. */
const taints = fc.uniqueArray(taint, { selector: ({ key, effect }) => JSON.stringify([key, effect]) });

function foreign(list: readonly Taint[]): readonly Taint[] {
  return list.filter(({ key, effect }) => key !== ours.key || effect !== ours.effect);
}

describe('the taints of a node', () => {
  it('keep all others as they are and in their order, whether ours is added or removed', () => {
    fc.assert(
      fc.property(taints, (before) => {
        expect(foreign(withOurs(before))).toEqual(foreign(before));
        expect(withoutOurs(before)).toEqual(foreign(before));
        expect(hasOurs(withOurs(before))).toBe(true);
        expect(hasOurs(withoutOurs(before))).toBe(false);
        expect(withOurs(before).length).toBe(foreign(before).length + 1);
      }),
    );
  });

  it('get ours without a value; one of another effect is somebody else\u2019s', () => {
    const theirs = { key: ours.key, effect: 'NoExecute' };
    expect(hasOurs([theirs])).toBe(false);
    expect(withOurs([theirs])).toEqual([theirs, ours]);
  });

  it('are none where the Node has none, or something that is no list', () => {
    const metadata = { name: 'a', resourceVersion: '1' };
    for (const spec of [undefined, {}, { taints: null }, { taints: 'x' }, { taints: [null] }])
      expect(taintsOf({ metadata, spec })).toEqual([]);
    expect(taintsOf({ metadata, spec: { taints: [ours] } })).toEqual([ours]);
  });
});
