import { describe, expect, it } from 'vitest';
import type { SnapshotParts } from '../resolve/snapshots.ts';
import { AskingPod, type Stdin } from './asking-pod.ts';
import { call } from './memory-node.ts';

const nads = {
  'ns1/net-a': { cniVersion: '1.0.0', type: 'macvlan' },
  'ns1/net-b': { cniVersion: '1.0.0', type: 'ptp' },
  'ns2/net-c': { cniVersion: '1.0.0', type: 'bridge' },
};

/** A pod that lived and is gone. */
function lived(parts: SnapshotParts, rest: ConstructorParameters<typeof AskingPod>[1] = {}): AskingPod {
  const pod = new AskingPod({ nads, ...parts }, rest);
  pod.live();
  return pod;
}

/** What ADD told the delegates of one network, the only one that the pod asks for. */
function told(config: object | string, element: object = {}): readonly Stdin[] {
  const networks = [{ name: 'net-x', ...element }];
  return lived({ networks, nads: { 'ns1/net-x': config } }).stdinsOf('net1', 'ADD');
}

describe('the request annotation', () => {
  it.each([undefined, '', '[]', ' [ ] '])('that is %j gives the default network alone [NPWG-041]', (text) => {
    const pod = lived(text === undefined ? {} : { networks: text });
    expect(new Set(pod.world.log.map(({ ifname }) => ifname))).toEqual(new Set(['eth0']));
    expect(pod.trace[0]).toBe('ADD bridge eth0');
  });

  it('gives the same attachments in both forms, those of other namespaces too [NPWG-040] [NPWG-043] [NPWG-230]', () => {
    const short = lived({ networks: ' net-a , ns2/net-c@x1,net-b' });
    const json = lived({
      networks: [
        { name: 'net-a' },
        { name: 'net-c', namespace: 'ns2', interface: 'x1' },
        { name: 'net-b', namespace: '' },
      ],
    });
    expect(short.world.log).toEqual(json.world.log);
    expect(short.trace.slice(2, 5)).toEqual(['ADD macvlan net1', 'ADD bridge x1', 'ADD ptp net3']);
  });

  it('is obeyed in its order, behind the default network, each time that it names a network [NPWG-053] [NPWG-054] [NPWG-101]', () => {
    const pod = new AskingPod({ networks: 'net-b,net-a,net-b', nads });
    expect(pod.add().status).toBe(0);
    expect(pod.trace).toEqual([
      'ADD bridge eth0',
      'ADD portmap eth0',
      'ADD ptp net1',
      'ADD macvlan net2',
      'ADD ptp net3',
    ]);
    const entries = pod.status.map((entry) => [entry.name, entry.interface, entry.default]);
    expect(entries).toEqual([
      ['cluster', 'eth0', true],
      ['ns1/net-b', 'net1', false],
      ['ns1/net-a', 'net2', false],
      ['ns1/net-b', 'net3', false],
    ]);
    expect(pod.del().status).toBe(0);
    expect(pod.world.allocations.size).toBe(0);
  });

  it('takes what weft does not know for nothing, with a warning where it has no dot [NPWG-051] [NPWG-096]', () => {
    const element = { name: 'net-a', foo: 1, deviceID: '0000:00:01.0', 'example.com/x': 1 };
    const pod = lived({ networks: [element] });
    expect(pod.stdinsOf('net1', 'ADD')).toEqual(lived({ networks: 'net-a' }).stdinsOf('net1', 'ADD'));
    expect(pod.warnings).toEqual([expect.stringContaining('"foo", "deviceID"')]);
  });

  it('may name a claim that the delegate knows nothing of [NPWG-094]', () => {
    const networks = [{ name: 'net-c', namespace: 'ns2', 'ipam-claim-reference': 'vm.net.eth0' }];
    expect(lived({ networks }).trace.filter((line) => line.endsWith('net1'))).toEqual([
      'ADD bridge net1',
      'CHECK bridge net1',
      'DEL bridge net1',
    ]);
  });

  it('may name a network with a dot in the JSON form [NPWG-313]', () => {
    const dotted = { 'ns1/a.b': { cniVersion: '1.0.0', type: 'ptp' } };
    expect(lived({ networks: [{ name: 'a.b' }], nads: dotted }).trace).toContain('ADD ptp net1');
    const { error } = new AskingPod({ networks: 'a.b', nads: dotted }).add();
    expect(error?.details).toBe('reason=InvalidAnnotation');
  });
});

