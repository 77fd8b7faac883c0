import { describe, expect, it } from 'vitest';
import { type DelegateStep, delegatesOf, type Plan } from '../../../src/attachment/plan.ts';
import { checkPlan } from '../../../src/attachment/plan-check.ts';
import { parseNetwork } from '../../../src/cni/network-list.ts';
import { WeftError } from '../../../src/errors/weft-error.ts';
import { resolve, resolveWithWarnings } from '../../../src/resolve/resolve.ts';
import type { Snapshot } from '../../../src/resolve/snapshot.ts';
import { defaultNetworkAnnotation } from '../../../src/selection/default-network-annotation.ts';
import { expectThrown } from '../../harness/thrown.ts';
import { type SnapshotParts, snapshotOf } from './snapshots.ts';

const calico = {
  type: 'calico',
  capabilities: { ips: true, mac: true, portMappings: true, 'io.kubernetes.cri.pod-annotations': true },
};
const nads = {
  'kube-system/calico-conf': calico,
  'ns1/calico-conf': { type: 'of-the-pods-namespace' },
  'ns2/fast': { type: 'fast' },
  'ns1/lan': { type: 'macvlan' },
};

/** A pod whose annotation replaces the default network. */
function replacing(
  value: string | object,
  parts: SnapshotParts = {},
  rest: Partial<Snapshot> = {},
): Snapshot {
  const snapshot = snapshotOf({ nads, ...parts }, rest);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return { ...snapshot, annotations: { ...snapshot.annotations, [defaultNetworkAnnotation]: text } };
}

function labels(plan: Plan): readonly string[] {
  return delegatesOf(plan.steps).map(({ network, ifname }) => `${network} ${ifname}`);
}

function runtimeConfig(step: DelegateStep | undefined): unknown {
  const config = JSON.parse(step?.plugins[0]?.config ?? '{}') as { runtimeConfig?: unknown };
  return config.runtimeConfig;
}

describe('a pod that replaces its default network', () => {
  it('gets it on the interface of the request instead of the cluster default, looked up in the system namespace [NPWG-240] [NPWG-241]', () => {
    const plan = resolve(replacing('calico-conf', { networks: 'lan' }));
    expect(labels(plan)).toEqual(['kube-system/calico-conf eth0', 'ns1/lan net1']);
    expect(plan.steps[0]).toMatchObject({ isDefault: true, plugins: [{ type: 'calico' }] });
    expect(plan.steps[0]).toHaveProperty('nad.namespace', 'kube-system');
    expect(() => checkPlan(plan, { sandbox: plan.sandbox, ownType: 'weft' })).not.toThrow();
    expectThrown(() => resolve(replacing('calico-conf,ns2/fast')), {
      reason: 'InvalidAnnotation',
      code: 7,
      names: ['2 networks'],
    });
  });

  it('finds a bare name in the namespace that is configured for it', () => {
    const config = { defaultNetworkNamespace: 'ns2' };
    expect(labels(resolve(replacing('fast', { config })))).toEqual(['ns2/fast eth0']);
    expectThrown(() => resolve(replacing('calico-conf', { config })), {
      reason: 'NetworkNotFound',
      code: 7,
      names: ['ns2/calico-conf', defaultNetworkAnnotation],
    });
  });

  it('has it before every other network and as the only default', () => {
    const config = { defaultNetworks: ['ns2/fast'] };
    const { steps } = resolve(replacing('calico-conf', { networks: 'lan', config }));
    expect(delegatesOf(steps).map(({ network, isDefault }) => [network, isDefault])).toEqual([
      ['kube-system/calico-conf', true],
      ['ns2/fast', false],
      ['ns1/lan', false],
    ]);
  });

  it('needs no cluster default', () => {
    const defaultNetwork = new WeftError('DefaultNetworkMissing', { cause: 'none' });
    expect(labels(resolve(replacing('ns2/fast', {}, { defaultNetwork })))).toEqual(['ns2/fast eth0']);
  });

  it('gives it what the runtime sent for the default network, and over that what the pod asks of it [NPWG-243]', () => {
    const element = { name: 'calico-conf', mac: '02:00:00:00:00:01', ips: ['10.1.0.9'] };
    const received = { ips: ['10.1.0.1'], portMappings: [{ hostPort: 80, containerPort: 80 }], mac: 'x' };
    const plan = resolve(replacing([element], { runtimeConfig: received }));
    expect(runtimeConfig(delegatesOf(plan.steps)[0])).toEqual({
      portMappings: received.portMappings,
      mac: '02:00:00:00:00:01',
      ips: ['10.1.0.9'],
    });
  });

  it('is refused where its network cannot do what the pod asks of it', () => {
    expectThrown(() => resolve(replacing([{ name: 'fast', namespace: 'ns2', mac: '02:00:00:00:00:01' }])), {
      reason: 'CapabilityMissing',
      code: 7,
      names: ['ns2/fast', 'mac'],
    });
  });

  it('may ask for its default route there, and there alone', () => {
    const element = { name: 'calico-conf', 'default-route': ['10.1.0.1'] };
    const { steps } = resolve(replacing([element], { networks: 'lan' }));
    expect(steps.at(-1)).toMatchObject({ kind: 'default-route', ifname: 'eth0', gateways: ['10.1.0.1'] });
    const networks = [{ name: 'lan', 'default-route': ['10.2.0.1'] }];
    expectThrown(() => resolve(replacing([element], { networks })), {
      reason: 'InvalidAnnotation',
      code: 7,
      names: ['[0].default-route', defaultNetworkAnnotation],
    });
    expect(resolve(replacing('calico-conf', { networks })).steps.at(-1)).toMatchObject({ ifname: 'net1' });
  });

  it('gives it cni-args', () => {
    const plan = resolve(replacing([{ name: 'calico-conf', 'cni-args': { a: 1 } }]));
    expect(plan.steps[0]).toHaveProperty(
      'plugins[0].config',
      expect.stringContaining('"args":{"cni":{"a":1}}'),
    );
  });

  it('may name a claim there, of which nothing is done: claims are for additional networks [NPWG-210]', () => {
    const element = { name: 'calico-conf', 'ipam-claim-reference': 'vm-1.calico' };
    expect(resolveWithWarnings(replacing([element]))).toEqual(resolveWithWarnings(replacing('calico-conf')));
  });

  it('hands on the warnings of both annotations', () => {
    const snapshot = replacing([{ name: 'calico-conf', foo: 1 }], { networks: [{ name: 'lan', bar: 1 }] });
    expect(resolveWithWarnings(snapshot).warnings).toEqual([
      expect.stringContaining('"foo"'),
      expect.stringContaining('"bar"'),
    ]);
  });
});

