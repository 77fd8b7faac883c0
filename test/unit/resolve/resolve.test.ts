import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type DelegateStep, delegatesOf, type Plan } from '../../../src/attachment/plan.ts';
import { checkPlan } from '../../../src/attachment/plan-check.ts';
import { parseNetwork } from '../../../src/cni/network-list.ts';
import { defaultSteps } from '../../../src/resolve/delegate-step.ts';
import { resolve, resolveWithWarnings } from '../../../src/resolve/resolve.ts';
import { defaultConfig, snapshotOf } from './snapshots.ts';

const all = { ips: true, mac: true, portMappings: true, bandwidth: true, infinibandGUID: true };
const nads = {
  'ns1/a': { cniVersion: '0.4.0', type: 'macvlan', capabilities: all },
  'ns1/b': { name: 'cni-b', plugins: [{ type: 'bridge' }, { type: 'tuning', capabilities: { mac: true } }] },
  'ns2/c': { type: 'ptp' },
};

type Config = Readonly<Record<string, unknown>>;

function configsOf(step: DelegateStep | undefined): readonly Config[] {
  return (step?.plugins ?? []).map(({ config }) => JSON.parse(config) as Config);
}

function runtimeConfigsOf(plan: Plan, index: number): readonly unknown[] {
  return configsOf(delegatesOf(plan.steps)[index]).map((config) => config['runtimeConfig']);
}

describe('the plan of a pod without a request', () => {
  it('is the default network with the interface of the request [NPWG-041] [CNI-452]', () => {
    const plan = resolve(snapshotOf({}));
    expect(plan.sandbox).toEqual({ containerId: 'c1', ifname: 'eth0', netns: '/run/netns/a' });
    expect(plan.pod).toEqual({ namespace: 'ns1', name: 'pod-a', uid: 'u1' });
    expect(plan.steps).toHaveLength(1);
    expect(plan.steps[0]).toMatchObject({
      kind: 'delegate',
      network: 'cbr0',
      networkName: 'cbr0',
      ifname: 'eth0',
      cniVersion: '1.0.0',
      isDefault: true,
      disableCheck: false,
      deadlineMs: 30_000,
    });
    expect(plan.steps[0]).not.toHaveProperty('nad');
  });

  it('has no pod outside Kubernetes', () => {
    const { pod: _, ...snapshot } = snapshotOf({});
    expect(resolve(snapshot)).not.toHaveProperty('pod');
  });
});

