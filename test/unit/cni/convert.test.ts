import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { family } from '../../../src/cni/address.ts';
import { convertResult, serializeResult } from '../../../src/cni/convert.ts';
import { type CniResult, parseResult } from '../../../src/cni/result.ts';
import { type CniVersion, cniVersions, resultFamily } from '../../../src/cni/version.ts';

/** One dual-stack attachment as each shape has it, written by hand from CNI-130 to CNI-135. */
const golden = {
  ip4: {
    ip4: { ip: '10.1.0.5/16', gateway: '10.1.0.1', routes: [{ dst: '0.0.0.0/0', gw: '10.1.0.1' }] },
    ip6: { ip: 'fd00::5/64', routes: [{ dst: '::/0' }] },
    dns: { nameservers: ['10.1.0.9'], domain: 'example.com', search: ['a', 'b'], options: ['ndots:5'] },
  },
  'ips-with-version': {
    ips: [
      { version: '4', address: '10.1.0.5/16', gateway: '10.1.0.1' },
      { version: '6', address: 'fd00::5/64' },
    ],
    routes: [{ dst: '0.0.0.0/0', gw: '10.1.0.1' }, { dst: '::/0' }],
    dns: { nameservers: ['10.1.0.9'], domain: 'example.com', search: ['a', 'b'], options: ['ndots:5'] },
  },
  ips: {
    ips: [{ address: '10.1.0.5/16', gateway: '10.1.0.1' }, { address: 'fd00::5/64' }],
    routes: [{ dst: '0.0.0.0/0', gw: '10.1.0.1' }, { dst: '::/0' }],
    dns: { nameservers: ['10.1.0.9'], domain: 'example.com', search: ['a', 'b'], options: ['ndots:5'] },
  },
};

function goldenText(version: CniVersion): string {
  return JSON.stringify({ cniVersion: version, ...golden[resultFamily(version)] });
}

const pairs = cniVersions.flatMap((from) => cniVersions.map((to) => [from, to] as const));

const cidr4 = fc.tuple(fc.ipV4(), fc.nat({ max: 32 })).map((parts) => parts.join('/'));
const cidr6 = fc
  .tuple(fc.ipV6(), fc.nat({ max: 128 }))
  .map((parts) => parts.join('/'))
  .filter((cidr) => family(cidr) === 6);
const cidr = fc.oneof(cidr4, cidr6);
const address = fc.oneof(fc.ipV4(), fc.ipV6());
const filled = fc.string({ minLength: 1, maxLength: 8 });
const count = fc.integer({ min: 1, max: 2 ** 31 });
const options = { requiredKeys: [] };

const ips = (interfaces: number) =>
  fc.array(
    fc.record(
      {
        address: cidr,
        gateway: address,
        ...(interfaces > 0 ? { interface: fc.nat({ max: interfaces - 1 }) } : {}),
      },
      { requiredKeys: ['address'] },
    ),
    { maxLength: 4 },
  );

const anyResult: fc.Arbitrary<CniResult> = fc
  .array(
    fc.record(
      { name: filled, mac: filled, mtu: count, sandbox: filled, socketPath: filled, pciID: filled },
      { requiredKeys: ['name'] },
    ),
    { maxLength: 3 },
  )
  .chain((interfaces) =>
    fc.record({
      cniVersion: fc.constant('1.1.0' as const),
      interfaces: fc.constant(interfaces),
      ips: ips(interfaces.length),
      routes: fc.array(
        fc.record(
          {
            dst: cidr,
            gw: address,
            mtu: count,
            advmss: count,
            priority: count,
            table: fc.nat(),
            scope: fc.nat({ max: 255 }),
          },
          { requiredKeys: ['dst'] },
        ),
        { maxLength: 4 },
      ),
      dns: fc.record(
        {
          nameservers: fc.array(filled, { minLength: 1, maxLength: 2 }),
          domain: filled,
          search: fc.array(filled, { minLength: 1, maxLength: 2 }),
          options: fc.array(filled, { minLength: 1, maxLength: 2 }),
        },
        options,
      ),
    }),
  );

/** What of a result each shape can hold, from the text of the specification rather than from the code under test. */
function held(result: CniResult, version: CniVersion): CniResult {
  const shape = resultFamily(version);
  if (shape === 'ips') return { ...result, cniVersion: version };
  if (shape === 'ips-with-version') {
    const interfaces = result.interfaces.map(({ mtu: _m, socketPath: _s, pciID: _p, ...rest }) => rest);
    return { ...result, cniVersion: version, interfaces };
  }
  const families = [4, 6] as const;
  const firsts = families.flatMap((wanted) => result.ips.find((ip) => family(ip.address) === wanted) ?? []);
  const routes = families
    .filter((wanted) => firsts.some((ip) => family(ip.address) === wanted))
    .flatMap((wanted) => result.routes.filter((route) => family(route.dst) === wanted))
    .map(({ dst, gw }) => (gw === undefined ? { dst } : { dst, gw }));
  const kept = firsts.map(({ interface: _i, ...rest }) => rest);
  return { cniVersion: version, interfaces: [], ips: kept, routes, dns: result.dns };
}

