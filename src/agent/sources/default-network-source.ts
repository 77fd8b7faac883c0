import { basename, dirname } from 'node:path';
import type { NetworkAttachmentDefinition } from '../../api/network-attachment-definition.ts';
import { type NetworkReference, networkReference } from '../../api/network-reference.ts';
import type { NodeFileSource } from '../../attachment/node-file.ts';
import type { NetworkList } from '../../cni/network-list.ts';
import type { Clock } from '../../daemon/clock.ts';
import { asWeftError, WeftError } from '../../errors/weft-error.ts';
import { chooseDefaultNetwork, networkInFile } from '../../netconf/default-network.ts';
import { networkOf } from '../../netconf/network-of.ts';
import type { NetworkLookup } from '../../resolve/snapshot.ts';
import { ConfDirectory } from './conf-directory.ts';

/** The default network, or why there is none, and what is odd about its source. The same object while nothing changes. */
export interface DefaultNetwork {
  readonly network: NetworkList | WeftError;
  /** The NAD that it comes from, with its text; absent where it is a file. */
  readonly nad?: NodeFileSource;
  /** The directory of the file that it is in; absent where it is a NAD. */
  readonly directory?: string;
  /** The path of that file; absent where it is a NAD. */
  readonly file?: string;
  /** Sentences: malformed files, which are left out. */
  readonly warnings: readonly string[];
}

/** Where a default network is looked for. */
export interface DefaultNetworkRoom {
  /** The runtime's directory. */
  readonly runtime: ConfDirectory;
  /** `--network-conf-dir`. */
  readonly files: ConfDirectory;
  readonly clock: Clock;
}

/** What a choice depends on, each the same object or text while it has not changed, and the choice. */
interface Look {
  readonly seen: readonly unknown[];
  readonly choose: () => DefaultNetwork;
}

/**
 * Taken for a NAD that names none: node.json, from which it is torn down without a record, outlives an update of the
 * runtime, with which the version of our own configuration may change.
 */
const versionOfNads = '1.0.0';

const renamed = 'create it, or correct spec.defaultNetwork of WeftConfig or --default-network';

/** The cluster default network as files and NADs have it at this moment. */
export class DefaultNetworkSource {
  readonly #room: DefaultNetworkRoom;
  /** Of networks that are named by path. */
  readonly #directories = new Map<string, ConfDirectory>();
  #seen: readonly unknown[] = [];
  #current: DefaultNetwork = {
    network: new WeftError('DefaultNetworkMissing', { cause: 'not read yet' }),
    warnings: [],
  };

  constructor(room: DefaultNetworkRoom) {
    this.#room = room;
  }

  /** `wanted`: a NetworkReference; undefined: the only candidate of the runtime's directory. Never throws. */
  current(wanted: string | undefined, networks: NetworkLookup): DefaultNetwork {
    const { seen, choose } = this.#look(wanted, networks);
    const now = [wanted, ...seen];
    if (now.length === this.#seen.length && now.every((one, index) => one === this.#seen[index])) {
      return this.#current;
    }
    this.#seen = now;
    this.#current = choose();
    return this.#current;
  }

  #look(wanted: string | undefined, networks: NetworkLookup): Look {
    const { runtime } = this.#room;
    if (wanted === undefined) return { seen: [runtime.read()], choose: () => inDirectory(runtime) };
    const reference = networkReference(wanted);
    switch (reference.kind) {
      case 'named':
        return this.#named(reference.name);
      case 'file':
        return this.#file(reference.path);
      case 'nad':
        return this.#nad(reference, networks);
    }
  }

  /** The runtime's own directory first: that is where a cluster's default network was before weft came. */
  #named(name: string): Look {
    const { runtime, files } = this.#room;
    return {
      seen: [runtime.read(), files.read()],
      choose: () => {
        const first = inDirectory(runtime, name);
        if (!(first.network instanceof WeftError)) return first;
        const second = inDirectory(files, name);
        return second.network instanceof WeftError ? first : second;
      },
    };
  }

  #file(path: string): Look {
    const directory = this.#directory(dirname(path));
    const content = directory.read();
    const file = content.files.find(({ name }) => name === basename(path));
    const problem = content.problems.find((sentence) => sentence.startsWith(path)) ?? content.missing;
    return {
      seen: [file?.text, file?.subdirectory, problem],
      choose: () =>
        attempt(path, () => {
          if (file !== undefined)
            return { network: networkInFile(file), directory: directory.path, file: path };
          throw missing(path, problem ?? 'there is no such file', renamed);
        }),
    };
  }

  #directory(path: string): ConfDirectory {
    const { runtime, files, clock } = this.#room;
    const known =
      [runtime, files].find((directory) => directory.path === path) ?? this.#directories.get(path);
    if (known !== undefined) return known;
    const made = new ConfDirectory(path, clock);
    this.#directories.set(path, made);
    return made;
  }

  #nad({ namespace, name }: Extract<NetworkReference, { kind: 'nad' }>, networks: NetworkLookup): Look {
    const key = `${namespace}/${name}`;
    const content = this.#room.files.read();
    const nad = lookUp(networks, namespace, name);
    return {
      seen: [nad instanceof WeftError ? nad.message : nad, content],
      choose: () =>
        attempt(key, () => {
          if (nad instanceof WeftError) throw nad;
          if (nad === undefined) throw missing(key, 'there is no such NetworkAttachmentDefinition', renamed);
          const { network, warnings } = networkOf(nad, content.files, versionOfNads);
          return { network, nad: { namespace, name, config: nad.spec?.config ?? '' }, warnings };
        }),
    };
  }
}

function lookUp(
  networks: NetworkLookup,
  namespace: string,
  name: string,
): NetworkAttachmentDefinition | WeftError | undefined {
  try {
    return networks(namespace, name);
  } catch (error) {
    return asWeftError(error);
  }
}

function inDirectory(directory: ConfDirectory, name?: string): DefaultNetwork {
  const { files, problems, missing: why } = directory.read();
  if (why !== undefined) {
    return { network: missing(name, `${directory.path} cannot be read: ${why}`), warnings: [] };
  }
  try {
    const { network, warnings } = chooseDefaultNetwork(files, name);
    // Two files of the same text are two candidates, so this one is it.
    const file = files.find(({ text }) => text === network.text)?.name ?? '';
    return {
      network,
      directory: directory.path,
      file: `${directory.path}/${file}`,
      warnings: [...problems, ...warnings],
    };
  } catch (error) {
    return { network: asWeftError(error), warnings: problems };
  }
}

function attempt(
  label: string,
  choose: () => Omit<DefaultNetwork, 'warnings'> & { readonly warnings?: readonly string[] },
): DefaultNetwork {
  try {
    return { warnings: [], ...choose() };
  } catch (error) {
    return { network: asWeftError(error).within({ network: label }), warnings: [] };
  }
}

/** `remedy`: where it is known how the network was named. */
function missing(network: string | undefined, cause: string, remedy?: string): WeftError {
  return new WeftError('DefaultNetworkMissing', {
    network,
    step: 'choose the default network',
    cause,
    remedy,
  });
}
