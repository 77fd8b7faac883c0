import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePrevResult, parseResult } from '../../../src/cni/result.ts';
import { type CniVersion, cniVersions, resultFamily } from '../../../src/cni/version.ts';
import { asWeftError } from '../../../src/errors/weft-error.ts';
import { caught } from './caught.ts';
import { spacedJson } from './json-text.ts';

/** The message, behind its reason and code. */
function refusal(text: string): string {
  const { reason, code, message } = caught(() => parseResult(text, '1.0.0'));
  return `${reason} ${code}: ${message}`;
}

/** The version of the result, or the reason why there is none. */
function outcome(text: string, version: CniVersion): string {
  try {
    return parseResult(text, version).cniVersion;
  } catch (error) {
    return asWeftError(error).reason;
  }
}

describe('parseResult', () => {
  it.each([
    ['{"ips":[{"address":"10.0.0.1/8"},{}]}', 'ips[1].address is missing'],
    ['{"cniVersion":"0.2.0","ip4":{}}', 'ip4.ip is missing'],
    ['{"cniVersion":"0.2.0","ip6":{"ip":"fd00::1/64","routes":[{}]}}', 'ip6.routes[0].dst is missing'],
    ['{"routes":[{"dst":"10.0.0.0"}]}', 'routes[0].dst "10.0.0.0" is no address with prefix'],
    ['{"routes":[{"dst":"10.0.0.0/8","gw":"x"}]}', 'routes[0].gw "x" is no address'],
    ['{"interfaces":{}}', 'interfaces must be an array, not an object'],
    ['{"ips":[null]}', 'ips[0] must be an object, not null'],
    ['[]', 'it must be an object, not an array'],
    ['', 'the plugin printed nothing'],
    ['starting\n{}', 'what the plugin printed is not JSON: expected a value at character 1, found "starting'],
    ['{"cniVersion":"9.9.9"}', 'its cniVersion "9.9.9" is unknown'],
    [`{"cniVersion":"${'9'.repeat(30)}"}`, `its cniVersion "${'9'.repeat(20)}" is unknown`],
    [`{"routes":[{"dst":"${'x'.repeat(60)}"}]}`, `routes[0].dst "${'x'.repeat(45)}" is no address`],
    [' \n', 'the result is unusable: the plugin printed nothing'],
    ['{"interfaces":[{"mtu":1.5}]}', 'interfaces[0].mtu must be an integer, not a number'],
    ['{"interfaces":[{"mtu":"9"}]}', 'interfaces[0].mtu must be an integer, not a string'],
  ])('says of %s: %s', (text, words) => {
    expect(refusal(text)).toMatch(/^DelegateOutput 6: /);
    expect(refusal(text)).toContain(words);
  });

  it('gives a result or a DelegateOutput for any JSON in any place', () => {
    const field = fc.constantFrom('interfaces', 'ips', 'routes', 'dns', 'ip4', 'ip6', 'cniVersion');
    fc.assert(
      fc.property(
        field,
        spacedJson,
        fc.boolean(),
        fc.constantFrom(...cniVersions),
        (key, value, inList, version) => {
          const text = `{"${key}":${inList ? `[{"address":${value},"dst":${value},"name":${value}}]` : value}}`;
          expect([version, 'DelegateOutput']).toContain(outcome(text, version));
        },
      ),
    );
  });
});

describe('parseResult of what a plugin may leave out', () => {
  it('gives nothing that is not there', () => {
    const text = JSON.stringify({
      interfaces: [{ mac: '', mtu: 0 }, { name: 'net1' }],
      ips: [
        { address: '10.0.0.5/8', interface: 1 },
        { address: '10.0.0.6/8', interface: 2, gateway: '' },
        { address: '10.0.0.7/8', interface: -1 },
      ],
      routes: [{ dst: '0.0.0.0/0', gw: '', mtu: 0, advmss: 0, priority: 0, table: 0, scope: 0 }],
      dns: { nameservers: [], domain: '' },
    });
    expect(parseResult(text, '1.0.0')).toStrictEqual({
      cniVersion: '1.0.0',
      undeclared: true,
      interfaces: [{ name: '' }, { name: 'net1' }],
      ips: [
        { address: '10.0.0.5/8', interface: 1 },
        { address: '10.0.0.6/8', dangling: true },
        { address: '10.0.0.7/8', dangling: true },
      ],
      routes: [{ dst: '0.0.0.0/0', table: 0, scope: 0 }],
      dns: {},
    });
  });

  it('marks an address of the middle versions that says no family', () => {
    const ips = ['4', '6', '', '5', undefined].map((version) => ({ version, address: '10.0.0.5/8' }));
    const read = (cniVersion: string) => parseResult(JSON.stringify({ cniVersion, ips }), '1.0.0').ips;
    expect(read('0.4.0').map(({ unlabelled }) => unlabelled)).toEqual([
      undefined,
      undefined,
      true,
      true,
      true,
    ]);
    expect(read('1.0.0').map(({ unlabelled }) => unlabelled)).toEqual(new Array(5).fill(undefined));
  });
});

describe('parsePrevResult', () => {
  it('says that it is the previous result which nobody can read', () => {
    const error = caught(() => parsePrevResult('{"ips":{}}', '1.0.0'));
    expect(error.reason).toBe('InvalidConfig');
    expect(error.message).toContain(
      'prevResult: the result is unusable: ips must be an array, not an object',
    );
  });

  const pairs = cniVersions.flatMap((own) => cniVersions.map((config) => [own, config] as const));
  const read = (own: CniVersion, config: CniVersion) =>
    parsePrevResult(JSON.stringify({ cniVersion: own }), config);

  it.each(pairs.filter(([own, config]) => resultFamily(own) === resultFamily(config)))(
    '[CNI-156] takes version %s under a configuration of version %s',
    (own, config) => {
      expect(read(own, config).cniVersion).toBe(own);
    },
  );

  it.each(pairs.filter(([own, config]) => resultFamily(own) !== resultFamily(config)))(
    '[CNI-156] refuses version %s under a configuration of version %s',
    (own, config) => {
      const error = caught(() => read(own, config));
      expect(error.reason).toBe('InvalidConfig');
      expect(error.message).toContain(
        `prevResult of version ${own} does not fit a configuration of version ${config}`,
      );
    },
  );
});
