import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cidrRange, type IpRange, overlap } from '../../../../src/netconf/ip-range.ts';
import { RangeIndex } from '../../../../src/operator/networks/range-index.ts';

interface Member {
  readonly range: IpRange;
  readonly group: string;
  readonly name: number;
}

/** CIDRs of every size that are near each other, so that many of them meet. */
const cidr = fc.oneof(
  fc.tuple(fc.integer({ min: 0, max: 31 }), fc.integer({ min: 0, max: 3 }), fc.integer({ min: 4, max: 32 })),
  fc.tuple(
    fc.integer({ min: 0, max: 31 }),
    fc.integer({ min: 0, max: 3 }),
    fc.integer({ min: 40, max: 128 }),
  ),
);

function rangeOf([high, low, prefix]: readonly [number, number, number]): IpRange {
  const text =
    prefix <= 32 ? `10.1.${high * 8}.${low}/${prefix}` : `fd00:0:0:${high.toString(16)}::${low}/${prefix}`;
  const range = cidrRange(text);
  if (range === undefined) throw new Error(text);
  return range;
}

describe('RangeIndex', () => {
  it('finds what a look at every range of the other groups finds, also after some have gone', () => {
    const member = fc.record({ cidr, group: fc.constantFrom('a', 'b', 'c'), goes: fc.boolean() });
    fc.assert(
      fc.property(
        fc.array(member, { maxLength: 30 }),
        cidr,
        fc.constantFrom('a', 'z'),
        (made, asked, group) => {
          const index = new RangeIndex<number>();
          const members = made.map((one, name): Member & { readonly goes: boolean } => ({
            range: rangeOf(one.cidr),
            group: one.group,
            goes: one.goes,
            name,
          }));
          for (const one of members) index.add(one.range, one.group, one.name);
          for (const one of members.filter(({ goes }) => goes)) index.delete(one.range, one.group);
          const range = rangeOf(asked);
          const wanted = members
            .filter((one) => !one.goes && one.group !== group && overlap(range, one.range))
            .map(({ name }) => name);
          expect([...new Set(index.meeting(range, group))].sort()).toEqual(wanted.sort());
          expect(index.size).toBe(members.filter(({ goes }) => !goes).length);
        },
      ),
    );
  });

  it('looks at neighbours only, however many ranges lie beside them', () => {
    const index = new RangeIndex<string>();
    let looks = 0;
    const counted = (range: IpRange): IpRange => ({
      family: range.family,
      last: range.last,
      get first() {
        looks += 1;
        return range.first;
      },
    });
    for (let at = 0; at < 2_000; at += 1) {
      const range = cidrRange(`10.${at >> 8}.${at & 255}.0/24`);
      if (range !== undefined) index.add(counted(range), `list ${at}`, `net-${at}`);
    }
    looks = 0;
    const asked = cidrRange('10.3.7.0/24');
    if (asked === undefined) throw new Error('no range');
    expect([...index.meeting(asked, 'another')]).toEqual(['net-775']);
    expect(looks).toBeLessThan(50);
  });
});