describe('the plan of a pod with additional networks', () => {
  it('has them behind the default network in annotation order, with generated names [NPWG-101] [NPWG-054]', () => {
    const snapshot = snapshotOf({ networks: 'ns2/c,a@x1,b', nads });
    const steps = delegatesOf(resolve(snapshot).steps);
    expect(steps.map(({ network, ifname, isDefault }) => [network, ifname, isDefault])).toEqual([
      ['cbr0', 'eth0', true],
      ['ns2/c', 'net1', false],
      ['ns1/a', 'x1', false],
      ['ns1/b', 'net3', false],
    ]);
    expect(steps.map(({ networkName }) => networkName)).toEqual(['cbr0', 'c', 'a', 'cni-b']);
    expect(steps.map(({ cniVersion }) => cniVersion)).toEqual(['1.0.0', '1.0.0', '0.4.0', '1.0.0']);
  });

  it('gives no generated name twice where somebody asks for the one whose turn it is', () => {
    const steps = delegatesOf(resolve(snapshotOf({ networks: 'a,b,a@net1', nads })).steps);
    expect(steps.map(({ ifname }) => ifname)).toEqual(['eth0', 'net2', 'net3', 'net1']);
  });

  it('passes the check of the plugin that runs it', () => {
    const networks = [{ name: 'a', 'default-route': ['10.0.0.1'] }, { name: 'b' }];
    const plan = resolve(snapshotOf({ networks, nads }));
    expect(() => checkPlan(plan, { sandbox: plan.sandbox, ownType: 'weft' })).not.toThrow();
  });

  it('remembers the object and the hash of its text', () => {
    const text = '{"type": "ptp"}';
    const plan = resolve(snapshotOf({ networks: 'x', nads: { 'ns1/x': text } }));
    const hash = createHash('sha256').update(text).digest('hex');
    expect(delegatesOf(plan.steps)[1]?.nad).toEqual({ namespace: 'ns1', name: 'x', hash });
  });

  it('changes nothing in a configuration but what CNI wants changed [CNI-214] [CNI-220] [CNI-224]', () => {
    const text = '{ "z":1e3,\n "type":"x" , "n":9007199254740993,"capabilities":{"mac":true},"u":"\\u00e9" }';
    const plan = resolve(snapshotOf({ networks: [{ name: 'x' }], nads: { 'ns1/x': text } }));
    const config = delegatesOf(plan.steps)[1]?.plugins[0]?.config ?? '';
    expect(config).toContain('{ "z":1e3,\n "type":"x" , "n":9007199254740993,"u":"\\u00e9"');
    expect(JSON.parse(config)).toEqual({
      z: 1000,
      type: 'x',
      n: 2 ** 53,
      u: '\u00e9',
      name: 'x',
      cniVersion: '1.0.0',
    });
  });

  it('resolves a NAD without a configuration from files [NPWG-020]', () => {
    const files = [{ name: 'x.conf', text: '{"name":"x","type":"dummy"}' }];
    const plan = resolve(snapshotOf({ networks: 'x', nads: { 'ns1/x': undefined } }, { files }));
    expect(delegatesOf(plan.steps)[1]).toMatchObject({ network: 'ns1/x', plugins: [{ type: 'dummy' }] });
  });

  it('attaches the networks of WeftConfig before those of the annotation [NPWG-109]', () => {
    const config = { defaultNetworks: ['ns2/c', 'ns1/b'] };
    const steps = delegatesOf(resolve(snapshotOf({ networks: 'a', nads, config })).steps);
    expect(steps.map(({ network, ifname }) => `${network} ${ifname}`)).toEqual([
      'cbr0 eth0',
      'ns2/c net1',
      'ns1/b net2',
      'ns1/a net3',
    ]);
  });

  it('takes the budget of WeftConfig as deadline of each delegate', () => {
    const base = snapshotOf({ networks: 'a', nads });
    const timeBudgets = { ...base.config.timeBudgets, delegate: 7000 };
    const plan = resolve({ ...base, config: { ...base.config, timeBudgets } });
    expect(plan.steps.map(({ deadlineMs }) => deadlineMs)).toEqual([7000, 7000]);
  });

  it('warns where two networks have one CNI name [NPWG-113]', () => {
    const twins = { 'ns1/a': { type: 'x' }, 'ns2/a': { type: 'x' } };
    const { warnings } = resolveWithWarnings(snapshotOf({ networks: 'a,ns2/a,a', nads: twins }));
    expect(warnings).toEqual(['networks ns1/a and ns2/a have the same CNI name "a" and may share state']);
    expect(resolveWithWarnings(snapshotOf({ networks: 'a,a', nads: twins })).warnings).toEqual([]);
  });

  it('hands on the warnings of the annotation and of the files', () => {
    const files = [
      { name: 'bad.conf', text: '{' },
      { name: 'x.conf', text: '{"name":"x","type":"dummy"}' },
    ];
    const parts = { networks: [{ name: 'x', foo: 1 }, { name: 'x' }], nads: { 'ns1/x': undefined } };
    const { warnings } = resolveWithWarnings(snapshotOf(parts, { files }));
    expect(warnings).toEqual([expect.stringContaining('"foo"'), expect.stringContaining('bad.conf')]);
  });
});

describe('runtimeConfig', () => {
  const received = {
    portMappings: [{ hostPort: 80, containerPort: 80, protocol: 'tcp' }],
    ips: ['10.0.0.1'],
    'io.kubernetes.cri.pod-annotations': { a: 'b' },
    cgroupPath: '/x',
    mac: '02:00:00:00:00:09',
  };

  it('goes to the default network, each key to the plugins that declare it [CNI-223]', () => {
    const plan = resolve(snapshotOf({ runtimeConfig: received }));
    expect(runtimeConfigsOf(plan, 0)).toEqual([
      { ips: ['10.0.0.1'], 'io.kubernetes.cri.pod-annotations': { a: 'b' } },
      { portMappings: received.portMappings },
    ]);
  });

  it('reaches the default network with keys that weft does not know, byte for byte [CNI-238]', () => {
    const text = '{"name":"d","cniVersion":"1.0.0","type":"x","capabilities":{"cgroupPath":true,"new":true}}';
    const snapshot = snapshotOf({}, { defaultNetwork: parseNetwork(text, 'd') });
    const runtimeConfig = new Map([
      ['new', '{ "n": 9007199254740993 }'],
      ['cgroupPath', '"/x"'],
    ]);
    const plan = resolve({ ...snapshot, request: { ...snapshot.request, runtimeConfig } });
    expect(delegatesOf(plan.steps)[0]?.plugins[0]?.config).toContain(
      '"runtimeConfig":{"new":{ "n": 9007199254740993 },"cgroupPath":"/x"}',
    );
  });

  it('of the runtime never reaches an additional network, but for the annotations of the pod [NPWG-136]', () => {
    const capabilities = { ...all, cgroupPath: true };
    const withAnnotations = { ...capabilities, 'io.kubernetes.cri.pod-annotations': true };
    const plan = resolve(
      snapshotOf({
        networks: 'x,y',
        nads: { 'ns1/x': { type: 'x', capabilities }, 'ns1/y': { type: 'y', capabilities: withAnnotations } },
        runtimeConfig: received,
      }),
    );
    expect(runtimeConfigsOf(plan, 1)).toEqual([undefined]);
    expect(runtimeConfigsOf(plan, 2)).toEqual([{ 'io.kubernetes.cri.pod-annotations': { a: 'b' } }]);
  });

  it('has no annotations of the pod where the runtime sent none', () => {
    const capabilities = { 'io.kubernetes.cri.pod-annotations': true };
    const plan = resolve(snapshotOf({ networks: 'x', nads: { 'ns1/x': { type: 'x', capabilities } } }));
    expect(runtimeConfigsOf(plan, 1)).toEqual([undefined]);
  });

  it("carries the pod's requests to the plugins that declare them and no other [NPWG-097]", () => {
    const networks = [
      { name: 'b', mac: '02:00:00:00:00:01' },
      { name: 'a', ips: ['10.1.0.2/24'], bandwidth: { ingressRate: 1_000_000 } },
    ];
    const plan = resolve(snapshotOf({ networks, nads, runtimeConfig: received }));
    expect(runtimeConfigsOf(plan, 1)).toEqual([undefined, { mac: '02:00:00:00:00:01' }]);
    expect(runtimeConfigsOf(plan, 2)).toEqual([
      { ips: ['10.1.0.2/24'], bandwidth: { ingressRate: 1_000_000, ingressBurst: 1_000_000 } },
    ]);
  });

  it('cannot be forged by the author of a network [CNI-225]', () => {
    const config = { type: 'x', runtimeConfig: { mac: 'forged' }, prevResult: {}, 'cni.dev/x': 1 };
    const plan = resolve(snapshotOf({ networks: 'x', nads: { 'ns1/x': config } }));
    expect(configsOf(delegatesOf(plan.steps)[1])).toEqual([{ type: 'x', name: 'x', cniVersion: '1.0.0' }]);
  });
});

