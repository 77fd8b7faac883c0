import { Buffer } from 'node:buffer';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { compileC } from '../compile-c.ts';

/**
 * A CNI plugin that does as told, under any name. A script is a list of lines `VERB: command argument` (`*`: every
 * verb), from scriptFor() or from the key `script` of the plugin's configuration. Commands:
 *
 * - `sleep MS`, `hang`, `ignore-term`, `await PATH` (until the file is there), `touch PATH`
 * - `print TEXT`, `garbage BYTES`, `flood-stdout BYTES`, `silent` (prints nothing), `result` (the default answer)
 * - `stderr TEXT`, `flood-stderr BYTES`
 * - `fork-hold MS` (a grandchild in the group that keeps the pipes), `fork-quiet MS` (one that does not)
 * - `signal N`, `exit N`, `error CODE MESSAGE`, `fail-times N CODE MESSAGE` (the first N calls)
 * - `take`, `free`, `keep`: make, remove, leave the resource; ADD takes and DEL frees by itself otherwise
 * - `collect`: removes the plugin's resources that a GC's list does not name
 * - `deaf` (script file only): ends without having read standard input
 */
export type ScriptLine = string;

/** One run of a scripted delegate. */
export interface DelegateCall {
  /** The plugin's file name. */
  readonly name: string;
  readonly verb: string;
  readonly containerId: string;
  readonly ifname: string;
  readonly netns: string;
  readonly env: Readonly<Record<string, string>>;
  /** Standard input, byte for byte. */
  readonly stdin: Buffer;
  readonly pid: number;
  readonly pgid: number;
  readonly argc: number;
  readonly cwd: string;
  /** Names that its environment holds more than once, each once. */
  readonly repeated: readonly string[];
  /** Inode of the network namespace it ran in. */
  readonly netnsInode: number;
  /** CLOCK_MONOTONIC in microseconds. */
  readonly startUs: number;
  /** undefined: it did not come to its end by itself. */
  readonly endUs: number | undefined;
  /** Its exit status; undefined as with endUs. */
  readonly status: number | undefined;
}

/** A bin directory with scripted delegates, and what they did. */
export class ScriptedBin {
  readonly dir: string;
  readonly #base: string;

  constructor(dir: string) {
    this.dir = dir;
    this.#base = join(dir, '.scripted');
    mkdirSync(join(this.#base, 'resources'), { recursive: true });
  }

  install(...names: readonly string[]): void {
    const binary = compileScriptedDelegate();
    for (const name of names) copyFileSync(binary, join(this.dir, name));
  }

  /** From now on the plugin obeys these lines, whatever its configuration says. */
  scriptFor(name: string, lines: readonly ScriptLine[]): void {
    const path = join(this.#base, `${name}.script`);
    writeFileSync(`${path}.new`, lines.map((line) => `${line}\n`).join(''));
    renameSync(`${path}.new`, path);
  }

  /** The plugin obeys its configuration again. */
  unscript(name: string): void {
    rmSync(join(this.#base, `${name}.script`), { force: true });
  }

  /** All runs so far in order of their start. */
  calls(): readonly DelegateCall[] {
    const lines = readLog(join(this.#base, 'log'));
    const ends = lines.filter((line) => line.event === 'end');
    return lines.filter((line) => line.event === 'start').map((line) => toCall(line, ends));
  }

  /** `VERB name ifname` of each run, in order: what most tests compare. */
  trace(): readonly string[] {
    return this.calls().map((call) => `${call.verb} ${call.name} ${call.ifname}`);
  }

  /** Forgets the runs so far. */
  clearLog(): void {
    rmSync(join(this.#base, 'log'), { force: true });
  }

  /** `name,containerId,ifname` of everything that an ADD made and no DEL removed, sorted. */
  resources(): readonly string[] {
    return readdirSync(join(this.#base, 'resources')).sort();
  }
}

interface LogLine {
  readonly event: 'start' | 'end';
  readonly name: string;
  readonly pid: number;
  readonly pgid: number;
  readonly argc: number;
  readonly us: number;
  readonly netnsInode: number;
  readonly cwd: string;
  readonly env: Record<string, string>;
  readonly repeated: readonly string[];
  readonly stdin: string;
  readonly status: number;
}

function readLog(path: string): readonly LogLine[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as LogLine);
}

function toCall(line: LogLine, ends: readonly LogLine[]): DelegateCall {
  const end = ends.find((other) => other.pid === line.pid && other.us >= line.us);
  return {
    name: line.name,
    verb: line.env['CNI_COMMAND'] ?? '',
    containerId: line.env['CNI_CONTAINERID'] ?? '',
    ifname: line.env['CNI_IFNAME'] ?? '',
    netns: line.env['CNI_NETNS'] ?? '',
    env: line.env,
    repeated: [...new Set(line.repeated)],
    stdin: Buffer.from(line.stdin, 'hex'),
    pid: line.pid,
    pgid: line.pgid,
    argc: line.argc,
    cwd: line.cwd,
    netnsInode: line.netnsInode,
    startUs: line.us,
    endUs: end?.us,
    status: end?.status,
  };
}

/** Path of the program. */
export function compileScriptedDelegate(): string {
  return compileC(join(import.meta.dirname, 'scripted-delegate.c'));
}
