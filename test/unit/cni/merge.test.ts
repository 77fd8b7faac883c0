import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { serializeResult } from '../../../src/cni/convert.ts';
import { mergeResults } from '../../../src/cni/merge.ts';
import { type CniResult, parseResult } from '../../../src/cni/result.ts';
import { cniVersions, resultFamily } from '../../../src/cni/version.ts';

const wide = cniVersions.filter((version) => resultFamily(version) !== 'ip4');

const side = (mark: string): fc.Arbitrary<CniResult> =>
  fc.integer({ min: 0, max: 3 }).chain((count) =>
    fc.record({
      cniVersion: fc.constant('1.0.0' as const),
      interfaces: fc.constant(Array.from({ length: count }, (_, at) => ({ name: `${mark}${at}` }))),
      ips: fc.array(
        fc.record(
          { address: fc.ipV4().map((ip) => `${ip}/24`), interface: fc.nat({ max: Math.max(0, count - 1) }) },
          { requiredKeys: ['address'] },
        ),
        { maxLength: 4 },
      ),
      routes: fc.array(fc.record({ dst: fc.ipV4().map((ip) => `${ip}/32`) }), { maxLength: 3 }),
      dns: fc.record({ domain: fc.constant(mark) }, { requiredKeys: [] }),
    }),
  );

/** What the index of an address means. */
function bound({ interfaces, ips }: CniResult): readonly string[] {
  const name = (at: number | undefined): string => (at === undefined ? '' : (interfaces[at]?.name ?? ''));
  return ips.map((ip) => `${ip.address} ${name(ip.interface)}`);
}

describe('mergeResults', () => {
  it('drops nothing of either result and binds each address to its own interface [CNI-051]', () => {
    fc.assert(
      fc.property(side('a'), side('b'), fc.constantFrom(...wide), (left, right, version) => {
        const [previous, own] = [left, right].map((one) =>
          parseResult(serializeResult(one, version), version),
        ) as [CniResult, CniResult];
        const text = serializeResult(mergeResults(previous, own), version);
        const merged = parseResult(text, version);
        expect(merged.interfaces).toEqual([...previous.interfaces, ...own.interfaces]);
        expect(bound(merged)).toEqual([...bound(previous), ...bound(own)]);
        expect(merged.routes).toEqual([...previous.routes, ...own.routes]);
        expect(merged.dns).toEqual(own.dns.domain === undefined ? previous.dns : own.dns);
      }),
    );
  });
});