describe('cni-args and default-route', () => {
  it('merges cni-args over args.cni of every plugin, numbers above 2^53 included [NPWG-080] [NPWG-081]', () => {
    const config = { plugins: [{ type: 'x', args: { cni: { a: 1, b: 1 }, other: 1 } }, { type: 'y' }] };
    const networks = '[{"name":"x","cni-args":{"b":2,"c":9007199254740993}}]';
    const plan = resolve(snapshotOf({ networks, nads: { 'ns1/x': config } }));
    const step = delegatesOf(plan.steps)[1];
    expect(configsOf(step)).toMatchObject([
      { args: { cni: { a: 1, b: 2 }, other: 1 } },
      { args: { cni: { b: 2 } } },
    ]);
    expect(step?.plugins.every((plugin) => plugin.config.includes('"c":9007199254740993'))).toBe(true);
    expect(delegatesOf(plan.steps)[0]?.plugins[0]?.config).not.toContain('9007199254740993');
  });

  it('moves the default route after every attachment is made [NPWG-088]', () => {
    const networks = [{ name: 'a', 'default-route': ['10.0.0.1', 'fe80::1'] }, { name: 'b' }];
    const { steps } = resolve(snapshotOf({ networks, nads }));
    expect(steps.map(({ kind }) => kind)).toEqual(['delegate', 'delegate', 'delegate', 'default-route']);
    expect(steps[3]).toEqual({
      kind: 'default-route',
      id: 'default-route:net1',
      ifname: 'net1',
      gateways: ['10.0.0.1', 'fe80::1'],
      deadlineMs: 5000,
    });
    const empty = resolve(snapshotOf({ networks: [{ name: 'a', 'default-route': [] }], nads }));
    expect(empty.steps[2]).toMatchObject({ kind: 'default-route', gateways: [] });
  });
});

describe('the step for a DEL without a record', () => {
  it('is the default network as in a plan, without runtimeConfig', () => {
    const [step, ...more] = defaultSteps(parseNetwork(defaultConfig, 'd'), 'eth0', 30_000);
    expect(more).toEqual([]);
    expect(step).toEqual(resolve(snapshotOf({})).steps[0]);
    expect(configsOf(step).every((config) => config['runtimeConfig'] === undefined)).toBe(true);
  });
});

describe('isolation', () => {
  const config = { isolation: { enabled: true, globalNamespaces: ['shared'] } };
  const open = { 'ns1/a': { type: 'x' }, 'shared/s': { type: 'x' }, 'ns2/c': { type: 'x' } };

  it('is off by default [NPWG-230]', () => {
    expect(resolve(snapshotOf({ networks: 'ns2/c', nads: open })).steps).toHaveLength(2);
  });

  it("allows the pod's own namespace and the global ones [NPWG-231]", () => {
    expect(resolve(snapshotOf({ networks: 'a,ns1/a,shared/s', nads: open, config })).steps).toHaveLength(4);
  });

  it('does not bind what WeftConfig gives to every pod', () => {
    const both = { ...config, defaultNetworks: ['ns2/c'] };
    expect(resolve(snapshotOf({ nads: open, config: both })).steps).toHaveLength(2);
  });
});
