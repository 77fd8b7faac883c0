import type { NetworkAttachmentDefinition } from '../api/network-attachment-definition.ts';
import { type NetworkList, parseNetwork } from '../cni/network-list.ts';
import { asWeftError, WeftError } from '../errors/weft-error.ts';
import { type ConfDirectory, malformedWarnings, readConfDirectory } from './conf-directory.ts';
import type { ConfFile } from './conf-file.ts';
import { metaPluginIn, refuseMetaPlugin } from './meta-plugin.ts';

/** A network and what was met on the way to it. */
export interface FoundNetwork {
  readonly network: NetworkList;
  /** Plain sentences. */
  readonly warnings: readonly string[];
}

/**
 * What was read before, on the objects that it was read from: they never change, and their sources give the same ones
 * for as long as the bytes are the same. Reading a network costs more than all else that a plan needs. One version
 * each, because a node has one.
 */
const inlineRead = new WeakMap<NetworkAttachmentDefinition, Read<NetworkList>>();
const filesRead = new WeakMap<readonly ConfFile[], Read<ConfDirectory>>();

interface Read<T> {
  readonly cniVersion: string;
  readonly value: T;
}

/**
 * The CNI network that a NAD stands for: its own configuration, or where that is empty the file whose JSON name is
 * the NAD's name (NPWG-020). `cniVersion` is taken where the configuration names none (NPWG-324).
 *
 * NetworkNotFound where no file has the name; NetworkInvalid, InvalidJson or IncompatibleVersion where the
 * configuration cannot be used. All name the NAD.
 */
export function networkOf(
  nad: NetworkAttachmentDefinition,
  files: readonly ConfFile[],
  cniVersion: string,
): FoundNetwork {
  try {
    const config = nad.spec?.config ?? '';
    return config === '' ? fromFiles(nad.metadata.name, files, cniVersion) : inline(nad, config, cniVersion);
  } catch (error) {
    throw asWeftError(error).within({ network: `${nad.metadata.namespace}/${nad.metadata.name}` });
  }
}

function inline(nad: NetworkAttachmentDefinition, config: string, cniVersion: string): FoundNetwork {
  const network = once(inlineRead, nad, cniVersion, () => {
    const options = { fallbackName: nad.metadata.name, fallbackVersion: cniVersion };
    const parsed = parseNetwork(config, 'spec.config', options);
    refuseMetaPlugin(parsed);
    return parsed;
  });
  return { network, warnings: [] };
}

/**
 * The network of that CNI name among the files, for whoever needs no NAD. Throws NetworkNotFound that names the network.
 */
export function namedNetwork(name: string, files: readonly ConfFile[], cniVersion: string): FoundNetwork {
  const directory = once(filesRead, files, cniVersion, () => readConfDirectory(files, cniVersion));
  const found = inDirectory(name, directory);
  if (found !== undefined) return found;
  throw new WeftError('NetworkNotFound', {
    network: name,
    cause: `no file of the network directory has this name${brokenHint(directory)}`,
    remedy: 'install the configuration on the node, or name a NAD as namespace/name',
  });
}

function fromFiles(name: string, files: readonly ConfFile[], cniVersion: string): FoundNetwork {
  const directory = once(filesRead, files, cniVersion, () => readConfDirectory(files, cniVersion));
  const found = inDirectory(name, directory);
  if (found !== undefined) return found;
  const hint = brokenHint(directory);
  throw new WeftError('NetworkNotFound', {
    cause: `its spec.config is empty and no file of the network directory has the name "${name}"${hint}`,
    remedy: 'set spec.config or install the configuration on the node',
  });
}

/** Our own configuration, or another meta-plugin's, is never an answer (NPWG-024). */
function inDirectory(name: string, directory: ConfDirectory): FoundNetwork | undefined {
  const found = directory.networks.find(
    ({ network }) => network.name === name && metaPluginIn(network) === undefined,
  );
  return found && { network: found.network, warnings: malformedWarnings(directory) };
}

function brokenHint({ malformed: [broken] }: ConfDirectory): string {
  return broken === undefined ? '' : `; ${broken.error.failure.cause}`;
}

function once<K extends object, T>(
  known: WeakMap<K, Read<T>>,
  source: K,
  cniVersion: string,
  read: () => T,
): T {
  const before = known.get(source);
  if (before?.cniVersion === cniVersion) return before.value;
  const value = read();
  known.set(source, { cniVersion, value });
  return value;
}
