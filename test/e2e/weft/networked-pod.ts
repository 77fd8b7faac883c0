import { toolsImage } from '../clusters.ts';

/** Exit status of a container that found an interface missing when it started. */
export const withoutNetworks = 41;

/** A pod that asks for networks. */
export interface NetworkedPod {
  /** Elements of the annotation; absent: it asks for nothing. */
  readonly networks?: readonly object[];
  /** Interfaces that its container demands; absent: net1, net2, … as many as there are networks. */
  readonly demands?: readonly string[];
  /** Absent: wherever the scheduler puts it. */
  readonly node?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Port of the node that leads to its port 8080 over the default network. */
  readonly hostPort?: number;
  /** What its container asks for, and gets no more than. */
  readonly limits?: Readonly<Record<string, string>>;
  /** Default Never: a container that started without its networks stays to be seen as the pod's phase Failed. */
  readonly restartPolicy?: 'Always' | 'Never';
}

/**
 * What its first container does first is to look whether every demanded interface has an address: nothing that starts
 * without its networks can go unseen, however short it was so.
 */
export function networkedPod(name: string, wanted: NetworkedPod = {}): object {
  return { apiVersion: 'v1', kind: 'Pod', ...podTemplate(wanted, name) };
}

/** The same for the template of a Deployment or StatefulSet. */
export function podTemplate(wanted: NetworkedPod, name?: string): object {
  const { networks = [], labels = {} } = wanted;
  return {
    metadata: {
      ...(name === undefined ? {} : { name }),
      labels,
      ...(networks.length === 0
        ? {}
        : { annotations: { 'k8s.v1.cni.cncf.io/networks': JSON.stringify(networks) } }),
    },
    spec: {
      ...(wanted.node === undefined ? {} : { nodeName: wanted.node }),
      restartPolicy: wanted.restartPolicy ?? 'Never',
      terminationGracePeriodSeconds: 1,
      // Hundreds of them start: one file system and one token less to mount for each.
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      containers: [container(wanted)],
    },
  };
}

function container(wanted: NetworkedPod): object {
  const demands = wanted.demands ?? (wanted.networks ?? []).map((_, index) => `net${index + 1}`);
  const look = `ip -4 -o addr show dev $interface | grep -q 'inet ' || exit ${withoutNetworks}`;
  const script = [
    // A shell without a handler that is the first process of its namespace does not hear SIGTERM.
    "trap 'exit 0' TERM",
    ...(demands.length === 0 ? [] : [`for interface in ${demands.join(' ')}; do ${look}; done`]),
    'sleep 100000 & wait',
  ];
  return {
    name: 'main',
    image: toolsImage,
    imagePullPolicy: 'Never',
    command: ['sh', '-c', script.join('\n')],
    ...(wanted.limits === undefined ? {} : { resources: { limits: wanted.limits } }),
    ...(wanted.hostPort === undefined ? {} : { ports: [{ containerPort: 8080, hostPort: wanted.hostPort }] }),
  };
}
