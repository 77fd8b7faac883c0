import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Tenancy } from '../../../src/api/weft-config.ts';
import { parseNetwork } from '../../../src/cni/network-list.ts';
import { WeftError } from '../../../src/errors/weft-error.ts';
import { tenancyFindings } from '../../../src/netconf/tenancy.ts';
import { resultOrRefusal } from '../../harness/thrown.ts';

const tenancy: Tenancy = {
  enabled: true,
  exemptNamespaces: [],
  pluginTypes: ['macvlan', 'bridge', 'host-local', 'static'],
  parentInterfaces: ['eth1', 'br-*'],
  ipamDirectories: ['/srv/tenants'],
};

/** JSON as it is written: members in order, with repetitions. */
type Node =
  | string
  | null
  | number
  | readonly Node[]
  | { readonly members: readonly (readonly [string, Node])[] };

/** A key as some author may write it: any case, escapes, the two letters that Go folds. */
function spellings(key: string): fc.Arbitrary<string> {
  const each = [...key].map((char) => {
    const folds = { s: ['ſ'], k: ['K'] }[char.toLowerCase()] ?? [];
    return fc.constantFrom(char, char, char.toUpperCase(), char.toLowerCase(), ...folds);
  });
  return fc.oneof(
    fc.constant(key),
    fc.tuple(...each).map((chars) => chars.join('')),
  );
}

const spelled = (...keys: readonly string[]): fc.Arbitrary<string> =>
  fc.constantFrom(...keys).chain(spellings);
const types = fc.constantFrom('macvlan', 'bridge', 'host-local', 'static', 'host-device', 'evil', '');
const links = fc.constantFrom<Node>('eth1', 'br-a', 'eth0', 'cni0', '', null);
const paths = fc.constantFrom<Node>(
  '/srv/tenants',
  '/srv/tenants/a',
  '/etc',
  '/srv/tenants/../etc',
  'etc',
  '',
  null,
);

const ipam: fc.Arbitrary<Node> = fc
  .array(
    fc.oneof(
      fc.tuple(spelled('type'), types),
      fc.tuple(spelled('dataDir', 'resolvConf'), paths),
      fc.tuple(fc.constantFrom('subnet'), fc.constant('10.0.0.0/24')),
    ),
    { maxLength: 4 },
  )
  .map((members) => ({ members }));

const plugin: fc.Arbitrary<Node> = fc
  .tuple(
    types,
    fc.array(
      fc.oneof(
        fc.tuple(spelled('type'), types),
        fc.tuple(spelled('master', 'bridge', 'device', 'hwaddr', 'pciBusID'), links),
        fc.tuple(spelled('dataDir'), paths),
        fc.tuple(spelled('ipam'), ipam),
      ),
      { maxLength: 5 },
    ),
    fc.nat(5),
  )
  .map(([type, others, at]) => {
    const members = [...others];
    members.splice(at, 0, ['type', type]);
    return { members };
  });

function written(node: Node, escaped: boolean): string {
  if (typeof node !== 'object' || node === null) return JSON.stringify(node);
  if (!('members' in node)) return `[${node.map((item) => written(item, escaped)).join(', ')}]`;
  const key = (name: string): string =>
    escaped
      ? `"${[...name].map((char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"`
      : JSON.stringify(name);
  return `{${node.members.map(([name, value]) => `${key(name)}: ${written(value, escaped)}`).join(' ,')}}`;
}

/** A field of a struct after Go's encoding/json has read the object: any case, the last one that is not null. */
function goField(node: Node | undefined, field: string): Node | undefined {
  if (typeof node !== 'object' || node === null || !('members' in node)) return undefined;
  const fold = (key: string): string => key.toUpperCase().toLowerCase().replaceAll('\u212a', 'k');
  return node.members.findLast(([key, value]) => fold(key) === fold(field) && value !== null)?.[1];
}

/** The fields of all objects that Go merges into one struct, because it reads each into the same. */
function goMerged(node: Node, field: string): Node {
  if (typeof node !== 'object' || node === null || !('members' in node)) return { members: [] };
  const objects = node.members.filter(([key]) => key.toUpperCase().toLowerCase() === field);
  return {
    members: objects.flatMap(([, value]) =>
      typeof value === 'object' && value !== null && 'members' in value ? value.members : [],
    ),
  };
}

/** What the reference plugins would do on the node that is not allowed. */
function harm(node: Node): readonly string[] {
  const allowedLink = (link: Node | undefined): boolean => link === 'eth1' || link === 'br-a';
  const allowedPath = (path: Node | undefined): boolean =>
    path === '/srv/tenants' || path === '/srv/tenants/a';
  const type = goField(node, 'type');
  const settings = goMerged(node, 'ipam');
  const ipamType = goField(settings, 'type') || undefined;
  const told = (field: string): Node | undefined => goField(node, field) || undefined;
  const dataDir = goField(settings, 'dataDir') || '/var/lib/cni/networks';
  return [
    ...[type, ipamType].filter((one) => typeof one === 'string' && !tenancy.pluginTypes.includes(one)),
    ...['master', 'bridge', 'device', 'hwaddr', 'pciBusID']
      .map(told)
      .filter((link) => link !== undefined && !allowedLink(link)),
    ...(type === 'macvlan' && told('master') === undefined ? ['the default route'] : []),
    ...(type === 'bridge' && told('bridge') === undefined ? ['cni0'] : []),
    ...(ipamType === 'host-local' && !allowedPath(dataDir) ? [dataDir] : []),
    ...[goField(settings, 'resolvConf'), told('dataDir')].filter((path) => path && !allowedPath(path)),
  ].map(String);
}

/** What weft cannot read it does not run. */
function isNetwork(text: string): boolean {
  return !(resultOrRefusal(() => parseNetwork(text, 'the test', { fallbackName: 'n' })) instanceof WeftError);
}

describe('a network that the tenancy rules let through', () => {
  it('has no plugin of its chain do what is not allowed, however it is spelled', () => {
    let through = 0;
    let refused = 0;
    fc.assert(
      fc.property(
        fc.array(plugin, { minLength: 1, maxLength: 3 }),
        fc.boolean(),
        fc.boolean(),
        (chain, list, escaped) => {
          const [first] = chain;
          const text =
            list || chain.length > 1
              ? `{"name":"n","plugins":[${chain.map((one) => written(one, escaped)).join()}]}`
              : written(first ?? null, escaped);
          const findings = tenancyFindings({ namespace: 'shop', name: 'n', config: text }, tenancy);
          const harmful = chain.flatMap(harm);
          if (findings.length > 0) refused += 1;
          else if (isNetwork(text)) {
            through += 1;
            expect(harmful, text).toEqual([]);
          }
        },
      ),
      { numRuns: 3000 },
    );
    expect([through > 20, refused > 100]).toEqual([true, true]);
  });
});
