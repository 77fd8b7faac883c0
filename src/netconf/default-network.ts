import type { NetworkList } from '../cni/network-list.ts';
import { WeftError } from '../errors/weft-error.ts';
import {
  type ConfDirectory,
  type FileNetwork,
  malformedWarnings,
  readConfDirectory,
} from './conf-directory.ts';
import type { ConfFile } from './conf-file.ts';
import { metaPluginIn, refuseMetaPlugin } from './meta-plugin.ts';
import type { FoundNetwork } from './network-of.ts';

/** How many file names a message lists. */
const listed = 6;

/**
 * Chooses the cluster default network among the files of the runtime's configuration directory (DESIGN §3.6): the one
 * of that CNI name, of several the first in the order of look-up; or without a name the only one that is left after
 * loopback-only configurations and chains with a meta-plugin.
 *
 * A configuration without cniVersion speaks 0.1.0 here, as it did under the runtime before weft came.
 * DefaultNetworkMissing, or DefaultNetworkAmbiguous with the names.
 */
export function chooseDefaultNetwork(files: readonly ConfFile[], name?: string): FoundNetwork {
  const directory = readConfDirectory(files);
  const usable = directory.networks.filter(({ network }) => metaPluginIn(network) === undefined);
  const candidates =
    name === undefined
      ? usable.filter((candidate) => !isLoopbackOnly(candidate))
      : usable.filter(({ network }) => network.name === name).slice(0, 1);
  const [chosen, ...others] = candidates;
  if (chosen === undefined) throw missing(directory, name);
  if (others.length > 0) throw ambiguous(candidates);
  return { network: chosen.network, warnings: malformedWarnings(directory) };
}

/** The network of a file that was named itself. NetworkInvalid, InvalidJson or IncompatibleVersion name the file. */
export function networkInFile(file: ConfFile): NetworkList {
  const { networks, malformed } = readConfDirectory([file]);
  const [found] = networks;
  if (found === undefined) throw malformed[0]?.error ?? new WeftError('NetworkInvalid', { cause: file.name });
  refuseMetaPlugin(found.network);
  return found.network;
}

function isLoopbackOnly({ network }: FileNetwork): boolean {
  return network.plugins.every(({ type }) => type === 'loopback');
}

function missing(directory: ConfDirectory, name: string | undefined): WeftError {
  const what =
    name === undefined
      ? 'no usable configuration is in the CNI configuration directory'
      : (refusedName(directory, name) ?? 'no configuration in the CNI configuration directory has this name');
  const [broken] = directory.malformed;
  return new WeftError('DefaultNetworkMissing', {
    network: name,
    step: 'choose the default network',
    cause: broken === undefined ? what : `${what}; ${broken.error.failure.cause}`,
  });
}

/** Why the configuration of that name is not taken: it is easy to name the one of Multus by mistake. */
function refusedName(directory: ConfDirectory, name: string): string | undefined {
  const refused = directory.networks.find(({ network }) => network.name === name);
  const type = refused === undefined ? undefined : metaPluginIn(refused.network);
  return type === undefined
    ? undefined
    : `${refused?.file} has this name, but its chain holds the plugin "${type}"`;
}

function ambiguous(candidates: readonly FileNetwork[]): WeftError {
  const names = candidates.slice(0, listed).map(({ file, network }) => `${network.name} (${file})`);
  const more = candidates.length > listed ? ` and ${candidates.length - listed} more` : '';
  return new WeftError('DefaultNetworkAmbiguous', {
    step: 'choose the default network',
    cause: `several configurations could be it: ${names.join(', ')}${more}`,
  });
}
