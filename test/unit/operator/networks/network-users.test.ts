import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultWeftConfig } from '../../../../src/api/weft-config.ts';
import { NetworkUserIndex } from '../../../../src/operator/networks/network-users.ts';
import { type PodRequest, podRequest } from '../../../../src/operator/networks/pod-request.ts';

const networks = 'k8s.v1.cni.cncf.io/networks';
const first = 'v1.multus-cni.io/default-network';
const config = defaultWeftConfig();

function asking(namespace: string, name: string, annotations?: Record<string, string>): PodRequest {
  return { namespace, name, ...(annotations && { annotations }) };
}

/** `namespace/name` of the users. */
function usersOf(index: NetworkUserIndex, network: string): readonly string[] {
  const users = index.usersOf(network).map(({ namespace, name }) => `${namespace}/${name}`);
  expect(index.countOf(network)).toBe(users.length);
  return users;
}

function indexOf(pods: readonly PodRequest[], given: object = {}): NetworkUserIndex {
  const index = new NetworkUserIndex({ ...config, ...given });
  for (const pod of pods) index.put(`${pod.namespace}/${pod.name}`, pod);
  return index;
}

describe('the users of a network', () => {
  it('are the pods that ask for it, in either form and from any namespace, each once and in order', () => {
    const index = indexOf([
      asking('b', 'json', { [networks]: '[{"name":"net","namespace":"a"},{"name":"net","namespace":"a"}]' }),
      asking('a', 'short', { [networks]: 'other, net@x1' }),
      asking('a', 'none'),
    ]);
    expect(usersOf(index, 'a/net')).toEqual(['a/short', 'b/json']);
    expect(usersOf(index, 'a/other')).toEqual(['a/short']);
    expect(usersOf(index, 'b/net')).toEqual([]);
  });

  it('are those that name it in the place of the default network, also where WeftConfig moves its namespace', () => {
    const index = indexOf([asking('a', 'pod', { [first]: 'net' })]);
    expect(usersOf(index, 'kube-system/net')).toEqual(['a/pod']);
    index.configure({ ...config, defaultNetworkNamespace: 'infra' });
    expect(usersOf(index, 'kube-system/net')).toEqual([]);
    expect(usersOf(index, 'infra/net')).toEqual(['a/pod']);
  });

  it('are all pods outside of system namespaces for what WeftConfig gives to every pod', () => {
    const pods = [asking('a', 'pod'), asking('kube-system', 'pod'), asking('b', 'pod', { [networks]: 'x' })];
    const index = indexOf(pods, { defaultNetworks: ['infra/extra', 'file'] });
    expect(usersOf(index, 'infra/extra')).toEqual(['a/pod', 'b/pod']);
    index.configure(config);
    expect(usersOf(index, 'infra/extra')).toEqual([]);
  });

  it('are all pods for the default network, but those that replace it', () => {
    const pods = [asking('a', 'pod'), asking('kube-system', 'pod'), asking('b', 'pod', { [first]: 'x' })];
    const index = indexOf(pods, { defaultNetwork: 'infra/main' });
    expect(usersOf(index, 'infra/main')).toEqual(['a/pod', 'kube-system/pod']);
    index.configure({ ...config, defaultNetwork: 'main' });
    expect(usersOf(index, 'infra/main')).toEqual([]);
  });

  it('are not pods whose request cannot be read: those do not start', () => {
    const index = indexOf([asking('a', 'pod', { [networks]: 'net, Net_B' })], { defaultNetwork: 'a/net' });
    expect(usersOf(index, 'a/net')).toEqual([]);
  });

  it('follow every change of a pod', () => {
    const names = fc.constantFrom('n1', 'n2', 'n3');
    const change = fc.record({
      pod: fc.constantFrom('p1', 'p2', 'p3'),
      asks: fc.option(fc.array(names, { maxLength: 3 })),
    });
    fc.assert(
      fc.property(fc.array(change), (changes) => {
        const index = new NetworkUserIndex(config);
        const model = new Map<string, readonly string[]>();
        for (const { pod, asks } of changes) {
          if (asks === null) {
            index.remove(`a/${pod}`);
            model.delete(pod);
          } else {
            index.put(`a/${pod}`, asking('a', pod, { [networks]: asks.join(',') }));
            model.set(pod, asks);
          }
        }
        for (const name of ['n1', 'n2', 'n3']) {
          const expected = [...model].filter(([, asks]) => asks.includes(name)).map(([pod]) => `a/${pod}`);
          expect(usersOf(index, `a/${name}`)).toEqual(expected.sort());
        }
      }),
    );
  });
});

describe('what is kept of a pod', () => {
  const pod = (rest: object): Parameters<typeof podRequest>[0] => ({
    metadata: { name: 'p', namespace: 'a', annotations: { [networks]: 'net', other: 'x' } },
    ...rest,
  });

  it('is its name and what it asks for', () => {
    expect(podRequest(pod({}))).toEqual({ namespace: 'a', name: 'p', annotations: { [networks]: 'net' } });
    expect(podRequest({ metadata: { name: 'p', namespace: 'a', annotations: { other: 'x' } } })).toEqual({
      namespace: 'a',
      name: 'p',
    });
  });

  it.each([
    ['in the host’s network', { spec: { hostNetwork: true } }],
    ['that has succeeded', { status: { phase: 'Succeeded' } }],
    ['that has failed', { status: { phase: 'Failed' } }],
    ['that is being deleted', { metadata: { name: 'p', namespace: 'a', deletionTimestamp: 'now' } }],
  ])('is nothing of one %s', (_, rest) => {
    expect(podRequest(pod(rest))).toBeUndefined();
  });
});
