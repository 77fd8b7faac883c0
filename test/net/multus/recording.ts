import { Buffer } from 'node:buffer';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NetworkStatus } from '../fixture.ts';
import type { PodCase } from './cases.ts';
import type { ApiPod } from './multus-bench.ts';
import type { MultusFiles } from './multus-files.ts';

/** A file for each place and kind of Multus, each with its recordings by pod case. */
export const recordedDir: string = join(import.meta.dirname, '../../fixtures/multus/recorded');

/** All that was recorded: `place and kind: pod case`, the pod case, the recording. */
export function allRecordings(): readonly (readonly [title: string, pod: string, recording: Recording])[] {
  return readdirSync(recordedDir).flatMap((file) => {
    const text = readFileSync(join(recordedDir, file), 'utf8');
    const byPod = Object.entries(JSON.parse(text) as Record<string, Recording>);
    return byPod.map(([pod, one]) => [`${file.replace('.json', '')}: ${pod}`, pod, one] as const);
  });
}

/** What Multus 4.3.0 left on the node and in the API for one pod. */
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
  /** Texts of the attachments' device information files by interface, where there are any. */
  readonly deviceInfo?: Readonly<Record<string, string>>;
}

/** The same with names that do not change from run to run; addresses and MACs stay as they were. */
export function recordingOf(
  one: PodCase,
  pod: Pick<ApiPod, 'name' | 'containerId' | 'netns' | 'args'>,
  files: MultusFiles,
  status: readonly NetworkStatus[],
): Recording {
  const { ipamDir, deviceInfo } = files;
  const stable = (text: string): string =>
    text
      .replaceAll(pod.containerId, 'c0ffee')
      .replaceAll(pod.netns, '/run/netns/pod')
      .replaceAll(pod.name, 'pod')
      .replaceAll(ipamDir, '/var/lib/cni/networks')
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
    ...(deviceInfo === undefined ? {} : { deviceInfo }),
  };
}
