import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cluster } from '../../hack/cluster/cluster.ts';
import type { ClusterNode } from '../../hack/cluster/node.ts';
import { linkOrEmpty } from '../harness/audit/proc.ts';
import { sharedCluster } from './clusters.ts';
import { reportFailures } from './failure-report.ts';
import { KubeNamespace } from './kube-namespace.ts';

let cluster: Cluster;
let node1: ClusterNode;
let node2: ClusterNode;

reportFailures(() => cluster);
beforeAll(async () => {
  cluster = await sharedCluster();
  [node1, node2] = [cluster.node('node1'), cluster.node('node2')];
});

/** Every path of the host that weft, its delegates or its runtime write to. */
const hostPaths: readonly string[] = [
  '/var/lib/weft',
  '/run/weft',
  '/etc/cni/net.d',
  '/opt/cni/bin',
  '/var/lib/cni',
  '/run/netns',
  '/var/lib/kubelet',
  // Not /var/log/pods: kubelet removes what it does not know there.
  '/var/log',
];
const marker = 'weft-e2e-marker';

function inNode(node: ClusterNode, script: string): Promise<string> {
  return node.exec(['sh', '-ec', script]);
}

/** Device and inode; '' where there is nothing. */
function identityHere(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? '' : `${stat.dev}:${stat.ino}`;
}

describe('every host path that weft uses', () => {
  let kube: KubeNamespace;
  beforeAll(async () => {
    kube = await KubeNamespace.create(cluster, 'host-paths');
    for (const node of [node1, node2]) {
      for (const path of hostPaths) {
        await inNode(node, `mkdir -p ${path}; echo ${node.name} >${path}/${marker}`);
      }
    }
  });
  afterAll(async () => {
    await kube?.remove();
    for (const node of [node1, node2]) {
      await inNode(node, `rm -f ${hostPaths.map((path) => join(path, marker)).join(' ')}`);
    }
  });

  it.each(hostPaths)('is private to each node: %s', async (path) => {
    for (const node of [node1, node2]) {
      expect(await inNode(node, `cat ${path}/${marker}`)).toBe(`${node.name}\n`);
    }
    expect(existsSync(join(path, marker))).toBe(false);
    const inside = await Promise.all(
      [node1, node2].map(async (node) => (await inNode(node, `stat -c %d:%i ${path}`)).trim()),
    );
    expect(new Set([...inside, identityHere(path)]).size).toBe(3);
  });

  it('is seen by the harness where it says', () => {
    for (const node of [node1, node2]) {
      const { varLibWeft, varLibCni, etcCniNetd, optCniBin, runWeft } = node.paths;
      for (const path of [varLibWeft, varLibCni, etcCniNetd, optCniBin, runWeft]) {
        expect(readFileSync(join(path, marker), 'utf8')).toBe(`${node.name}\n`);
      }
    }
  });

  it('is what a pod sees that mounts it, as the agent will', async () => {
    for (const node of [node1, node2]) {
      const mounts = Object.fromEntries(hostPaths.map((path) => [`/host${path}`, path]));
      await kube.serve(node.name, { node: node.name, hostPaths: mounts });
      for (const path of hostPaths) {
        expect(await kube.exec(node.name, 'cat', `/host${path}/${marker}`)).toBe(`${node.name}\n`);
      }
    }
  });
});

describe('a node', () => {
  it('has network, mount, process and host-name namespaces of its own', async () => {
    for (const kind of ['net', 'mnt', 'pid', 'uts']) {
      const of = async (node: ClusterNode): Promise<string> =>
        (await node.exec(['readlink', `/proc/self/ns/${kind}`])).trim();
      const all = [await of(node1), await of(node2), linkOrEmpty(`/proc/self/ns/${kind}`)];
      expect(new Set(all).size, `${kind}: ${all.join(' ')}`).toBe(3);
    }
    expect(await node1.exec(['hostname'])).toBe('node1\n');
  });

  it('says which command failed inside it, with what it printed', async () => {
    const failing = node1.exec(['sh', '-c', 'echo the complaint >&2; exit 3']);
    await expect(failing).rejects.toThrow(/sh .*3.*the complaint/s);
  });
});

/** The parts of `ip -j -d addr show` that count here. */
interface LinkView {
  readonly ifname: string;
  readonly master?: string;
  readonly flags: readonly string[];
  readonly linkinfo?: { readonly info_kind?: string };
  readonly addr_info: readonly unknown[];
}

async function linkOf(node: ClusterNode, name: string): Promise<LinkView> {
  const links = JSON.parse(await node.exec(['ip', '-j', '-d', 'addr', 'show', 'dev', name])) as LinkView[];
  const [link] = links.filter((candidate) => candidate.ifname === name);
  if (link === undefined) throw new Error(`${node.name} has no ${name}`);
  return link;
}

describe('the LAN', () => {
  it('is reached by eth1, which is free, and by eth2, which is in br-lan; none has an address', async () => {
    for (const node of [node1, node2]) {
      const [eth1, eth2, bridge] = await Promise.all(
        ['eth1', 'eth2', 'br-lan'].map((name) => linkOf(node, name)),
      );
      expect(eth1?.master).toBeUndefined();
      expect(eth2?.master).toBe('br-lan');
      expect(bridge?.linkinfo?.info_kind).toBe('bridge');
      for (const link of [eth1, eth2, bridge]) {
        expect(link?.flags).toContain('UP');
        expect(link?.addr_info).toEqual([]);
      }
    }
  });

  it('carries traffic between br-lan of one node and br-lan and a macvlan on eth1 of the other', async () => {
    const steps: readonly (readonly [ClusterNode, string, string])[] = [
      [node1, 'ip addr add 192.0.2.1/24 dev br-lan', 'ip addr del 192.0.2.1/24 dev br-lan'],
      [node2, 'ip addr add 192.0.2.2/24 dev br-lan', 'ip addr del 192.0.2.2/24 dev br-lan'],
      [
        node2,
        // In a namespace of its own, as a pod has it: two addresses of one subnet in one namespace confuse ARP.
        `ip netns add weft-e2e-lan
         ip link add lan0 link eth1 netns weft-e2e-lan type macvlan mode bridge
         ip -n weft-e2e-lan addr add 192.0.2.3/24 dev lan0
         ip -n weft-e2e-lan link set lan0 up`,
        'ip netns del weft-e2e-lan',
      ],
    ];
    const undo: (() => Promise<string>)[] = [];
    try {
      for (const [node, make, remove] of steps) {
        undo.unshift(() => inNode(node, remove));
        await inNode(node, make);
      }
      for (const address of ['192.0.2.2', '192.0.2.3']) {
        expect(await node1.exec(['ping', '-c', '3', '-W', '3', '-i', '0.2', address])).toContain(
          ' 0% packet loss',
        );
      }
    } finally {
      for (const step of undo) await step();
    }
  });
});
