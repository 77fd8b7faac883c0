import type { RawObject } from '../../../src/kube/raw-object.ts';
import { configHash } from '../../../src/netconf/config-hash.ts';

const networksKey = 'k8s.v1.cni.cncf.io/networks';
const statusKey = 'k8s.v1.cni.cncf.io/network-status';
const hashesKey = 'weft.dev/network-hashes';

export const macvlan = '{"cniVersion":"1.0.0","type":"macvlan","master":"eth0","ipam":{"type":"dhcp"}}';

/** As the annotation has it. */
export function hashes(of: Readonly<Record<string, string>>): string {
  const short = Object.entries(of).map(([network, config]) => [network, configHash(config).slice(0, 16)]);
  return JSON.stringify(Object.fromEntries(short));
}

/** What a test says of a pod. */
export interface SaidPod {
  readonly namespace?: string;
  readonly asks?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly has?: readonly object[] | string;
  readonly hashes?: string;
  readonly condition?: object;
  readonly spec?: object;
  readonly phase?: string;
  readonly deleting?: boolean;
}

/** A pod as the API serves it. */
export function pod(name: string, said: SaidPod = {}): RawObject {
  const { has } = said;
  return {
    metadata: {
      name,
      namespace: said.namespace ?? 'team',
      resourceVersion: '1',
      creationTimestamp: '2026-01-01T00:00:00Z',
      ...(said.deleting && { deletionTimestamp: '2026-01-01T00:00:00Z' }),
      annotations: {
        ...said.annotations,
        ...(said.asks !== undefined && { [networksKey]: said.asks }),
        ...(has !== undefined && { [statusKey]: typeof has === 'string' ? has : JSON.stringify(has) }),
        ...(said.hashes !== undefined && { [hashesKey]: said.hashes }),
      },
    },
    spec: { nodeName: 'n1', ...said.spec },
    status: {
      phase: said.phase ?? 'Running',
      conditions: said.condition === undefined ? [] : [said.condition],
    },
  };
}

/** A NetworkAttachmentDefinition as the API serves it. */
export function nad(name: string, config: string | undefined, namespace = 'team'): RawObject {
  return {
    apiVersion: 'k8s.cni.cncf.io/v1',
    kind: 'NetworkAttachmentDefinition',
    metadata: { name, namespace, resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: config === undefined ? {} : { config },
  };
}
