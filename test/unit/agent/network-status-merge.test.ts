import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sandboxKey } from '../../../src/agent/sources/pod-record.ts';
import { mergeNetworkStatus } from '../../../src/agent/status/network-status-merge.ts';

type Entry = Readonly<Record<string, unknown>>;

const own: readonly Entry[] = [
  { name: 'cluster', interface: 'eth0', default: true, [sandboxKey]: 'c0ffee' },
  { name: 'ns1/net-a', interface: 'net1', default: false, [sandboxKey]: 'c0ffee' },
];
const ownText = JSON.stringify(own);

/** What the annotation is after the merge. */
function merged(current: unknown): unknown {
  const text = typeof current === 'string' ? current : JSON.stringify(current);
  return JSON.parse(mergeNetworkStatus(text, ownText).text ?? text);
}

describe('the annotation after a merge', () => {
  it('is ours alone where there is none, or an empty one', () => {
    for (const current of [undefined, '', '[]', ' [ ] ']) {
      expect(mergeNetworkStatus(current, ownText)).toEqual({ text: ownText, discarded: undefined });
    }
  });

  it('is left as it is where it says the same, in whatever layout and order of keys', () => {
    const [first, second] = own;
    const shuffled = Object.fromEntries(Object.entries(second ?? {}).reverse());
    const text = JSON.stringify([{ name: 'x/y', interface: 'hot0' }, first, shuffled], null, 2);
    expect(mergeNetworkStatus(text, ownText)).toEqual({ text: undefined, discarded: undefined });
  });

  it("keeps others' entries behind ours, in their order [NPWG-162]", () => {
    const others = [
      { name: 'z/hot', interface: 'hot1' },
      { name: 'a/hot', interface: 'hot0', extra: { deep: [1] } },
    ];
    expect(merged(others)).toEqual([...own, ...others]);
  });

  it('loses what an earlier sandbox had: entries that weft marked, those of our interfaces and those of our networks', () => {
    const earlier = [
      { name: 'ns1/net-z', interface: 'net2', default: false, [sandboxKey]: 'dead' },
      { name: 'ns1/net-q', interface: 'net1', default: false },
      { name: 'ns1/net-a', interface: 'net7', default: false },
    ];
    expect(merged(earlier)).toEqual(own);
  });

  it('has one default at most, which is ours [NPWG-147]', () => {
    const claims = { name: 'x/y', interface: 'hot0', default: true };
    expect(merged([...own, claims])).toEqual([...own, { ...claims, default: false }]);
  });

  it.each([
    ['{"half":', 'it is not JSON'],
    ['{}', 'it is not a list'],
    ['null', 'it is not a list'],
    ['[1]', 'an entry of it is not an object'],
    ['[[]]', 'an entry of it is not an object'],
  ])('is ours alone where %s stands: %s', (current, discarded) => {
    expect(mergeNetworkStatus(current, ownText)).toEqual({ text: ownText, discarded });
  });
});

const name = fc.constantFrom('cluster', 'ns1/net-a', 'ns1/net-b', 'x/hot', 'y/hot');
const ifname = fc.constantFrom('eth0', 'net1', 'net2', 'hot0', 'hot1');
const anyEntry = fc.record(
  {
    name,
    interface: ifname,
    default: fc.boolean(),
    [sandboxKey]: fc.constant('dead'),
    other: fc.jsonValue(),
  },
  { requiredKeys: [] },
);
const annotation = fc.oneof(
  fc.array(anyEntry, { maxLength: 6 }).map((entries) => JSON.stringify(entries)),
  fc.json(),
  fc.string(),
);

describe('any annotation', () => {
  it('is right after one merge, so that no second write follows', () => {
    fc.assert(
      fc.property(annotation, (current) => {
        const text = mergeNetworkStatus(current, ownText).text ?? current;
        expect(mergeNetworkStatus(text, ownText)).toEqual({ text: undefined, discarded: undefined });
      }),
    );
  });

  it('has all entries of ours after it, once, one default, and nothing else of our names and interfaces', () => {
    fc.assert(
      fc.property(annotation, (current) => {
        const entries = JSON.parse(mergeNetworkStatus(current, ownText).text ?? current) as Entry[];
        const mine = entries.filter((entry) => entry[sandboxKey] !== undefined);
        expect(mine).toEqual(own);
        expect(entries.filter((entry) => entry['default'] === true)).toHaveLength(1);
        const others = entries.filter((entry) => !mine.includes(entry));
        const names = own.flatMap((entry) => [entry['name'], entry['interface']]);
        for (const entry of others) {
          expect(names).not.toContain(entry['name']);
          expect(names).not.toContain(entry['interface']);
        }
      }),
    );
  });

  it("loses nothing of others' entries but a claim to be the default", () => {
    const foreign = fc.record({
      name: fc.constantFrom('x/hot', 'y/hot'),
      interface: fc.constantFrom('h0', 'h1'),
    });
    fc.assert(
      fc.property(
        fc.array(foreign, { maxLength: 5 }),
        fc.array(anyEntry, { maxLength: 5 }),
        (others, mixed) => {
          const current = JSON.stringify([...mixed, ...others]);
          const entries = JSON.parse(mergeNetworkStatus(current, ownText).text ?? current) as Entry[];
          expect(entries.slice(entries.length - others.length)).toEqual(others);
        },
      ),
    );
  });
});
