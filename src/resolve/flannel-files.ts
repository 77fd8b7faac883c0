import type { DelegateStep, PluginCall } from '../attachment/plan.ts';
import { parseJson } from '../cni/json.ts';
import { editObject, members } from '../cni/splice.ts';

const type = 'flannel';

/** Where it keeps its files unless told. */
const usualDirectory = '/var/lib/cni/flannel';

/**
 * The plugin flannel keeps what it gave to its own delegate in a file that is named after the sandbox alone (meta/flannel
 * v0.9.1, saveScratchNetConf). Of two in one sandbox the second overwrites the first's file, the first DEL removes it, and what
 * the other one made stays for ever. So each but the first in a directory gets one of its own below: `DIRECTORY/INTERFACE`.
 * It is in the record, so DEL looks there too. All else stays as it is, in the same order.
 */
export function withOwnFlannelFiles(steps: readonly DelegateStep[]): readonly DelegateStep[] {
  const count = steps.flatMap(({ plugins }) => plugins).filter((call) => call.type === type).length;
  if (count < 2) return steps;
  const taken = new Set<string>();
  return steps.map((step) => ({
    ...step,
    plugins: step.plugins.map((call) => (call.type === type ? withOwnFiles(call, step.ifname, taken) : call)),
  }));
}

function withOwnFiles(call: PluginCall, ifname: string, taken: Set<string>): PluginCall {
  const directory = directoryIn(call.config);
  const own = taken.has(directory) ? `${directory}/${ifname}` : directory;
  taken.add(own);
  if (own === directory) return call;
  const { config, gcConfig } = call;
  return {
    ...call,
    config: withDirectory(config, own),
    ...(gcConfig !== undefined && { gcConfig: withDirectory(gcConfig, own) }),
  };
}

function directoryIn(config: string): string {
  const text = members(config).findLast(({ key }) => isDirectoryKey(key))?.value;
  const value = text === undefined ? '' : parseJson(text, 'dataDir');
  return typeof value === 'string' && value !== '' ? value.replace(/\/+$/, '') : usualDirectory;
}

function withDirectory(config: string, directory: string): string {
  return editObject(config, {
    set: new Map([['dataDir', JSON.stringify(directory)]]),
    remove: isDirectoryKey,
  });
}

/** Go's encoding/json takes a key in any case. */
function isDirectoryKey(key: string): boolean {
  return key.toLowerCase() === 'datadir';
}
