import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WeftNode, WeftNodeStatus } from '../../../../src/api/weft-node.ts';
import { parseNetwork } from '../../../../src/cni/network-list.ts';
import {
  type Availability,
  availabilityOf,
  type NetworkNeeds,
  networkNeeds,
} from '../../../../src/netconf/network-availability.ts';
import { networkFacts } from '../../../../src/netconf/network-facts.ts';
import { nodeMeans } from '../../../../src/netconf/node-means.ts';
import { availabilityVerdict } from '../../../../src/operator/networks/availability-verdict.ts';
import { KnownNodes } from '../../../../src/operator/networks/known-nodes.ts';

function node(
  name: string,
  types: readonly string[],
  links: readonly string[],
  rest: WeftNodeStatus = {},
): WeftNode {
  const plugins = { count: types.length, types };
  const status = { plugins, links: links.map((link) => ({ name: link })), ...rest };
  return { apiVersion: 'weft.dev/v1alpha1', kind: 'WeftNode', metadata: { name }, status };
}

function needsOf(config: object): NetworkNeeds {
  return networkNeeds(
    networkFacts(parseNetwork(JSON.stringify({ cniVersion: '1.0.0', name: 'x', ...config }), 'spec.config')),
  );
}

function on(needs: NetworkNeeds, ...nodes: readonly WeftNode[]): Availability {
  return availabilityOf(needs, nodes.map(nodeMeans));
}

const valid = { status: 'True', reason: 'Valid', message: '' } as const;

describe('networkNeeds', () => {
  it('asks for the plugins, those for addresses among them, and for the parent interface', () => {
    const plugins = [{ type: 'macvlan', master: 'eth1', ipam: { type: 'static' } }, { type: 'tuning' }];
    expect(needsOf({ plugins })).toEqual({ plugins: ['macvlan', 'static', 'tuning'], links: ['eth1'] });
  });

  it('asks for no bridge, which the plugin makes, no device, and nothing that is in the pod', () => {
    expect(needsOf({ type: 'bridge', bridge: 'br7' }).links).toEqual([]);
    expect(needsOf({ type: 'sriov', deviceID: '0000:01:00.1' }).links).toEqual([]);
    expect(needsOf({ type: 'vlan', master: 'net1', linkInContainer: true }).links).toEqual([]);
    expect(needsOf({ type: 'bond', linksInContainer: true, links: [{ name: 'net1' }] }).links).toEqual([]);
    expect(needsOf({ type: 'vlan', master: 'net1' }).links).toEqual(['net1']);
  });
});

describe('availabilityOf', () => {
  const needs = needsOf({ type: 'macvlan', master: 'eth1' });

  it('counts the nodes that have plugin and parent, and says what is missing where', () => {
    const nodes = [
      node('a', ['macvlan'], ['eth1']),
      node('b', [], ['eth1']),
      node('c', ['macvlan'], ['eth0']),
      node('d', ['bridge'], []),
    ];
    expect(on(needs, ...nodes)).toEqual({
      able: 1,
      total: 4,
      missing: 'no plugin macvlan on b, d; no interface eth1 on c, d',
      lack: 'MissingPlugin',
    });
  });

  it('names few of many nodes', () => {
    const nodes = Array.from({ length: 900 }, (_, index) => node(`n${index}`, [], ['eth1']));
    expect(on(needs, ...nodes).missing).toBe('no plugin macvlan on n0, n1, n10 and 897 more');
  });

  it('gives a node the benefit of the doubt whose agent does not see everything', () => {
    const unseen = { plugins: { count: 0, types: [], unseen: ['/opt/other'] } };
    expect(on(needs, node('a', [], ['eth1'], unseen)).able).toBe(1);
    const many = Array.from({ length: 1000 }, (_, index) => `l${index}`);
    expect(on(needs, node('a', ['macvlan'], many)).able).toBe(1);
    expect(
      on(needs, { apiVersion: 'weft.dev/v1alpha1', kind: 'WeftNode', metadata: { name: 'new' } }).able,
    ).toBe(1);
  });

  it('counts what is so, the same in every order of the nodes', () => {
    const names = fc.subarray(['macvlan', 'bridge', 'static']);
    const links = fc.subarray(['eth0', 'eth1']);
    const nodes = fc.array(fc.record({ names, links }), { maxLength: 8 });
    fc.assert(
      fc.property(nodes, names, links, fc.integer(), (found, plugins, parents, turn) => {
        const all = found.map((one, index) => node(`n${index}`, one.names, one.links));
        const result = on({ plugins, links: parents }, ...all);
        const able = found.filter(
          (one) =>
            plugins.every((type) => one.names.includes(type)) &&
            parents.every((link) => one.links.includes(link)),
        );
        expect(result.able).toBe(able.length);
        expect(result.missing === '').toBe(able.length === found.length);
        const at = found.length === 0 ? 0 : Math.abs(turn) % found.length;
        expect(on({ plugins, links: parents }, ...all.slice(at), ...all.slice(0, at))).toEqual(result);
      }),
    );
  });
});

describe('availabilityVerdict', () => {
  const able = (count: number): Availability => ({
    able: count,
    total: 3,
    missing: count === 3 ? '' : 'no interface eth1 on c',
    lack: count === 3 ? undefined : 'MissingParent',
  });

  it('is True on every node, True with what is missing on some, and False on none', () => {
    expect(availabilityVerdict(valid, able(3), 3)).toEqual({
      status: 'True',
      reason: 'AllNodes',
      message: '',
      nodes: '3/3',
    });
    expect(availabilityVerdict(valid, able(2), 3)).toMatchObject({
      status: 'True',
      reason: 'SomeNodes',
      nodes: '2/3',
    });
    expect(availabilityVerdict(valid, able(0), 3)).toMatchObject({
      status: 'False',
      reason: 'MissingParent',
      message: 'no interface eth1 on c',
      nodes: '0/3',
    });
  });

  it('is False for what cannot be used, and Unknown for what nobody knows', () => {
    const invalid = { status: 'False', reason: 'InvalidJson', message: 'x' } as const;
    expect(availabilityVerdict(invalid, undefined, 3)).toMatchObject({ status: 'False', nodes: '0/3' });
    expect(availabilityVerdict(valid, able(0), 0)).toMatchObject({ status: 'Unknown', reason: 'NoNodes' });
    const onNode = availabilityVerdict({ ...valid, status: 'Unknown' }, undefined, 3);
    expect(onNode).toMatchObject({ status: 'Unknown', reason: 'ConfigOnNode' });
    expect(onNode).not.toHaveProperty('nodes');
  });
});

describe('KnownNodes', () => {
  it('tells of other plugins, links and nodes, and of nothing that changes with each pod', () => {
    let changes = 0;
    const nodes = new KnownNodes(() => {
      changes += 1;
    });
    nodes.put(node('a', ['bridge'], ['eth0']));
    nodes.put(node('a', ['bridge'], ['eth0'], { attachments: { count: 7, outdated: 0 } }));
    nodes.put(node('a', ['bridge'], ['eth0'], { conditions: [], leftovers: { count: 1 } }));
    expect(changes).toBe(1);
    nodes.put(node('a', ['bridge', 'vlan'], ['eth0']));
    nodes.put(node('a', ['bridge', 'vlan'], ['eth1']));
    nodes.remove(node('b', [], []));
    expect(changes).toBe(3);
    nodes.remove(node('a', [], []));
    expect(changes).toBe(4);
    expect(nodes.all()).toEqual([]);
  });
});
