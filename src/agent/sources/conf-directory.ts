import { checkContainerId } from '../../cni/env.ts';
import type { Clock } from '../../daemon/clock.ts';
import type { ConfFile } from '../../netconf/conf-file.ts';
import { type DirectoryContent, StampedDirectory } from './stamped-directory.ts';
import type { FileText } from './stamped-file.ts';

/** What libcni takes for a CNI configuration (CNI-200). */
const suffixes = ['.conf', '.conflist', '.json'];

/** A directory of CNI configurations as it was read. The same object for as long as nothing has changed. */
export interface ConfDirectoryContent {
  readonly files: readonly ConfFile[];
  /** Files that cannot be read, `name: why`, and the directory itself. */
  readonly problems: readonly string[];
  /** Why the directory itself cannot be read; undefined if it can. */
  readonly missing: string | undefined;
}

/** Reads a directory of CNI configurations, with the directories of plugins beside its lists (CNI-210). */
export class ConfDirectory {
  readonly #directory: StampedDirectory;
  readonly #clock: Clock;
  readonly #beside = new Map<string, StampedDirectory>();
  #seen: readonly DirectoryContent[] = [];
  #content: ConfDirectoryContent = { files: [], problems: [], missing: undefined };

  constructor(path: string, clock: Clock) {
    this.#directory = new StampedDirectory(path, clock, isConf);
    this.#clock = clock;
  }

  get path(): string {
    return this.#directory.path;
  }

  /** Never throws. */
  read(): ConfDirectoryContent {
    const main = this.#directory.read();
    const beside = main.files.map((file) => this.#subdirectory(file)?.read());
    const seen = [main, ...beside.filter((content) => content !== undefined)];
    if (seen.length === this.#seen.length && seen.every((content, index) => content === this.#seen[index])) {
      return this.#content;
    }
    this.#seen = seen;
    this.#content = {
      files: main.files.flatMap((file, index) => confFile(file, beside[index])),
      problems: problemsOf(this.path, main),
      missing: main.problem,
    };
    return this.#content;
  }

  #subdirectory(file: FileText): StampedDirectory | undefined {
    const name = file.name.endsWith('.conflist') ? listName(file) : undefined;
    if (name === undefined || !this.#directory.lists(name)) return undefined;
    const known = this.#beside.get(name);
    if (known !== undefined) return known;
    const made = new StampedDirectory(`${this.path}/${name}`, this.#clock, (entry) =>
      entry.endsWith('.conf'),
    );
    this.#beside.set(name, made);
    return made;
  }
}

function isConf(name: string): boolean {
  return suffixes.some((suffix) => name.endsWith(suffix));
}

const listNames = new WeakMap<FileText, string>();

/** The network's name where it is one; what is wrong with the file is found out by whoever uses it. */
function listName(file: FileText): string | undefined {
  let name = listNames.get(file);
  if (name === undefined) {
    name = nameIn(file.text ?? '');
    listNames.set(file, name);
  }
  return name === '' ? undefined : name;
}

function nameIn(text: string): string {
  try {
    const name = (JSON.parse(text) as { name?: unknown } | null)?.name;
    return typeof name === 'string' && checkContainerId(name) === undefined ? name : '';
  } catch {
    return '';
  }
}

function confFile(file: FileText, beside: DirectoryContent | undefined): readonly ConfFile[] {
  if (file.text === undefined) return [];
  const subdirectory = beside?.files.flatMap((plugin) => confFile(plugin, undefined)) ?? [];
  const conf = { name: file.name, text: file.text };
  return [subdirectory.length === 0 ? conf : { ...conf, subdirectory }];
}

function problemsOf(path: string, content: DirectoryContent): readonly string[] {
  if (content.problem !== undefined) return [`${path} cannot be read: ${content.problem}`];
  return content.files
    .filter((file) => file.problem !== undefined)
    .map((file) => `${path}/${file.name} cannot be used: ${file.problem}`);
}
