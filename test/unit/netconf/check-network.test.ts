import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RawNetworkAttachmentDefinition } from '../../../src/api/network-attachment-definition.schema.ts';
import { parseNetworkAttachmentDefinition } from '../../../src/api/network-attachment-definition.ts';
import { checkNetworksAnnotation } from '../../../src/netconf/annotation-findings.ts';
import { checkNetwork } from '../../../src/netconf/check-network.ts';
import { hasErrors } from '../../../src/netconf/finding.ts';
import { type CodeEntry, findingCodes } from '../../../src/netconf/finding-codes.ts';
import { childPath } from '../../../src/netconf/json-path.ts';
import { networkOf } from '../../../src/netconf/network-of.ts';
import { parseNetworksAnnotation } from '../../../src/selection/networks-annotation.ts';
import { findingsOf, nadOf, networkFixtures, networksPath } from './network-fixtures.ts';

const fixtures = [...networkFixtures('broken'), ...networkFixtures('valid')];
const configs = fixtures.flatMap(({ config }) => (config === undefined ? [] : [config]));
const annotations = fixtures.flatMap(({ networks }) => (networks === undefined ? [] : [networks]));

/** A text with a few characters taken out, doubled or replaced: what slips of the hand do. */
function mutated(texts: readonly string[]): fc.Arbitrary<string> {
  const slip = fc.record({
    at: fc.nat(),
    length: fc.nat(3),
    put: fc.oneof(
      fc.string({ maxLength: 3 }),
      fc.constantFrom('"', ',', '{', '}', '[', ']', ':', 'null', '0'),
    ),
  });
  return fc.tuple(fc.constantFrom(...texts), fc.array(slip, { maxLength: 4 })).map(([text, slips]) =>
    slips.reduce((before, { at, length, put }) => {
      const index = at % (before.length + 1);
      return before.slice(0, index) + put + before.slice(index + length);
    }, text),
  );
}

/** A configuration with values exchanged, so that its JSON stays whole. */
function withOtherValues(texts: readonly string[]): fc.Arbitrary<string> {
  const whole = texts.filter((text) => isJson(text));
  return fc
    .tuple(fc.constantFrom(...whole), fc.nat(), fc.jsonValue({ maxDepth: 2 }))
    .map(([text, at, value]) => {
      const places: [Record<string, unknown>, string][] = [];
      const root = JSON.parse(text) as Record<string, unknown>;
      collect(root, places);
      const place = places[at % Math.max(1, places.length)];
      if (place !== undefined) place[0][place[1]] = value;
      return JSON.stringify(root);
    });
}

function collect(value: unknown, places: [Record<string, unknown>, string][]): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, child] of Object.entries(value)) {
    places.push([value as Record<string, unknown>, key]);
    collect(child, places);
  }
}

function isJson(text: string): boolean {
  try {
    return typeof JSON.parse(text) === 'object';
  } catch {
    return false;
  }
}

/** All paths that lead into a value, as findings write them. */
function pathsOf(value: unknown, path: string, into: Set<string>): Set<string> {
  into.add(path);
  if (Array.isArray(value))
    for (const [index, item] of value.entries()) pathsOf(item, childPath(path, index), into);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) pathsOf(item, childPath(path, key), into);
  }
  return into;
}

