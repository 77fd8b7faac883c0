import type { NetworkList } from '../../cni/network-list.ts';
import { asWeftError, WeftError } from '../../errors/weft-error.ts';
import { chooseDefaultNetwork } from '../../netconf/default-network.ts';
import type { ConfDirectory, ConfDirectoryContent } from './conf-directory.ts';

/** The default network, or why there is none, and what is odd about the directory. The same object while nothing changes. */
export interface DefaultNetwork {
  readonly network: NetworkList | WeftError;
  /** Sentences: malformed files, which are left out. */
  readonly warnings: readonly string[];
}

/** The cluster default network as the runtime's configuration directory has it at this moment. */
export class DefaultNetworkSource {
  readonly #directory: ConfDirectory;
  #content: ConfDirectoryContent | undefined;
  #name: string | undefined;
  #current: DefaultNetwork = {
    network: new WeftError('DefaultNetworkMissing', { cause: 'not read yet' }),
    warnings: [],
  };

  constructor(directory: ConfDirectory) {
    this.#directory = directory;
  }

  /** `name`: the CNI name of the wanted one; undefined: the only candidate. Never throws. */
  current(name: string | undefined): DefaultNetwork {
    const content = this.#directory.read();
    if (content === this.#content && name === this.#name) return this.#current;
    this.#content = content;
    this.#name = name;
    this.#current = this.#choose(content, name);
    return this.#current;
  }

  #choose(content: ConfDirectoryContent, name: string | undefined): DefaultNetwork {
    if (content.missing !== undefined) {
      const cause = `${this.#directory.path} cannot be read: ${content.missing}`;
      return { network: new WeftError('DefaultNetworkMissing', { network: name, cause }), warnings: [] };
    }
    try {
      const { network, warnings } = chooseDefaultNetwork(content.files, name);
      return { network, warnings: [...content.problems, ...warnings] };
    } catch (error) {
      return { network: asWeftError(error), warnings: content.problems };
    }
  }
}
