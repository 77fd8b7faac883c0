import { Buffer } from 'node:buffer';
import type { TestNode } from '../../harness/sandbox.ts';
import type { NetworkStatus } from '../fixture.ts';
import type { PodCase } from './cases.ts';
import type { ApiPod, MultusFiles } from './multus-bench.ts';

/** What Multus 4.3.0 left on the node and in the API for one pod, as test/fixtures/multus keeps it. */
export interface Recording extends PodCase {
  /** CNI_CONTAINERID, CNI_NETNS and CNI_ARGS of the ADD. */
  readonly containerId: string;
  readonly netns: string;
  readonly args: string;
  /** Text of the scratch file. */
  readonly scratch: string;
  /** Texts of libcni's cache by file name. */
  readonly results: Readonly<Record<string, string>>;
  readonly status: readonly NetworkStatus[];
}

/** The same with names that do not change from run to run; addresses and MACs stay as they were. */
export function recordingOf(
  node: TestNode,
  one: PodCase,
  pod: ApiPod,
  files: MultusFiles,
  status: readonly NetworkStatus[],
): Recording {
  const stable = (text: string): string =>
    text
      .replaceAll(pod.containerId, 'c0ffee')
      .replaceAll(pod.netns, '/run/netns/pod')
      .replaceAll(pod.name, 'pod')
      .replaceAll(node.dirs.ipam, '/var/lib/cni/networks')
      .replaceAll(/K8S_POD_UID(=|",")[0-9a-f-]{36}/g, 'K8S_POD_UID$1uid');
  const inside = (text: string): string =>
    stable(text).replaceAll(/"(config|Bytes)":"([A-Za-z0-9+/=]+)"/g, (_, key: string, encoded: string) => {
      const decoded = stable(Buffer.from(encoded, 'base64').toString());
      return `"${key}":"${Buffer.from(decoded).toString('base64')}"`;
    });
  const results = Object.entries(files.results).map(([name, text]) => [stable(name), inside(text)]);
  return {
    ...one,
    containerId: 'c0ffee',
    netns: '/run/netns/pod',
    args: stable(pod.args),
    scratch: inside(files.scratch ?? ''),
    results: Object.fromEntries(results) as Record<string, string>,
    status,
  };
}