describe('isolation and the default network that a pod chooses', () => {
  const config = { isolation: { enabled: true, globalNamespaces: ['shared'] } };

  it('lets it choose of its own namespace, of global ones, and of that of default networks', () => {
    const more = { ...nads, 'shared/s': { type: 's' } };
    for (const name of ['calico-conf', 'ns1/lan', 'shared/s']) {
      expect(resolve(replacing(name, { nads: more, config })).steps).toHaveLength(1);
    }
  });

  it('refuses any other, which Multus lets through', () => {
    expectThrown(() => resolve(replacing('ns2/fast', { config })), {
      reason: 'NetworkForbidden',
      code: 7,
      names: ['ns2/fast', 'ns1'],
    });
  });

  it('does not open the namespace of default networks to additional ones', () => {
    expectThrown(() => resolve(snapshotOf({ networks: 'kube-system/calico-conf', nads, config })), {
      reason: 'NetworkForbidden',
      code: 7,
    });
  });
});

describe('a default network from a NAD', () => {
  it('is known by the NAD and remembers its text', () => {
    const text = '{"name":"pods","type":"bridge","cniVersion":"1.0.0"}';
    const defaultNetwork = parseNetwork(text, 'the test');
    const defaultNad = { namespace: 'kube-system', name: 'pods-conf' };
    const snapshot = snapshotOf({}, { defaultNetwork, defaultNad });
    expect(resolve(snapshot).steps[0]).toMatchObject({
      network: 'kube-system/pods-conf',
      networkName: 'pods',
      isDefault: true,
      nad: { ...defaultNad, hash: snapshot.sha256(text) },
    });
  });
});

describe('the networks that WeftConfig gives to every pod', () => {
  const files = [{ name: '20-store.conf', text: '{"cniVersion":"1.0.0","name":"store","type":"dummy"}' }];
  const config = { defaultNetworks: ['ns2/fast', 'store'] };

  it('may be files of the node, which the status calls by their CNI name', () => {
    const plan = resolve(snapshotOf({ nads, config }, { files }));
    expect(labels(plan)).toEqual(['cbr0 eth0', 'ns2/fast net1', 'store net2']);
    expect(plan.steps[2]).not.toHaveProperty('nad');
  });

  it('that no file has the name of are missed by name', () => {
    expectThrown(() => resolve(snapshotOf({ nads, config })), {
      reason: 'NetworkNotFound',
      code: 7,
      names: ['network store', 'no file'],
    });
  });

  it('are not given to pods of system namespaces, which are configurable [NPWG-328]', () => {
    const of = (namespace: string, systemNamespaces = ['kube-system']): readonly string[] => {
      const pod = { namespace, name: 'p', uid: 'u' };
      return labels(resolve(snapshotOf({ nads, config: { ...config, systemNamespaces } }, { files, pod })));
    };
    expect(of('kube-system')).toEqual(['cbr0 eth0']);
    expect(of('ns1')).toHaveLength(3);
    expect(of('ns1', ['ns1', 'ns3'])).toEqual(['cbr0 eth0']);
    expect(of('kube-system', [])).toHaveLength(3);
  });

  it('are judged by the namespace of the pod, not by its name as in Multus', () => {
    const pod = { namespace: 'ns1', name: 'kube-system', uid: 'u' };
    expect(resolve(snapshotOf({ nads, config }, { files, pod })).steps).toHaveLength(3);
  });

  it('leave what a pod of a system namespace asks for itself', () => {
    const pod = { namespace: 'kube-system', name: 'p', uid: 'u' };
    const snapshot = snapshotOf({ nads, networks: 'calico-conf', config }, { files, pod });
    expect(labels(resolve(snapshot))).toEqual(['cbr0 eth0', 'kube-system/calico-conf net1']);
  });
});
