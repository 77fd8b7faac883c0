import { describe, expect, it } from 'vitest';
import { defaultWeftConfig, type WeftConfigSpec } from '../../../src/api/weft-config.ts';
import {
  comparedNetworks,
  listedNetwork,
  type NetworkView,
  networkView,
} from '../../../src/cli/networks/network-view.ts';
import { podUses } from '../../../src/cli/networks/pod-uses.ts';
import { projectPod } from '../../../src/cli/pods/listed-pod.ts';
import type { RawObject } from '../../../src/kube/raw-object.ts';
import type { NodeMeans } from '../../../src/netconf/node-means.ts';
import { hashes, macvlan, nad, pod } from './listed-objects.ts';

interface Around {
  readonly nodes?: readonly NodeMeans[];
  readonly pods?: readonly RawObject[];
  readonly config?: Partial<WeftConfigSpec>;
}

function views(objects: readonly RawObject[], around: Around = {}): readonly NetworkView[] {
  const networks = objects.map(listedNetwork);
  const config = { ...defaultWeftConfig(), ...around.config };
  const pods = (around.pods ?? []).flatMap((object) => projectPod(object) ?? []);
  const known = new Map(
    networks.map(({ namespace, name, check }) => [`${namespace}/${name}`, check.configHash]),
  );
  const context = {
    compared: comparedNetworks(networks),
    tenancy: config.tenancy,
    nodes: around.nodes,
    ...podUses(pods, config, known),
  };
  return networks.map((network) => networkView(network, context));
}

function node(name: string, plugins: readonly string[], links: readonly string[]): NodeMeans {
  return { name, plugins: new Set(plugins), links: new Set(links) };
}

describe('networkView', () => {
  it('says what the operator would say of it, and where it can be attached', () => {
    const nodes = [node('n1', ['macvlan', 'dhcp'], ['eth0']), node('n2', ['macvlan', 'dhcp'], ['ens3'])];
    const [view] = views([nad('a', macvlan)], { nodes });
    expect(view).toMatchObject({
      namespace: 'team',
      name: 'a',
      type: 'macvlan',
      valid: 'True',
      reason: 'Valid',
      nodes: { able: 1, total: 2 },
      users: [],
      outdated: [],
    });
    expect(view?.nodes?.missing).toContain('eth0');
    expect(views([nad('a', macvlan)])[0]).not.toHaveProperty('nodes');
  });

  it('names the fault that makes it unusable', () => {
    const [mistyped, broken, onNode] = views([
      nad('a', '{"cniVersion":"1.0.0","plugins":[{"type:":"macvlan"}]}'),
      nad('b', '{"type":'),
      nad('c', undefined),
    ]);
    expect(mistyped).toMatchObject({ valid: 'False', reason: 'MistypedKey', type: '' });
    expect(broken).toMatchObject({ valid: 'False', type: '' });
    expect(onNode).toMatchObject({ valid: 'Unknown', reason: 'ConfigOnNode' });
  });

  it('holds it to the tenancy of its namespace', () => {
    const tenancy = {
      ...defaultWeftConfig().tenancy,
      enabled: true,
      pluginTypes: ['bridge'],
      exemptNamespaces: ['infra'],
    };
    const [bound, free] = views([nad('a', macvlan), nad('a', macvlan, 'infra')], { config: { tenancy } });
    expect(bound).toMatchObject({ valid: 'False', reason: 'ForbiddenPlugin' });
    expect(free).toMatchObject({ valid: 'True' });
  });

  it('compares it with the others', () => {
    const local = (subnet: string): string =>
      JSON.stringify({
        cniVersion: '1.0.0',
        type: 'bridge',
        bridge: 'br0',
        ipam: { type: 'host-local', subnet },
      });
    const [one, , three] = views([
      nad('a', local('10.0.0.0/24')),
      nad('b', local('10.0.0.0/25')),
      nad('c', local('10.9.0.0/24')),
    ]);
    expect(one?.findings.map(({ code }) => code)).toContain('OverlappingNetworks');
    expect(three?.findings.map(({ code }) => code)).not.toContain('OverlappingNetworks');
  });

  it('names its users once each, in all namespaces, and those that have an older configuration', () => {
    const pods = [
      pod('twice', { asks: 'a,a', hashes: hashes({ 'team/a': 'old' }) }),
      pod('far', { namespace: 'other', asks: 'team/a', hashes: hashes({ 'team/a': macvlan }) }),
      pod('not', { asks: 'b' }),
      pod('broken', { asks: 'a b' }),
      pod('done', { asks: 'a', phase: 'Failed' }),
    ];
    const [view] = views([nad('a', macvlan)], { pods });
    expect(view?.users).toEqual([
      { namespace: 'team', name: 'twice' },
      { namespace: 'other', name: 'far' },
    ]);
    expect(view?.outdated).toEqual([{ namespace: 'team', name: 'twice' }]);
  });

  it('counts pods to which WeftConfig gives it', () => {
    const pods = [pod('p'), pod('s', { namespace: 'kube-system' })];
    const config = { defaultNetworks: ['team/a'], systemNamespaces: ['kube-system'] };
    expect(views([nad('a', macvlan)], { pods, config })[0]?.users).toEqual([
      { namespace: 'team', name: 'p' },
    ]);
    const all = views([nad('a', macvlan)], { pods, config: { defaultNetwork: 'team/a' } });
    expect(all[0]?.users).toHaveLength(2);
  });
});
