import { describe, expect, it } from 'vitest';
import { defaultWeftConfig, type Tenancy } from '../../../src/api/weft-config.ts';
import { cniArgsFindings, tenancyFindings } from '../../../src/netconf/tenancy.ts';

const tenancy: Tenancy = {
  enabled: true,
  exemptNamespaces: ['kube-system', 'infra'],
  pluginTypes: [
    'macvlan',
    'ipvlan',
    'vlan',
    'bridge',
    'tap',
    'bond',
    'tuning',
    'host-local',
    'static',
    'dhcp',
    'whereabouts',
  ],
  parentInterfaces: ['eth1', 'eth1.*', 'br-*'],
  ipamDirectories: ['/var/lib/cni/tenants'],
};

/** Code and path of each finding. */
function found(config: object | string, rules: Tenancy = tenancy, namespace = 'shop'): readonly string[] {
  const text = typeof config === 'string' ? config : JSON.stringify(config);
  const findings = tenancyFindings({ namespace, name: 'lan', config: text }, rules);
  for (const { message, severity } of findings) {
    expect(severity).toBe('error');
    expect(message.length).toBeLessThan(300);
  }
  return findings.map(({ code, path }) => `${code} ${path}`);
}

describe('the tenancy rules', () => {
  it.each([
    {
      type: 'macvlan',
      master: 'eth1',
      ipam: { type: 'static', addresses: [{ address: '10.1.2.3/24', gateway: '10.1.2.1' }] },
    },
    { type: 'macvlan', master: 'eth1.100', ipam: { type: 'dhcp' } },
    {
      plugins: [
        { type: 'bridge', bridge: 'br-shop', vlan: 7, ipam: {} },
        { type: 'tuning', sysctl: { 'net/ipv4/conf/IFNAME/arp_filter': '1' } },
      ],
    },
    {
      type: 'bridge',
      bridge: 'br-shop',
      ipam: {
        type: 'host-local',
        dataDir: '/var/lib/cni/tenants/shop',
        ranges: [[{ subnet: 'fd00::/64', gateway: 'fd00::1' }]],
        routes: [{ dst: '0.0.0.0/0' }],
      },
    },
    {
      type: 'macvlan',
      master: 'eth1',
      ipam: { type: 'whereabouts', range: '10.1.2.10-10.1.2.99/24', exclude: ['10.1.2.20/30'] },
    },
    { type: 'macvlan', master: 'eth1', capabilities: { CNIDeviceInfoFile: true, ips: true }, ipam: null },
    { type: 'bond', mode: 'active-backup', links: [{ name: 'eth1' }, { name: 'eth1.7' }] },
    { type: 'tap', mac: '02:00:00:00:00:01' },
  ])('let through what names nothing else: %j', (config) => {
    expect(found(config)).toEqual([]);
  });

  it.each([
    [{ type: 'host-device', device: 'eth1' }, 'ForbiddenPlugin spec.config.type'],
    [
      { plugins: [{ type: 'macvlan', master: 'eth1' }, { type: 'x' }] },
      'ForbiddenPlugin spec.config.plugins[1].type',
    ],
    [{ type: 'macvlan', master: 'eth1', ipam: { type: 'evil' } }, 'ForbiddenPlugin spec.config.ipam.type'],
    [
      { type: 'macvlan', master: 'eth1', delegate: { type: 'host-device' } },
      'ForbiddenPlugin spec.config.delegate.type',
    ],
    [{ type: 'MACVLAN', master: 'eth1' }, 'ForbiddenPlugin spec.config.type'],
    [{ type: 'macvlan', master: 'eth0' }, 'ForbiddenParent spec.config.master'],
    [
      { type: 'macvlan', master: 'eth1', linkInContainer: true, device: 'eth0' },
      'ForbiddenParent spec.config.device',
    ],
    [{ type: 'macvlan' }, 'ForbiddenParent spec.config.master'],
    [{ type: 'macvlan', master: '' }, 'ForbiddenParent spec.config.master'],
    [{ type: 'macvlan', master: null }, 'ForbiddenParent spec.config.master'],
    [{ type: 'ipvlan', ipam: {} }, 'ForbiddenParent spec.config.master'],
    [{ type: 'bridge' }, 'ForbiddenParent spec.config.bridge'],
    [{ type: 'tap', bridge: 'cni0' }, 'ForbiddenParent spec.config.bridge'],
    [{ type: 'tap', hwaddr: '02:00:00:00:00:01' }, 'ForbiddenParent spec.config.hwaddr'],
    [{ type: 'tap', pciBusID: '0000:00:1f.6' }, 'ForbiddenParent spec.config.pciBusID'],
    [{ type: 'tap', deviceID: '0000:00:1f.6' }, 'ForbiddenParent spec.config.deviceID'],
    [{ type: 'tap', kernelpath: '/sys/devices/x' }, 'ForbiddenParent spec.config.kernelpath'],
    [{ type: 'tap', devices: ['eth1', 'eth0'] }, 'ForbiddenParent spec.config.devices[1]'],
    [
      { type: 'bond', links: [{ name: 'eth1' }, { name: 'eth0' }] },
      'ForbiddenParent spec.config.links[1].name',
    ],
    [{ type: 'tap', ipam: { type: 'host-local' } }, 'ForbiddenPath spec.config.ipam.dataDir'],
    [{ type: 'tap', ipam: { type: 'dhcp', dataDir: '/etc' } }, 'ForbiddenPath spec.config.ipam.dataDir'],
    [{ type: 'tap', dataDir: 'etc' }, 'ForbiddenPath spec.config.dataDir'],
    [{ type: 'tap', dataDir: '/var/lib/cni/tenants/../../../etc' }, 'ForbiddenPath spec.config.dataDir'],
    [{ type: 'tap', dataDir: '/var/lib/cni/tenants2' }, 'ForbiddenPath spec.config.dataDir'],
    [{ type: 'tap', ipam: { resolvConf: '/etc/shadow' } }, 'ForbiddenPath spec.config.ipam.resolvConf'],
    [
      { type: 'tap', ipam: { daemonSocketPath: '/run/containerd/containerd.sock' } },
      'ForbiddenPath spec.config.ipam.daemonSocketPath',
    ],
    [
      { type: 'tap', ipam: { kubernetes: { kubeconfig: '/etc/kubernetes/admin.conf' } } },
      'ForbiddenPath spec.config.ipam.kubernetes.kubeconfig',
    ],
    [{ type: 'tap', log_file: 'passwd' }, 'ForbiddenPath spec.config.log_file'],
    [{ type: 'tap', unheardOf: ['/dev/mem'] }, 'ForbiddenPath spec.config.unheardOf[0]'],
    [{ type: 'tap', unheardOf: 'unix:/run/x.sock' }, 'ForbiddenPath spec.config.unheardOf'],
    [{ type: 'tap', unheardOf: '10.0.0.0/../etc' }, 'ForbiddenPath spec.config.unheardOf'],
    [{ type: 'tap', args: { cni: { 'a b': 'x/y' } } }, 'ForbiddenPath spec.config.args.cni["a b"]'],
    ['{"type":"macvlan","master":"eth1","MASTER":"eth0"}', 'AmbiguousKey spec.config.MASTER'],
    ['{"type":"macvlan","master":"eth0","master":"eth1"}', 'AmbiguousKey spec.config.master'],
    ['{"type":"macvlan","Master":"eth1"}', 'AmbiguousKey spec.config.Master'],
    ['{"type":"tap","TYPE":"host-device"}', 'AmbiguousKey spec.config.TYPE'],
    ['{"type":"tap","IPAM":{"type":"static"}}', 'AmbiguousKey spec.config.IPAM'],
    ['{"type":"tap","ipam":{"type":"static"},"ipam":{}}', 'AmbiguousKey spec.config.ipam'],
    ['{"type":"tap","ipam":{"DATADIR":"/etc"}}', 'AmbiguousKey spec.config.ipam.DATADIR'],
    ['{"type":"tap","\\u0062ridge":"eth0"}', 'ForbiddenParent spec.config.bridge'],
    ['{"type":"bond","lin\u212as":[{"name":"eth0"}]}', 'AmbiguousKey spec.config["lin\u212as"]'],
    [{ type: 'tap', x: 1, X: 2 }, 'AmbiguousKey spec.config.X'],
    [{ type: 'tap', device: 5 }, 'AmbiguousKey spec.config.device'],
    [{ type: 'tap', device: { name: 'eth0' } }, 'AmbiguousKey spec.config.device'],
    [{ type: 'tap', ipam: { type: ['x'] } }, undefined],
  ])('refuse %j', (config, first) => {
    const findings = found(config);
    if (first !== undefined) expect(findings).toContain(first);
    // Of a configuration that cannot be read others tell.
    else expect(findings).toEqual([]);
  });

  it('say what is allowed instead', () => {
    const [finding] = tenancyFindings(
      { namespace: 'shop', name: 'lan', config: '{"type":"macvlan"}' },
      tenancy,
    );
    expect(finding?.message).toBe(
      'networks of this namespace may not name the interface of the default route, which is meant without it on the node, allowed: eth1, eth1.*, br-*',
    );
    const none = { ...tenancy, pluginTypes: [], parentInterfaces: ['*'] };
    const [other] = tenancyFindings({ namespace: 'shop', name: 'lan', config: '{"type":"macvlan"}' }, none);
    expect(other?.message).toBe(
      'networks of this namespace may not use the plugin "macvlan", nothing of this kind is allowed',
    );
  });

  it('let the interface of the default route be meant by "*" only', () => {
    expect(found({ type: 'macvlan' }, { ...tenancy, parentInterfaces: ['eth*', 'e**'] })).toHaveLength(1);
    expect(found({ type: 'macvlan' }, { ...tenancy, parentInterfaces: ['eth*', '*'] })).toEqual([]);
  });

  it('are off by default, and bind no exempt namespace', () => {
    const config = { type: 'host-device', device: 'eth0' };
    expect(found(config, defaultWeftConfig().tenancy)).toEqual([]);
    expect(found(config, { ...tenancy, enabled: false })).toEqual([]);
    expect(found(config, tenancy, 'infra')).toEqual([]);
    expect(found(config, { ...defaultWeftConfig().tenancy, enabled: true })).toHaveLength(2);
    expect(found(config, { ...defaultWeftConfig().tenancy, enabled: true }, 'kube-system')).toEqual([]);
  });

  it('refuse what is nested too deeply to be looked at', () => {
    const deep = (depth: number): string =>
      depth === 0
        ? '{"device":"eth0"}'
        : depth % 2 === 0
          ? `{"a":${deep(depth - 1)}}`
          : `[${deep(depth - 1)}]`;
    expect(found(`{"type":"tap","a":${deep(500)}}`)).toEqual([expect.stringMatching(/^AmbiguousKey /)]);
    expect(found(`{"type":"tap","a":${deep(9)}}`)).toEqual([
      expect.stringMatching(/^ForbiddenParent .*device$/),
    ]);
  });

  it('bind what a pod adds by cni-args, apart from the word "type"', () => {
    const codes = (args: string): readonly string[] =>
      cniArgsFindings(args, '[0].cni-args', tenancy).map(({ code, path }) => `${code} ${path}`);
    expect(codes('{"mac":"02:00:00:00:00:01","ips":["10.1.2.3/24"],"type":"gold"}')).toEqual([]);
    expect(codes('{"master":"eth0"}')).toEqual(['ForbiddenParent [0].cni-args.master']);
    expect(codes('{"x":{"dataDir":"/etc"}}')).toEqual(['ForbiddenPath [0].cni-args.x.dataDir']);
    expect(codes('{"Device":"eth1"}')).toContain('AmbiguousKey [0].cni-args.Device');
  });
});
