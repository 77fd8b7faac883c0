import type { NetworkAttachmentDefinition } from '../../api/network-attachment-definition.ts';
import type { Clock } from '../../daemon/clock.ts';
import type { Log } from '../../daemon/log.ts';
import { WeftError } from '../../errors/weft-error.ts';
import type { NetworkLookup } from '../../resolve/snapshot.ts';
import { type DocumentReader, isYamlName, loadYamlReader, readJsonDocument } from './documents.ts';
import { brokenFile, type NetworkFile, readNetworkFile } from './network-file.ts';
import { type DirectoryContent, StampedDirectory } from './stamped-directory.ts';
import type { FileText } from './stamped-file.ts';

/** The namespace of a definition that names none. */
const defaultNamespace = 'default';

/** A network and the file that defines it. */
interface Definition {
  readonly file: string;
  readonly definition: NetworkAttachmentDefinition | WeftError;
}

/** NetworkAttachmentDefinitions from the files of `--networks-dir`, read anew for each request. */
export class NetworksDirectory {
  readonly #directory: StampedDirectory;
  readonly #log: Log;
  #yaml: DocumentReader | undefined;
  #content: DirectoryContent | undefined;
  #parsed = new WeakMap<FileText, NetworkFile>();
  #files: readonly NetworkFile[] = [];
  #definitions = new Map<string, Definition[]>();
  /** Keys that a file defined when it could last be read. */
  #lastDefined = new Map<string, ReadonlySet<string>>();

  constructor(path: string, clock: Clock, log: Log) {
    this.#directory = new StampedDirectory(path, clock, (name) => name.endsWith('.json') || isYamlName(name));
    this.#log = log;
  }

  /** What the directory holds at this moment. The lookup throws WeftError where a network exists but cannot be used. */
  async current(): Promise<NetworkLookup> {
    const content = this.#directory.read();
    if (content !== this.#content) await this.#take(content);
    return (namespace, name) => this.#lookup(`${namespace}/${name}`);
  }

  /** Why the directory as a whole cannot be read; undefined if it can. As of the last `current`. */
  get missing(): string | undefined {
    const problem = this.#content?.problem;
    return problem === undefined
      ? undefined
      : `--networks-dir ${this.#directory.path} cannot be read: ${problem}`;
  }

  /** Sentences about files, as of the last `current`. */
  problems(): readonly string[] {
    return this.#files.flatMap((file) => file.problems);
  }

  async #take(content: DirectoryContent): Promise<void> {
    if (this.#yaml === undefined && content.files.some((file) => isYamlName(file.name))) {
      this.#yaml = await loadYamlReader();
    }
    const before = new Set(this.problems());
    this.#files = content.files.map((file) => this.#parse(file));
    this.#content = content;
    this.#remember();
    for (const problem of this.problems()) {
      if (!before.has(problem)) this.#log.warn({ problem }, 'networks directory');
    }
  }

  #parse(file: FileText): NetworkFile {
    const known = this.#parsed.get(file);
    if (known !== undefined) return known;
    const parsed = this.#read(file);
    this.#parsed.set(file, parsed);
    return parsed;
  }

  #read(file: FileText): NetworkFile {
    if (file.text === undefined) return brokenFile(file.name, file.problem ?? 'it cannot be read');
    const reader = isYamlName(file.name) ? this.#yaml : readJsonDocument;
    if (reader === undefined) return brokenFile(file.name, 'YAML cannot be read');
    return readNetworkFile(file.name, file.text, reader, defaultNamespace);
  }

  #remember(): void {
    const last = new Map<string, ReadonlySet<string>>();
    this.#definitions = new Map();
    for (const file of this.#files) {
      const keys = file.networks.map(({ key }) => key).filter((key) => key !== undefined);
      last.set(
        file.name,
        file.broken === undefined ? new Set(keys) : (this.#lastDefined.get(file.name) ?? new Set()),
      );
      for (const { key, definition } of file.networks) {
        if (key === undefined) continue;
        const others = this.#definitions.get(key) ?? [];
        this.#definitions.set(key, [...others, { file: file.name, definition }]);
      }
    }
    this.#lastDefined = last;
  }

  #lookup(key: string): NetworkAttachmentDefinition | undefined {
    const [first, second] = this.#definitions.get(key) ?? [];
    if (first === undefined) return this.#absent(key);
    if (second !== undefined) {
      const cause = `it is defined twice, in ${first.file} and in ${second.file}`;
      throw new WeftError('NetworkInvalid', { network: key, cause, remedy: 'remove one of the two' });
    }
    if (first.definition instanceof WeftError) {
      const { cause } = first.definition.failure;
      throw new WeftError('NetworkInvalid', {
        network: key,
        cause: `${first.file}: ${cause}`,
        error: first.definition,
      });
    }
    return first.definition;
  }

  /** A network must not seem to be gone only because somebody broke the file that it is in. */
  #absent(key: string): undefined {
    const { missing } = this;
    if (missing !== undefined) {
      throw new WeftError('NetworkNotFound', {
        network: key,
        cause: missing,
        remedy: 'repair the directory',
      });
    }
    const broken = this.#files.filter((file) => file.broken !== undefined);
    const owner = broken.find((file) => this.#lastDefined.get(file.name)?.has(key) === true);
    if (owner !== undefined) {
      const cause = `${owner.name}, which defines it, cannot be read: ${owner.broken}`;
      throw new WeftError('NetworkInvalid', { network: key, cause, remedy: 'repair the file' });
    }
    const suspect = broken[0];
    if (suspect === undefined) return undefined;
    const cause = `no readable file defines it; ${suspect.name} cannot be read: ${suspect.broken}`;
    throw new WeftError('NetworkNotFound', {
      network: key,
      cause,
      remedy: 'repair the file or correct the name',
    });
  }
}
