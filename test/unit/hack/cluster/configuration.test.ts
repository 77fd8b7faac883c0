import { describe, expect, it } from 'vitest';
import { nodeAddresses } from '../../../../hack/cluster/addresses.ts';
import { argumentLines, controlPlaneFiles } from '../../../../hack/cluster/control-plane.ts';
import { bareConfName, bareNetworkConf } from '../../../../hack/cluster/default-network.ts';
import { dnsObjects } from '../../../../hack/cluster/dns.ts';
import { kubeconfigText } from '../../../../hack/cluster/kubeconfig.ts';
import { layoutOf, nodeLayoutOf } from '../../../../hack/cluster/layout.ts';
import { cables, controlPlaneLinks, nodeLinks, routes } from '../../../../hack/cluster/network.ts';
import { nodeFiles } from '../../../../hack/cluster/node-config.ts';

const layout = layoutOf('/state/dev');

function argumentsOf(
  component: string,
  options: { etcdFsync: boolean; auditLog: boolean },
): readonly string[] {
  return (controlPlaneFiles(layout, options)[`${component}.args`] ?? '').trimEnd().split('\n');
}

describe('the control plane', () => {
  const plain = { etcdFsync: true, auditLog: false };

  it('waits for the disk unless asked not to', () => {
    expect(argumentsOf('etcd', plain)).not.toContain('--unsafe-no-fsync');
    expect(argumentsOf('etcd', { ...plain, etcdFsync: false })).toContain('--unsafe-no-fsync');
  });

  it('authorises nodes as a normal cluster does', () => {
    const args = argumentsOf('kube-apiserver', plain);
    expect(args).toContain('--authorization-mode=Node,RBAC');
    expect(args).toContain('--enable-admission-plugins=NodeRestriction');
    expect(args.some((argument) => argument.startsWith('--disable-admission-plugins'))).toBe(false);
    expect(args).toContain('--enable-aggregator-routing=true');
  });

  it('logs requests only when asked, then each before its answer', () => {
    expect(argumentsOf('kube-apiserver', plain).filter((argument) => argument.startsWith('--audit'))).toEqual(
      [],
    );
    expect(argumentsOf('kube-apiserver', { ...plain, auditLog: true })).toContain(
      '--audit-log-mode=blocking-strict',
    );
  });

  it('starts each component by its name, one argument a line', () => {
    for (const component of ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler']) {
      const [program, ...args] = argumentsOf(component, plain);
      expect(program).toBe(component);
      expect(args.length).toBeGreaterThan(3);
      for (const argument of args) expect(argument).toMatch(/^--[a-z-]+(=.+)?$/);
    }
    expect(() => argumentLines(['a', 'b\nc'])).toThrow(/line end/);
  });
});

describe('a node', () => {
  const addresses = nodeAddresses(3);
  const files = nodeFiles('dev-12345678', layout, nodeLayoutOf(layout, 'node3'), addresses, 'native');
  const kubelet = JSON.parse(files['kubelet.json'] ?? '') as Record<string, unknown>;
  const proxy = JSON.parse(files['kube-proxy.json'] ?? '') as Record<string, unknown>;

  it('keeps its pods in a control group of the cluster and of its own', () => {
    expect(kubelet['cgroupRoot']).toBe('/weft-dev-12345678/node3');
  });

  it('never throws an image away, because it could not get it again', () => {
    expect(kubelet['imageGCHighThresholdPercent']).toBe(100);
  });

  it('runs static pods from a directory of its own', () => {
    expect(kubelet['staticPodPath']).toBe('/var/lib/kubelet/static-pods');
  });

  it('registers with its address on eth0', () => {
    expect(files['kubelet.args']).toContain('--node-ip=172.30.0.13\n');
    expect(files['kubelet.args']).toContain('--hostname-override=node3\n');
  });

  it('runs kube-proxy with nftables and leaves the size of connection tracking alone', () => {
    expect(proxy).toMatchObject({
      mode: 'nftables',
      hostnameOverride: 'node3',
      conntrack: { maxPerCore: 0 },
    });
  });

  it('keeps images as its file system allows', () => {
    expect(files['containerd.toml']).toContain('snapshotter = "native"');
  });

  it('has a bare default network over its own pod CIDR, whose file sorts behind weft’s', () => {
    const conf = JSON.parse(bareNetworkConf(addresses.podCidr)) as {
      plugins: { type: string; ipam?: object }[];
    };
    expect(conf.plugins.map((plugin) => plugin.type)).toEqual(['bridge', 'portmap']);
    expect(conf.plugins[0]?.ipam).toMatchObject({
      type: 'host-local',
      ranges: [[{ subnet: '10.244.3.0/24' }]],
    });
    expect(['00-weft.conflist', bareConfName].sort()[0]).toBe('00-weft.conflist');
  });
});

describe('the network of a cluster', () => {
  const [one, two] = [nodeAddresses(1), nodeAddresses(2)];

  it('plugs eth0 into the cluster’s bridge, eth1 and eth2 into the LAN’s', () => {
    const lines = cables('dev-1', one, 4711);
    expect(lines.filter((line) => line.includes('netns 4711'))).toHaveLength(3);
    expect(lines).toContain('link set n1e0 addrgenmode none master wbr0 up');
    expect(lines).toContain('link set n1e1 addrgenmode none master lan0 up');
    expect(lines).toContain('link set n1e2 addrgenmode none master lan0 up');
  });

  it('gives an address to eth0 only, and makes eth2 a port of br-lan', () => {
    const lines = nodeLinks('dev-1', one);
    expect(lines.filter((line) => line.startsWith('addr add'))).toEqual(['addr add 172.30.0.11/16 dev eth0']);
    expect(lines).toContain('link set eth2 addrgenmode none master br-lan up');
    expect(controlPlaneLinks().filter((line) => line.startsWith('addr add'))).toEqual([
      'addr add 172.30.0.1/16 dev wbr0',
    ]);
  });

  it('routes to the pods of every other node', () => {
    expect(routes(one, [one, two], [one])).toEqual(['route replace 10.244.2.0/24 via 172.30.0.12']);
  });

  it('lets the control plane reach services through nodes that run', () => {
    expect(routes(undefined, [one, two], [two])).toEqual([
      'route replace 10.244.1.0/24 via 172.30.0.11',
      'route replace 10.244.2.0/24 via 172.30.0.12',
      'route replace 10.96.0.0/16 nexthop via 172.30.0.12',
    ]);
    expect(routes(undefined, [one], [])).toContain('route replace unreachable 10.96.0.0/16');
  });
});

describe('access', () => {
  it('is one file with everything inside', () => {
    const text = kubeconfigText({
      server: 'https://127.0.0.1:1',
      authority: 'A',
      certificate: 'C',
      key: 'K',
    });
    expect(JSON.parse(text)).toMatchObject({
      'current-context': 'weft',
      clusters: [{ cluster: { server: 'https://127.0.0.1:1', 'certificate-authority-data': 'QQ==' } }],
      users: [{ user: { 'client-certificate-data': 'Qw==', 'client-key-data': 'Sw==' } }],
    });
  });
});

describe('DNS', () => {
  it('stands at the address that kubelets hand out', () => {
    const files = nodeFiles('x', layout, nodeLayoutOf(layout, 'node1'), nodeAddresses(1), 'overlayfs');
    const kubelet = JSON.parse(files['kubelet.json'] ?? '') as { clusterDNS: string[] };
    const service = dnsObjects().find(([collection]) => collection.endsWith('/services'))?.[1];
    expect(service?.['spec']).toMatchObject({ clusterIP: kubelet.clusterDNS[0] });
  });
});
