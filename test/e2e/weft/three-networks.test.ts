import { describe, expect, it } from 'vitest';
import { linkOf, type SandboxView } from '../../net/agreement.ts';
import { startAgents, stopAgents } from './agent-control.ts';
import {
  type AttachedPod,
  expectAttached,
  networkStatus,
  networksReady,
  sandboxesOf,
} from './attached-pod.ts';
import { whileFrozen } from './frozen.ts';
import { networkedPod } from './networked-pod.ts';
import { asked } from './networks.ts';
import { nodesSnapshot } from './node-audit.ts';
import { reservedAddresses } from './records.ts';
import { weftSuite } from './weft-suite.ts';

const mac = '02:11:22:33:44:55';
const portMappings = [{ hostPort: 18_090, containerPort: 8080, protocol: 'tcp' }];
const networks = [asked('bridged', { portMappings }), asked('lan', { mac }), asked('line')];

const suite = weftSuite('three-networks');

async function start(name: string): Promise<{ readonly pod: AttachedPod; readonly view: SandboxView }> {
  await suite.kube.apply(networkedPod(name, { networks, node: 'node1', hostPort: 18_091 }));
  await suite.kube.untilReady(name);
  return expectAttached(suite.kube, name);
}

describe('a pod that asks for nothing', () => {
  it('gets the default network through weft, with an address that the runtime takes, and goes without a trace [CNI-055] [NPWG-001]', async () => {
    await suite.kube.apply(networkedPod('plain', { node: 'node1' }));
    await suite.kube.untilReady('plain');
    const { pod, view } = await expectAttached(suite.kube, 'plain');
    expect(networkStatus(pod).map((entry) => [entry.name, entry.interface, entry.default])).toEqual([
      ['bare', 'eth0', true],
    ]);
    expect(view.links.map((link) => link.name)).toEqual(['eth0']);
    await suite.kube.kubectl('delete', 'pod', 'plain');
    expect(await suite.leftovers()).toEqual([]);
  });
});

describe('a pod with a bridge chain, a macvlan and a ptp network', () => {
  it('has the interfaces, addresses, MACs and routes that its network-status says', async () => {
    const { pod, view } = await start('first');
    const status = networkStatus(pod);
    expect(status.map((entry) => [entry.name, entry.interface])).toEqual([
      ['bare', 'eth0'],
      ['networks/bridged', 'net1'],
      ['networks/lan', 'net2'],
      ['networks/line', 'net3'],
    ]);
    expect(view.links.map((link) => link.kind)).toEqual(['veth', 'veth', 'macvlan', 'veth']);
    expect(linkOf(view.links, 'net2').mac).toBe(mac);
    expect(linkOf(view.links, 'net3').mtu).toBe(1300);
    // Addresses are those that IPAM has given out, of the network that the status names.
    for (const entry of status) {
      expect(reservedAddresses(suite.cluster.node('node1'), entry.name.split('/').at(-1) ?? '')).toEqual(
        expect.arrayContaining([...(entry.ips ?? [])]),
      );
    }
    const gateways = view.routes.filter((route) => route.dst === '0.0.0.0/0');
    expect(gateways.map((route) => route.dev)).toEqual(['eth0']);
    expect(view.routes).toContainEqual(expect.objectContaining({ dst: '10.99.0.0/16', dev: 'net3' }));
    expect(await suite.kube.exec('first', 'cat', '/proc/sys/net/core/somaxconn')).toBe('512\n');
    expect(networksReady(pod)).toMatchObject({ status: 'True' });
  });

  it('is torn down without a trace', async () => {
    expect(nodesSnapshot(suite.cluster).lines).not.toEqual(suite.before.lines);
    await suite.kube.kubectl('delete', 'pod', 'first');
    expect(await suite.leftovers()).toEqual([]);
  });

  it('is torn down without a trace by the runtime, with agents, kubelet and API server away [CNI-076]', async () => {
    const { pod } = await start('second');
    const node = suite.cluster.node('node1');
    await stopAgents(suite.cluster);
    try {
      const still = [{ program: 'kube-apiserver' }, { program: 'kubelet', node: node.name }] as const;
      await whileFrozen(suite.cluster, still, async () => {
        const [sandbox = ''] = await sandboxesOf(node, pod);
        await node.exec(['crictl', 'stopp', sandbox]);
        // The agents' own traces went with them and come back with them; the pod's are to be gone now.
        expect(await suite.leftovers()).toEqual([]);
        await node.exec(['crictl', 'rmp', sandbox]);
      });
      await suite.kube.kubectl('delete', 'pod', 'second', '--force', '--grace-period=0');
    } finally {
      await startAgents(suite.cluster);
    }
    expect(await suite.leftovers()).toEqual([]);
  });
});