describe('the configuration of a network', () => {
  it.each<[string, object, readonly string[], string]>([
    ['a single plugin without a name [NPWG-025]', { cniVersion: '1.0.0', type: 'ptp' }, ['ptp'], 'net-x'],
    ['one with an empty name [NPWG-026]', { cniVersion: '1.0.0', name: '', type: 'ptp' }, ['ptp'], 'net-x'],
    [
      'one with a name of its own [NPWG-027]',
      { cniVersion: '1.0.0', name: 'foo', type: 'ptp' },
      ['ptp'],
      'foo',
    ],
    [
      'a list',
      { cniVersion: '1.0.0', name: 'l', plugins: [{ type: 'ptp', name: 'x' }, { type: 'portmap' }] },
      ['ptp', 'portmap'],
      'l',
    ],
    ['a minimal one', { type: 'ptp' }, ['ptp'], 'net-x'],
  ])('is %s: every plugin is told name and version [NPWG-028]', (_what, config, types, name) => {
    const pod = new AskingPod({ networks: 'net-x', nads: { 'ns1/net-x': config } });
    expect(pod.add().status).toBe(0);
    const stdins = pod.stdinsOf('net1');
    expect(stdins.map(({ type }) => type)).toEqual(types);
    for (const stdin of stdins) expect(stdin).toMatchObject({ name, cniVersion: '1.0.0' });
    // The status names the object, whatever the network is called.
    expect(pod.status[1]).toMatchObject({ name: 'ns1/net-x', interface: 'net1' });
  });

  const files = [
    { name: '00-single.conf', text: '{"name":"net-x","type":"ptp"}' },
    { name: '05-other.conflist', text: '{"name":"other","plugins":[{"type":"portmap"}]}' },
    { name: '99-list.conflist', text: '{"name":"net-x","plugins":[{"type":"macvlan"}]}' },
  ];
  const without = (...names: readonly string[]): typeof files =>
    files.filter(({ name }) => !names.includes(name));

  it.each<[string, string | undefined, typeof files, string]>([
    ["the object's own", '{"type":"bridge"}', files, 'bridge'],
    ['a conflist of that name, though a single one sorts before it', undefined, files, 'macvlan'],
    ['a single one of that name, where there is no conflist', '', without('99-list.conflist'), 'ptp'],
  ])('is %s [NPWG-020] [NPWG-021]', (_what, config, present, type) => {
    const pod = lived({ networks: 'net-x', nads: { 'ns1/net-x': config } }, { files: present });
    expect(pod.stdinsOf('net1', 'ADD').map((stdin) => stdin['type'])).toEqual([type]);
  });

  it('that is nowhere fails the pod [NPWG-020] [NPWG-122]', () => {
    for (const config of [undefined, '']) {
      const present = without('00-single.conf', '99-list.conflist');
      const parts = { networks: 'net-x', nads: { 'ns1/net-x': config } };
      const pod = new AskingPod(parts, { files: present });
      expect(pod.add().error).toMatchObject({ code: 7, details: 'reason=NetworkNotFound' });
      expect(pod.trace).toEqual([]);
    }
  });

  it('without a version has ours, the same for every verb [NPWG-324]', () => {
    const pod = lived({ networks: 'net-x', nads: { 'ns1/net-x': { type: 'ptp', mode: 'x' } } });
    const runs = pod.runsOf('net1').map(({ verb, stdin }) => {
      const { prevResult: _, ...rest } = JSON.parse(stdin) as Stdin;
      return [verb, rest];
    });
    const same = { type: 'ptp', mode: 'x', name: 'net-x', cniVersion: '1.0.0' };
    expect(runs).toEqual([
      ['ADD', same],
      ['CHECK', same],
      ['DEL', same],
    ]);
  });
});

