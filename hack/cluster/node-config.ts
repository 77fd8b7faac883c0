import { join } from 'node:path';
import { type NodeAddresses, network } from './addresses.ts';
import { argumentLines } from './control-plane.ts';
import { cgroupName } from './identity.ts';
import type { Layout, NodeLayout } from './layout.ts';

/** Images that every node has, from hack/toolchain/images.sh. */
const pauseImage = 'localhost/weft-pause:dev';

/** Where kubelet looks for static pods, below the node's /var/lib. */
export const staticPodsDir = 'kubelet/static-pods';

/** How containerd keeps images: `native` copies, for file systems that cannot carry an overlay. */
export type Snapshotter = 'overlayfs' | 'native';

/** Files of a node's directory, by name: components' arguments, one a line, and their configurations. */
export function nodeFiles(
  id: string,
  layout: Layout,
  node: NodeLayout,
  addresses: NodeAddresses,
  snapshotter: Snapshotter,
): Readonly<Record<string, string>> {
  const file = (name: string): string => join(node.dir, name);
  return {
    'containerd.args': argumentLines(['containerd', `--config=${file('containerd.toml')}`]),
    'containerd.toml': containerdConfig(snapshotter),
    'kubelet.args': argumentLines([
      'kubelet',
      `--config=${file('kubelet.json')}`,
      `--kubeconfig=${join(layout.pki, `${addresses.name}.kubeconfig`)}`,
      `--hostname-override=${addresses.name}`,
      `--node-ip=${addresses.address}`,
    ]),
    'kubelet.json': json(kubeletConfig(id, layout, addresses.name)),
    'kube-proxy.args': argumentLines(['kube-proxy', `--config=${file('kube-proxy.json')}`]),
    'kube-proxy.json': json(proxyConfig(layout, addresses.name)),
  };
}

function containerdConfig(snapshotter: Snapshotter): string {
  return `version = 3
root = "/var/lib/containerd"
state = "/run/containerd"
[grpc]
address = "/run/containerd/containerd.sock"
[plugins.'io.containerd.cri.v1.images']
snapshotter = "${snapshotter}"
[plugins.'io.containerd.cri.v1.images'.pinned_images]
sandbox = "${pauseImage}"
[plugins.'io.containerd.cri.v1.runtime']
# Without CAP_SYS_RESOURCE runc cannot lower it and fails with "can't get final child's PID from pipe: EOF".
restrict_oom_score_adj = true
disable_apparmor = true
[plugins.'io.containerd.cri.v1.runtime'.cni]
bin_dirs = ["/opt/cni/bin"]
conf_dir = "/etc/cni/net.d"
max_conf_num = 1
`;
}

/** KubeletConfiguration; the defaults of a cluster that kubeadm made, unless a comment says why not. */
function kubeletConfig(id: string, layout: Layout, node: string): object {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: join(layout.pki, 'ca.crt') },
    },
    authorization: { mode: 'Webhook' },
    tlsCertFile: join(layout.pki, `${node}-serving.crt`),
    tlsPrivateKeyFile: join(layout.pki, `${node}-serving.key`),
    containerRuntimeEndpoint: 'unix:///run/containerd/containerd.sock',
    clusterDNS: [network.dnsService],
    clusterDomain: network.dnsDomain,
    resolvConf: '/etc/resolv.conf',
    // Not kubeadm's /etc/kubernetes/manifests: what a developer's machine has there shows through.
    staticPodPath: `/var/lib/${staticPodsDir}`,
    // There is no systemd inside, and each node must stay within a group of its own.
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${cgroupName(id)}/${node}`,
    enforceNodeAllocatable: [],
    // Refused by default since 1.35; developers' machines still have it.
    failCgroupV1: false,
    failSwapOn: false,
    // 254 addresses; the design speaks of 250 pods.
    maxPods: 250,
    // cAdvisor does not find the device of the root file system from in here.
    localStorageCapacityIsolation: false,
    // Nothing can be fetched again here, so no image may be thrown away because the developer's disk is full.
    imageGCHighThresholdPercent: 100,
    evictionHard: { 'memory.available': '50Mi' },
  };
}

function proxyConfig(layout: Layout, node: string): object {
  return {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    mode: 'nftables',
    clientConnection: { kubeconfig: join(layout.pki, 'kube-proxy.kubeconfig') },
    hostnameOverride: node,
    clusterCIDR: network.podCidr,
    // Connection tracking is sized in the machine's first network namespace only.
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
  };
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
