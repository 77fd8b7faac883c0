import { createHash } from 'node:crypto';
import type { NetworkAttachmentDefinition } from '../../../src/api/network-attachment-definition.ts';
import { defaultWeftConfig, type WeftConfigSpec } from '../../../src/api/weft-config.ts';
import { parseNetwork } from '../../../src/cni/network-list.ts';
import type { Snapshot } from '../../../src/resolve/snapshot.ts';

/** What a test says of a snapshot; the rest is a node with a bridge as default network and a pod `ns1/pod-a`. */
export interface SnapshotParts {
  /** Value of the networks annotation: text, or the elements of the JSON form. */
  readonly networks?: string | readonly object[];
  /** `namespace/name` → configuration; undefined stands for a NAD without one. */
  readonly nads?: Readonly<Record<string, string | object | undefined>>;
  readonly config?: Partial<WeftConfigSpec>;
  /** The received runtimeConfig, values as JSON values. */
  readonly runtimeConfig?: Readonly<Record<string, unknown>>;
  readonly ifname?: string;
}

export const defaultConfig: string = JSON.stringify({
  name: 'cbr0',
  cniVersion: '1.0.0',
  plugins: [
    { type: 'bridge', capabilities: { ips: true, 'io.kubernetes.cri.pod-annotations': true } },
    { type: 'portmap', capabilities: { portMappings: true } },
  ],
});

export function snapshotOf(parts: SnapshotParts, rest: Partial<Snapshot> = {}): Snapshot {
  const nads = new Map(Object.entries(parts.nads ?? {}).map(([key, config]) => [key, nadOf(key, config)]));
  return {
    request: {
      containerId: 'c1',
      netns: '/run/netns/a',
      ifname: parts.ifname ?? 'eth0',
      cniVersion: '1.0.0',
      runtimeConfig: new Map(
        Object.entries(parts.runtimeConfig ?? {}).map(([key, value]) => [key, JSON.stringify(value)]),
      ),
    },
    pod: { namespace: 'ns1', name: 'pod-a', uid: 'u1' },
    annotations: annotationsOf(parts.networks),
    networks: (namespace, name) => nads.get(`${namespace}/${name}`),
    files: [],
    defaultNetwork: parseNetwork(defaultConfig, 'the default network'),
    config: { ...defaultWeftConfig(), ...parts.config },
    sha256: (text) => createHash('sha256').update(text).digest('hex'),
    ...rest,
  };
}

function annotationsOf(networks: SnapshotParts['networks']): Readonly<Record<string, string>> {
  if (networks === undefined) return { other: 'x' };
  const text = typeof networks === 'string' ? networks : JSON.stringify(networks);
  return { 'k8s.v1.cni.cncf.io/networks': text };
}

function nadOf(key: string, config: string | object | undefined): NetworkAttachmentDefinition {
  const [namespace = '', name = ''] = key.split('/');
  if (config === undefined) return { metadata: { namespace, name } };
  const text = typeof config === 'string' ? config : JSON.stringify(config);
  return { metadata: { namespace, name }, spec: { config: text } };
}