describe('the keys of an element', () => {
  const able = {
    cniVersion: '1.0.0',
    type: 'ptp',
    capabilities: { ips: true, mac: true, portMappings: true, bandwidth: true, infinibandGUID: true },
  };

  it('reach the plugins that declare them, and no other, as runtimeConfig of every verb [NPWG-073] [NPWG-077] [NPWG-084] [NPWG-086] [NPWG-093] [NPWG-097]', () => {
    const config = {
      cniVersion: '1.0.0',
      plugins: [able, { type: 'portmap', capabilities: { mac: false } }],
    };
    const element = {
      name: 'net-x',
      ips: ['10.2.2.42/24', '2001:DB8::5/64', '10.0.0.9'],
      mac: '02:23:45:67:89:01',
      portMappings: [
        { hostPort: 1, containerPort: 65_535 },
        { hostPort: 8080, containerPort: 80, protocol: 'SCTP' },
      ],
      bandwidth: { ingressRate: 1_000_000 },
      'infiniband-guid': 'c2:11:22:33:44:55:66:77',
    };
    const pod = lived({ networks: [element], nads: { 'ns1/net-x': config } });
    const runtimeConfig = {
      ips: element.ips,
      mac: element.mac,
      portMappings: [
        { hostPort: 1, containerPort: 65_535, protocol: 'tcp' },
        { hostPort: 8080, containerPort: 80, protocol: 'sctp' },
      ],
      bandwidth: { ingressRate: 1_000_000, ingressBurst: 1_000_000 },
      infinibandGUID: 'c2:11:22:33:44:55:66:77',
    };
    const runs = pod.stdinsOf('net1');
    expect(runs).toHaveLength(6);
    for (const stdin of runs)
      expect(stdin['runtimeConfig']).toEqual(stdin['type'] === 'ptp' ? runtimeConfig : undefined);
  });

  it('name the interface of every verb [NPWG-078]', () => {
    const pod = lived({ networks: [{ name: 'net-a', interface: 'data0' }] });
    expect(pod.trace.filter((line) => line.includes('macvlan'))).toEqual([
      'ADD macvlan data0',
      'CHECK macvlan data0',
      'DEL macvlan data0',
    ]);
  });

  it('are merged into args.cni of every plugin, over what the network says [NPWG-080] [NPWG-081]', () => {
    const first = { type: 'ptp', args: { cni: { a: 1, b: 1 }, other: 1 } };
    const config = { cniVersion: '1.0.0', plugins: [first, { type: 'portmap' }] };
    const args = told(config, { 'cni-args': { b: 2, c: 3 } }).map((stdin) => stdin['args']);
    expect(args).toEqual([{ cni: { a: 1, b: 2, c: 3 }, other: 1 }, { cni: { b: 2, c: 3 } }]);
  });

  it('are all that an additional network gets: what the runtime sends is for the default network [NPWG-136]', () => {
    const portMappings = [{ hostPort: 80, containerPort: 80, protocol: 'tcp' }];
    const pod = lived({
      networks: 'net-x',
      nads: { 'ns1/net-x': able },
      runtimeConfig: { portMappings, mac: '02:00:00:00:00:01' },
    });
    const [bridge, portmap] = pod.stdinsOf('eth0', 'ADD').map((stdin) => stdin['runtimeConfig']);
    expect([bridge, portmap]).toEqual([{ mac: '02:00:00:00:00:01' }, { portMappings }]);
    for (const stdin of pod.stdinsOf('net1')) expect(stdin).not.toHaveProperty('runtimeConfig');
  });

  it('leave generated names unique: those that are asked for are passed over [NPWG-108]', () => {
    const networks = [{ name: 'net-a', interface: 'net2' }, { name: 'net-b' }, { name: 'net-a' }];
    const pod = new AskingPod({ networks, nads });
    expect(pod.add().status).toBe(0);
    const names = pod.world.log.map(({ ifname }) => ifname).slice(2);
    expect(names[0]).toBe('net2');
    expect(new Set(names).size).toBe(3);
    expect(pod.del().status).toBe(0);
  });
});

