import { base64FromText } from '../cni/base64.ts';
import { withRuntimeConfig } from '../cni/request-config.ts';
import { attachmentInfoFile } from './device-info-paths.ts';
import { type DelegateStep, hasDeviceInfo } from './plan.ts';
import type { AttachmentRecord } from './record.ts';
import { type Undo, undosOf } from './teardown.ts';

/** A file by its name in its directory. */
export interface NamedText {
  readonly name: string;
  readonly text: string;
}

/** What Multus has to find to undo a sandbox's attachments. */
export interface MultusFiles {
  /** `<cniDir>/<containerID>`: the delegates in order of ADD. */
  readonly scratch: NamedText;
  /** `<cniDir>/results/…`: libcni's cache, from which DEL takes `prevResult`; for attachments whose result is known. */
  readonly results: readonly NamedText[];
}

/**
 * The record as Multus would have written it down: what may still exist of it. Each attachment is a list with its
 * interface named, whatever it was, so that Multus neither counts interfaces nor fills in a version, at which it drops
 * the plugins' own keys (4.3.0, CmdDel). Capabilities were resolved at ADD: their values stand in `runtimeConfig`.
 */
export function multusFilesOf(record: AttachmentRecord): MultusFiles {
  const { containerId } = record.sandbox;
  const undos = undosOf(record).toReversed();
  return {
    scratch: { name: containerId, text: `[${undos.map((undo) => delegateOf(record, undo)).join(',')}]` },
    results: undos.flatMap((undo) => (undo.result === undefined ? [] : [entryOf(record, undo, undo.result)])),
  };
}

/** A DelegateNetConf. `ConfList` is there to be counted: with a plugin in it Multus takes `Bytes` for a list. */
function delegateOf(record: AttachmentRecord, { step }: Undo): string {
  const { cniVersion, networkName: name } = step;
  const plugins = step.plugins.map(({ type }) => ({ type, ipam: {} }));
  return JSON.stringify({
    Conf: { cniVersion, name, ipam: {} },
    ConfList: { cniVersion, name, plugins },
    Name: step.network,
    ifnameRequest: step.ifname,
    // With it Multus removes the attachment's device information file.
    ...(hasDeviceInfo(step) ? { deviceID: step.device?.id ?? 'none' } : {}),
    IsFilterV4Gateway: false,
    IsFilterV6Gateway: false,
    Bytes: base64FromText(listOf(record, step)),
  });
}

/** The chain as a configuration list, every plugin byte for byte as ADD had it. */
function listOf(record: AttachmentRecord, step: DelegateStep): string {
  const plugins = step.plugins.map((call) => {
    if (call.deviceInfoFile !== true) return call.config;
    const path = attachmentInfoFile(record.deviceInfoDir, record.sandbox.containerId, step);
    return withRuntimeConfig(call.config, 'CNIDeviceInfoFile', JSON.stringify(path));
  });
  const head = JSON.stringify({ cniVersion: step.cniVersion, name: step.networkName });
  return `${head.slice(0, -1)},"plugins":[${plugins.join(',')}]}`;
}

/** libcni's cachedInfo. The name is what it looks for; it is not unique in principle, and libcni has no other. */
function entryOf(record: AttachmentRecord, undo: Undo, result: string): NamedText {
  const { step } = undo;
  const { containerId, netns } = record.sandbox;
  const entry = {
    kind: 'cniCacheV1',
    containerId,
    config: base64FromText(listOf(record, step)),
    ifName: step.ifname,
    networkName: step.networkName,
    netns,
    cniArgs: pairsOf(undo.cniArgs ?? record.cniArgs),
  };
  return {
    name: `${step.networkName}-${containerId}-${step.ifname}`,
    text: `${JSON.stringify(entry).slice(0, -1)},"result":${result.trim()}}`,
  };
}

/** `K8S_POD_NAME=a;…` to `[["K8S_POD_NAME","a"],…]`. */
function pairsOf(cniArgs: string): readonly (readonly [string, string])[] {
  return cniArgs.split(';').flatMap((arg): readonly (readonly [string, string])[] => {
    const equals = arg.indexOf('=');
    return equals < 1 ? [] : [[arg.slice(0, equals), arg.slice(equals + 1)]];
  });
}