/** The line of the specification that a conversion follows; the two oldest versions have the same shape. */
function ruleOf(from: CniVersion, to: CniVersion): string {
  if (from === to) return '[CNI-150]';
  const [source, target] = [resultFamily(from), resultFamily(to)];
  if (source === 'ip4') return target === 'ip4' ? '[CNI-130]' : '[CNI-151]';
  if (target === 'ip4') return '[CNI-152]';
  if (source !== target) return '[CNI-154]';
  return source === 'ips' ? '[CNI-155]' : '[CNI-153]';
}

describe('convertResult', () => {
  it.each(pairs.map(([from, to]) => [ruleOf(from, to), from, to] as const))(
    '%s writes %s as %s',
    (_, from, to) => {
      expect(JSON.parse(convertResult(goldenText(from), from, to))).toEqual(JSON.parse(goldenText(to)));
    },
  );

  it.each(pairs)('%s to %s loses exactly what the shape has no place for', (from, to) => {
    fc.assert(
      fc.property(anyResult, (result) => {
        const fits = resultFamily(from) !== 'ip4' && resultFamily(to) !== 'ip4';
        fc.pre(fits || result.ips.length > 0);
        const source = serializeResult(result, from);
        expect(parseResult(source, from)).toEqual(held(result, from));
        expect(parseResult(convertResult(source, from, to), to)).toEqual(held(held(result, from), to));
      }),
      { numRuns: 30 },
    );
  });

  it('[CNI-150] returns a text of the target version byte for byte, unknown fields and all', () => {
    fc.assert(
      fc.property(fc.constantFrom(...cniVersions), fc.json(), (version, extra) => {
        const text = ` {"custom":${extra},\n"n":9007199254740993, ${goldenText(version).slice(1)}\n`;
        expect(convertResult(text, version, version)).toBe(text);
      }),
    );
  });

  it('[CNI-155] changes nothing but the label within a family', () => {
    for (const [from, to] of pairs.filter(([a, b]) => resultFamily(a) === resultFamily(b))) {
      const text = ` {"n":9007199254740993, ${goldenText(from).slice(1)}\n`;
      expect(convertResult(text, '0.1.0', to)).toBe(text.replace(`"${from}"`, `"${to}"`));
    }
  });

  it.each([[[]], [[{ address: 'fd00::1/64', version: '' }]]])(
    'refuses a result for the oldest versions that has no address with a family: %j',
    (ips) => {
      const text = JSON.stringify({ cniVersion: '0.4.0', ips });
      expect(() => convertResult(text, '0.4.0', '0.2.0')).toThrow(
        'a result without an address cannot be written in CNI version 0.2.0',
      );
    },
  );

  it('adds the version where the text has none, and writes anew what points nowhere', () => {
    expect(convertResult('{"x": 1}', '1.0.0', '1.0.0')).toBe('{"x": 1,"cniVersion":"1.0.0"}');
    expect(convertResult(' null\n', '1.0.0', '1.0.0')).toBe('{"cniVersion":"1.0.0"}');
    const head = '{"cniVersion":"1.0.0","interfaces":[{"name":"a"}],"ips":[';
    const bound = (index: number): string =>
      `${head}{"interface":${index},"address":"10.0.0.1/8"},{"address":"10.0.0.2/8"}],"x":1}`;
    expect(convertResult(bound(0), '1.0.0', '1.0.0')).toBe(bound(0));
    expect(convertResult(bound(1), '1.0.0', '1.0.0')).toBe(
      `${head}{"address":"10.0.0.1/8"},{"address":"10.0.0.2/8"}]}`,
    );
  });

  it('writes an empty dns up to 0.4.0 and leaves it out from 1.0.0 on', () => {
    const empty: CniResult = { cniVersion: '1.1.0', interfaces: [], ips: [], routes: [], dns: {} };
    expect(serializeResult(empty, '0.4.0')).toBe('{"cniVersion":"0.4.0","dns":{}}');
    expect(serializeResult(empty, '1.0.0')).toBe('{"cniVersion":"1.0.0"}');
  });

  it('takes a result with ten thousand routes in good time', () => {
    const routes = Array.from({ length: 10_000 }, (_, i) => ({ dst: `10.${i >> 8}.${i & 255}.0/24` }));
    const text = JSON.stringify({ cniVersion: '1.0.0', ips: [{ address: '10.0.0.1/8' }], routes });
    const started = performance.now();
    expect(parseResult(convertResult(text, '1.0.0', '0.2.0'), '0.2.0').routes).toHaveLength(10_000);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