describe('a request that cannot be met', () => {
  const all = { ips: true, mac: true, portMappings: true, bandwidth: true, infinibandGUID: true };
  const world = {
    'ns1/ok': { cniVersion: '1.0.0', type: 'macvlan' },
    'ns1/able': { cniVersion: '1.0.0', type: 'ptp', capabilities: all },
    'ns1/odd': { cniVersion: '1.0.0', type: 'ptp', args: 'x' },
    'ns1/odder': { cniVersion: '1.0.0', type: 'ptp', args: { cni: [] } },
    'ns1/text': '[',
  };

  /** The element stands between two good ones: none of the three, and not the default network either, is attached. */
  function refused(element: object | string, reason: string, code = 7): void {
    const networks = typeof element === 'string' ? element : [{ name: 'ok' }, element, { name: 'ok' }];
    const pod = new AskingPod({ networks, nads: world });
    const { error } = pod.add();
    expect(error).toMatchObject({ code, details: `reason=${reason}` });
    expect(pod.trace).toEqual([]);
    expect([...(pod.world.sandboxes.get('/run/netns/pod-a')?.links ?? [])]).toEqual(['lo']);
    expect(call(pod.world, 'DEL').status).toBe(0);
    expect(pod.trace).toEqual([]);
  }

  it.each([
    { ips: [] },
    { ips: ['1.2.3.4/33'] },
    { mac: '02:23:45:67:89:01:02:03' },
    { interface: 'thisnameistoolong' },
    { portMappings: [{ hostPort: 0, containerPort: 1 }] },
    { portMappings: [] },
    { bandwidth: {} },
    { bandwidth: { ingressRate: 0 } },
    { 'default-route': ['x'] },
    { name: '' },
    { ips: '1.2.3.4' },
  ])('fails as a whole for the invalid value in %j [NPWG-128] [NPWG-310] [NPWG-312]', (keys) => {
    refused({ name: 'able', ...keys }, 'InvalidAnnotation');
  });

  it.each([6, 20])('fails for a GUID of %d bytes [NPWG-093] [NPWG-128] [NPWG-323]', (bytes) => {
    const guid = new Array(bytes).fill('02').join(':');
    refused({ name: 'able', 'infiniband-guid': guid }, 'InvalidAnnotation');
  });

  it('fails for a default route in two elements, though of two families [NPWG-128] [NPWG-318]', () => {
    const two = [
      { name: 'ok', 'default-route': ['10.0.0.1'] },
      { name: 'ok', 'default-route': ['fe80::1'] },
    ];
    refused(JSON.stringify(two), 'InvalidAnnotation');
  });

  it.each(['[{', '[{"name":"ok"}', '{"name":"ok"}', '["ok"]', 'ok,', 'ok,,ok', 'a/b/c', 'Ok', 'ok@a@b'])(
    'fails for the annotation %j [NPWG-310] [NPWG-311]',
    (text) => {
      refused(text, 'InvalidAnnotation');
    },
  );

  it.each([
    { ips: ['10.0.0.1'] },
    { mac: '02:00:00:00:00:01' },
    { portMappings: [{ hostPort: 1, containerPort: 1 }] },
    { bandwidth: { ingressRate: 1 } },
    { 'infiniband-guid': '02:00:00:00:00:01:02:03' },
  ])('fails for %j where no plugin is able to [NPWG-074] [NPWG-129] [NPWG-317] [NPWG-336]', (keys) => {
    refused({ name: 'ok', ...keys }, 'CapabilityMissing');
  });

  it.each<[string, object, string, number?]>([
    [
      "the default network's interface [NPWG-079] [NPWG-129]",
      { name: 'ok', interface: 'eth0' },
      'DuplicateInterface',
    ],
    [
      'addresses beside a claim [NPWG-095] [NPWG-129] [NPWG-316]',
      { name: 'able', ips: ['10.0.0.1'], 'ipam-claim-reference': 'c' },
      'InvalidAnnotation',
    ],
    ['a network that does not exist [NPWG-122]', { name: 'nope' }, 'NetworkNotFound'],
    ['a network that is no JSON', { name: 'text' }, 'InvalidJson', 6],
    ['args that are no object [NPWG-082]', { name: 'odd', 'cni-args': { a: 1 } }, 'NetworkInvalid'],
    ['args.cni that is no object [NPWG-082]', { name: 'odder' }, 'NetworkInvalid'],
  ])('fails for %s', (_what, element, reason, code) => {
    refused(element, reason, code);
  });

  it('fails for two attachments with one interface [NPWG-079] [NPWG-129]', () => {
    refused('ok@x0,able@x0', 'DuplicateInterface');
  });
});
