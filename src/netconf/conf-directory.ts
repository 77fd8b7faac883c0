import { type NetworkList, type NetworkOptions, parseNetwork } from '../cni/network-list.ts';
import { asWeftError, type WeftError } from '../errors/weft-error.ts';
import type { ConfFile } from './conf-file.ts';

/** A directory of CNI configurations, read. */
export interface ConfDirectory {
  /** In the order in which a name is looked up: every conflist before every single configuration (NPWG-021). */
  readonly networks: readonly FileNetwork[];
  /** Files that cannot be used. They are a warning unless one of them is what was looked for (DESIGN §3.6). */
  readonly malformed: readonly MalformedFile[];
}

export interface FileNetwork {
  /** Base name. */
  readonly file: string;
  readonly network: NetworkList;
}

interface MalformedFile {
  readonly file: string;
  readonly error: WeftError;
}

/** The extensions in the order of look-up; `.configlist` of the NPWG text exists nowhere (NPWG-314). */
const extensions: readonly (readonly string[])[] = [['.conflist'], ['.conf', '.json']];

/** Reads every file whose name ends in a known extension, in byte order of the names (CNI-212). Never throws. */
export function readConfDirectory(files: readonly ConfFile[], fallbackVersion?: string): ConfDirectory {
  const networks: FileNetwork[] = [];
  const malformed: MalformedFile[] = [];
  for (const file of inLookUpOrder(files)) {
    try {
      networks.push({ file: file.name, network: parseFile(file, fallbackVersion) });
    } catch (error) {
      malformed.push({ file: file.name, error: asWeftError(error) });
    }
  }
  return { networks, malformed };
}

/** One sentence a malformed file. */
export function malformedWarnings(directory: ConfDirectory): readonly string[] {
  return directory.malformed.map(({ error }) =>
    `ignored a CNI configuration: ${error.failure.cause}`.slice(0, 299),
  );
}

function parseFile(file: ConfFile, fallbackVersion: string | undefined): NetworkList {
  const list = file.name.endsWith('.conflist');
  const options: NetworkOptions = { fallbackVersion };
  // Directory aggregation is for lists in files only (CNI-210, CNI-211).
  return parseNetwork(
    file.text,
    `file ${file.name}`,
    list ? { ...options, directoryPlugins: (name) => pluginFiles(file, name) } : options,
  );
}

function pluginFiles(file: ConfFile, network: string): readonly { what: string; text: string }[] {
  return sorted((file.subdirectory ?? []).filter(({ name }) => name.endsWith('.conf'))).map(
    ({ name, text }) => ({
      what: `file ${network}/${name}`,
      text,
    }),
  );
}

function inLookUpOrder(files: readonly ConfFile[]): readonly ConfFile[] {
  return extensions.flatMap((group) =>
    sorted(files.filter(({ name }) => group.some((extension) => name.endsWith(extension)))),
  );
}

function sorted(files: readonly ConfFile[]): readonly ConfFile[] {
  return files.toSorted((left, right) => Buffer.compare(Buffer.from(left.name), Buffer.from(right.name)));
}
