import { type DemoPod, demoNamespace, demoNetworks, wantedAddress } from './cluster-networks.ts';
import type { Attached, PodInterface } from './pod-interfaces.ts';

/** A pod as it runs, from both sides. */
export interface RunningPod {
  readonly pod: DemoPod;
  /** What network-status says, in its order. */
  readonly attached: readonly Attached[];
  /** What is in its network namespace, without the loopback. */
  readonly kernel: readonly PodInterface[];
}

/** What network-status says, a line an interface: name, network, addresses. */
export function statusLines(attached: readonly Attached[]): readonly string[] {
  return attached.map(({ name, network, ips }) => `${name} ${network} ${ips.join(',')}`);
}

/** What these lines must be: the default network first, wherever it has its address from, then what the pod asked for. */
export function wantedLines({ pod, attached }: RunningPod): readonly string[] {
  const [first] = attached;
  const isDefault = first?.isDefault === true && first.name === 'eth0' && first.ips.length > 0;
  return [
    ...(isDefault ? statusLines([first]) : ['eth0 (the default network, with an address)']),
    ...demoNetworks.map((network) => {
      const [address] = wantedAddress(pod, network).split('/');
      return `${network.interface} ${demoNamespace}/${network.name} ${address}`;
    }),
  ];
}

/** A ping that the demo sends. */
export interface Meeting<T extends RunningPod> {
  readonly from: T;
  readonly to: T;
  /** The interface that it leaves by. */
  readonly near: Attached;
  /** The interface that it arrives at. */
  readonly far: Attached;
}

/** Every two pods on different nodes, over each additional network that both have. */
export function meetings<T extends RunningPod>(pods: readonly T[]): readonly Meeting<T>[] {
  const pairs = pods.flatMap((from, index) => pods.slice(index + 1).map((to) => ({ from, to })));
  return pairs
    .filter(({ from, to }) => from.pod.node !== to.pod.node)
    .flatMap(({ from, to }) =>
      from.attached
        .filter((near) => !near.isDefault)
        .flatMap((near) => {
          const far = to.attached.find(({ network }) => network === near.network);
          return far === undefined ? [] : [{ from, to, near, far }];
        }),
    );
}