function exists(path: string, known: ReadonlySet<string>): boolean {
  if (known.has(path)) return true;
  return [...known].some(
    (parent) => path.startsWith(parent) && /^(\.[-\w]+|\[[^[]*\])$/.test(path.slice(parent.length)),
  );
}

const anyConfig = fc.oneof(fc.string(), fc.json(), mutated(configs), withOtherValues(configs));

describe('checkNetwork', () => {
  it('never throws, whatever the configuration is, and finds no fault where the agent can read it only', () => {
    fc.assert(
      fc.property(anyConfig, (config) => {
        const nad = nadOf(config);
        const { findings } = checkNetwork(nad);
        if (config === '' || hasErrors(findings)) return;
        // What has no error the agent can read.
        networkOf(parseNetworkAttachmentDefinition(nad, 'default'), [], '1.0.0');
      }),
      { numRuns: 1500 },
    );
  });

  it('never throws, whatever the object is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.anything()), (object) => {
        expect(hasErrors(checkNetwork(object as RawNetworkAttachmentDefinition).findings)).toBe(true);
      }),
    );
  });

  it('names places that are in the document, or whose parent is', () => {
    fc.assert(
      fc.property(fc.oneof(withOtherValues(configs), fc.json()), (config) => {
        const known = pathsOf({ spec: { config: JSON.parse(config) as unknown } }, '', new Set());
        for (const { path } of checkNetwork(nadOf(config)).findings) {
          expect(exists(path, known), path).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('has no objection to what is made by the rules', () => {
    const octet = fc.integer({ min: 0, max: 255 });
    const subnet = fc
      .tuple(octet, octet)
      .map(([a, b]) => ({ subnet: `10.${a}.${b}.0/24`, net: `10.${a}.${b}` }));
    const hostLocal = fc
      .tuple(subnet, fc.integer({ min: 1, max: 100 }), fc.integer({ min: 101, max: 254 }), fc.boolean())
      .map(([{ subnet: cidr, net }, start, end, routed]) => ({
        type: 'host-local',
        subnet: cidr,
        rangeStart: `${net}.${start}`,
        rangeEnd: `${net}.${end}`,
        gateway: `${net}.254`,
        ...(routed && { routes: [{ dst: '0.0.0.0/0' }] }),
      }));
    const whereabouts = subnet.map(({ subnet: range }) => ({ type: 'whereabouts', range }));
    const ipam = fc.oneof(hostLocal, whereabouts, fc.constant({ type: 'dhcp' }));
    const name = fc.stringMatching(/^[a-z][a-z0-9]{0,14}$/);
    const mtu = fc.oneof(fc.constant(0), fc.integer({ min: 68, max: 65_535 }));
    const vlan = fc.integer({ min: 0, max: 4094 });
    const plugin = fc.oneof(
      fc.record({ type: fc.constant('bridge'), bridge: name, vlan, mtu, isGateway: fc.boolean(), ipam }),
      fc.record({
        type: fc.constant('macvlan'),
        master: name,
        mode: fc.constantFrom('bridge', 'vepa', 'private'),
        mtu,
        ipam,
      }),
      fc.record({
        type: fc.constant('ipvlan'),
        master: name,
        mode: fc.constantFrom('l2', 'l3', 'l3s'),
        ipam,
      }),
      fc.record({ type: fc.constant('vlan'), master: name, vlanId: vlan, mtu, ipam }),
      fc.record({ type: fc.constant('ptp'), ipMasq: fc.boolean(), ipam }),
    );
    const chained = fc.constantFrom(
      { type: 'tuning', sysctl: { 'net.core.somaxconn': '500' } },
      { type: 'portmap', capabilities: { portMappings: true } },
      { type: 'sbr' },
    );
    const version = fc.constantFrom('0.3.0', '0.3.1', '0.4.0', '1.0.0', '1.1.0');
    const network = fc
      .tuple(version, plugin, fc.array(chained, { maxLength: 2 }))
      .map(([cniVersion, first, rest]) => ({ cniVersion, name: 'net-a', plugins: [first, ...rest] }));
    fc.assert(
      fc.property(network, (conf) => {
        const { findings, facts, type } = checkNetwork(nadOf(JSON.stringify(conf)));
        expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
        expect(type).toBe(conf.plugins[0]?.type);
        expect(facts?.plugins.map(({ value }) => value)).toEqual(conf.plugins.map((entry) => entry.type));
      }),
      { numRuns: 300 },
    );
  });

  it('says that a network without a configuration is on the nodes', () => {
    const { findings, configHash } = checkNetwork({ ...nadOf(''), spec: {} });
    expect(findings).toMatchObject([{ severity: 'note', code: 'ConfigOnNode', path: 'spec' }]);
    expect(configHash).toBe('');
  });

  it('refuses one that is longer than agents take in, and none that is not', () => {
    const of = (length: number): string => '{"type":"bridge"}'.padEnd(length);
    expect(checkNetwork(nadOf(of(65_537)))).toEqual({
      findings: [
        {
          severity: 'error',
          code: 'InvalidObject',
          path: 'spec.config',
          message: expect.stringContaining('has 65537 characters, at most 65536 are allowed; write several'),
        },
      ],
      configHash: '',
    });
    expect(hasErrors(checkNetwork(nadOf(of(65_536))).findings)).toBe(false);
  });

  it('gives the hash that records have', () => {
    expect(checkNetwork(nadOf('{"type":"macvlan"}')).configHash).toMatch(/^[0-9a-f]{64}$/);
    expect(checkNetwork(nadOf('{"type":"macvlan"}')).configHash).not.toBe(
      checkNetwork(nadOf('{"type": "macvlan"}')).configHash,
    );
  });

  it('keeps the errors where there are too many findings', () => {
    const notes = Array.from({ length: 60 }, (_, index) => ({ type: `acme-${index}x` }));
    const config = JSON.stringify({ plugins: [...notes, { type: 'macvlan', mtu: '1' }] });
    const { findings } = checkNetwork(nadOf(config));
    expect(findings).toHaveLength(50);
    expect(findings).toContainEqual(expect.objectContaining({ code: 'WrongType' }));
  });

  it('has a code in the registry, and one of its severities, for every finding of the fixtures', () => {
    for (const found of fixtures.flatMap(findingsOf)) {
      const entry: CodeEntry = findingCodes[found.code];
      expect([entry.severity, entry.also]).toContain(found.severity);
    }
  });
});

describe('checkNetworksAnnotation', () => {
  it('finds an error exactly where the agent cannot read the annotation, or two want one interface', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), mutated(annotations)), (text) => {
        const findings = checkNetworksAnnotation(text, 'default');
        expect(findings.every(({ path }) => path.startsWith(networksPath))).toBe(true);
        if (!hasErrors(findings)) parseNetworksAnnotation(text, 'default');
      }),
      { numRuns: 1000 },
    );
  });
});
