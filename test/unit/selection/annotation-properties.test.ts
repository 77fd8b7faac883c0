import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WeftError } from '../../../src/errors/weft-error.ts';
import type { NetworkSelection } from '../../../src/selection/network-selection.ts';
import { parseNetworksAnnotation } from '../../../src/selection/networks-annotation.ts';
import { resultOrRefusal } from '../../harness/thrown.ts';

const label = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,20}[a-z0-9])?$/);
const ifname = fc.stringMatching(/^[A-Za-z0-9._-]{1,15}$/).filter((name) => !/^\.\.?$/.test(name));
const optional = { requiredKeys: ['name'] as ['name'] };
const shortElement = fc.record({ name: label, namespace: label, interface: ifname }, optional);

const port = fc.integer({ min: 1, max: 65_535 });
const bits = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const hex = (bytes: number): fc.Arbitrary<string> =>
  fc
    .uint8Array({ minLength: bytes, maxLength: bytes })
    .map((array) => [...array].map((byte) => byte.toString(16).padStart(2, '0')).join(':'));
const mapping = fc.record(
  { hostPort: port, containerPort: port, protocol: fc.constantFrom('tcp', 'UDP', 'Sctp'), hostIP: fc.ipV4() },
  { requiredKeys: ['hostPort', 'containerPort'] },
);
const jsonElement = fc.record(
  {
    name: label,
    namespace: label,
    interface: ifname,
    ips: fc.array(fc.oneof(fc.ipV4(), fc.ipV6()), { minLength: 1, maxLength: 3 }),
    mac: hex(6),
    'cni-args': fc.dictionary(fc.string(), fc.jsonValue()),
    portMappings: fc.array(mapping, { minLength: 1, maxLength: 3 }),
    bandwidth: fc.record({ ingressRate: bits, ingressBurst: bits }, { requiredKeys: ['ingressRate'] }),
    'infiniband-guid': hex(8),
  },
  optional,
);

type ShortElement = { name: string; namespace?: string; interface?: string };

const blank = fc.constantFrom('', ' ', '\n', ' \t ');

function short({ name, namespace, interface: ifname }: ShortElement, pad: string): string {
  const path = namespace === undefined ? name : `${namespace}${pad}/${pad}${name}`;
  return pad + (ifname === undefined ? path : `${path}${pad}@${pad}${ifname}`) + pad;
}

function withoutPlace(text: string): readonly Omit<NetworkSelection, 'where'>[] {
  return parseNetworksAnnotation(text, 'pod-ns').selections.map(({ where: _, ...rest }) => rest);
}

describe('the annotation grammar', () => {
  it('means the same in both forms', () => {
    fc.assert(
      fc.property(fc.array(shortElement, { minLength: 1, maxLength: 8 }), blank, (elements, pad) => {
        const text = elements.map((element) => short(element, pad)).join(',');
        const parsed = withoutPlace(text);
        expect(parsed).toEqual(withoutPlace(pad + JSON.stringify(elements) + pad));
        expect(parsed).toEqual(
          elements.map((element) => ({
            name: element.name,
            namespace: element.namespace ?? 'pod-ns',
            ...(element.interface !== undefined && { ifname: element.interface }),
          })),
        );
      }),
    );
  });

  it('loses nothing of a valid element, and prints back to the same', () => {
    fc.assert(
      fc.property(fc.array(jsonElement, { maxLength: 5 }), (elements) => {
        const first = withoutPlace(JSON.stringify(elements));
        expect(first).toHaveLength(elements.length);
        expect(withoutPlace(JSON.stringify(first.map(printed)))).toEqual(first);
        for (const [index, element] of elements.entries()) {
          const selection = first[index];
          expect(selection?.ips).toEqual(element.ips);
          expect(selection?.mac).toBe(element.mac);
          expect(selection?.bandwidth).toEqual(element.bandwidth);
          expect(JSON.parse(selection?.cniArgs ?? 'null')).toEqual(
            JSON.parse(JSON.stringify(element['cni-args'] ?? null)),
          );
        }
      }),
    );
  });

  it('throws nothing but InvalidAnnotation, under 300 characters, whatever the text', () => {
    const syntax = fc.constantFrom(
      '[',
      ']',
      '{',
      '}',
      '"',
      ',',
      ':',
      '"name"',
      '"a"',
      '"ips"',
      '1',
      'null',
      '/',
      '@',
      'a',
      '\\',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(syntax).map((parts) => parts.join('')),
      fc.json(),
      fc
        .array(
          fc.dictionary(
            fc.constantFrom('name', 'ips', 'mac', 'bandwidth', 'portMappings', '__proto__'),
            fc.jsonValue(),
          ),
        )
        .map((list) => JSON.stringify(list)),
    );
    fc.assert(
      fc.property(text, (annotation) => {
        const result = resultOrRefusal(() => parseNetworksAnnotation(annotation, 'ns1'));
        const refused = result instanceof WeftError;
        expect(refused ? result.reason : 'InvalidAnnotation').toBe('InvalidAnnotation');
        expect(refused ? result.message.length : 0).toBeLessThan(300);
      }),
    );
  });
});

/** A parsed element as a user would write it. */
function printed(selection: Omit<NetworkSelection, 'where'>): object {
  const { ifname, cniArgs, defaultRoute, infinibandGuid, ...same } = selection;
  return {
    ...same,
    ...(ifname !== undefined && { interface: ifname }),
    ...(cniArgs !== undefined && { 'cni-args': JSON.parse(cniArgs) as object }),
    ...(defaultRoute && { 'default-route': defaultRoute }),
    ...(infinibandGuid !== undefined && { 'infiniband-guid': infinibandGuid }),
  };
}
