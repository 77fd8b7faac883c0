import { dirname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Log } from '../../../daemon/log.ts';
import { makeDirectory, readIfThere, removeAbandoned, replaceFile } from '../../install/durable-file.ts';
import { codeOf } from '../file-stamp.ts';
import type { FoundConfig } from './found-config.ts';
import { keptConfigText, readKeptConfig } from './kept-config-text.ts';

/** The WeftConfig that was in force last, for an agent that starts while the API server is away. */
export interface ConfigKeeper {
  /** What the agent before has kept; undefined: nothing, or nothing that can be used. Stays the same. */
  readonly kept: FoundConfig | undefined;
  /** Why what was kept cannot be used or what is in force cannot be kept, one sentence; undefined: neither. */
  readonly problem: string | undefined;
  /** It is in force now, by the word of the API server. */
  keep(config: FoundConfig): void;
}

/**
 * `<stateDir>/weft-config.json`. It is written after the configuration is in force, and no plan waits for that: a crash
 * between the two leaves the file as if the crash had come just before the API server's word. It is not written where
 * it says the same already, so two agents of an update do not write by turns.
 */
export class KeptConfig implements ConfigKeeper {
  readonly kept: FoundConfig | undefined;
  readonly #path: string;
  readonly #version: string;
  readonly #log: Log;
  /** What the file may not say yet. */
  #pending: FoundConfig | undefined;
  #problem: string | undefined;
  #writing: Promise<void> | undefined;

  private constructor(path: string, version: string, log: Log, found: FoundConfig | string | undefined) {
    this.#path = path;
    this.#version = version;
    this.#log = log;
    this.kept = typeof found === 'string' ? undefined : found;
    if (typeof found === 'string') this.#tell(`${path} cannot be used: ${found}`);
  }

  /** Reads the file. `version`: of this weft. Never rejects: what cannot be read counts as nothing kept. */
  static async open(stateDir: string, version: string, log: Log): Promise<KeptConfig> {
    const path = `${stateDir}/weft-config.json`;
    await removeAbandoned(path);
    return new KeptConfig(path, version, log, await readFrom(path));
  }

  get problem(): string | undefined {
    return this.#problem;
  }

  keep(config: FoundConfig): void {
    this.#pending = config;
    this.look();
  }

  /** Tries again what could not be written. */
  look(): void {
    if (this.#pending !== undefined) this.#writing ??= this.#write(this.#pending);
  }

  /** Resolves when nothing is being written. */
  async idle(): Promise<void> {
    await this.#writing;
  }

  /** Until the newest is on disk, or a try with it has failed. Never rejects. */
  async #write(first: FoundConfig): Promise<void> {
    let config: FoundConfig | undefined = first;
    while (config !== undefined) config = await this.#next(config);
    this.#writing = undefined;
  }

  /** Brings `config` to disk; gives what has to follow it. */
  async #next(config: FoundConfig): Promise<FoundConfig | undefined> {
    const problem = await this.#bring(config);
    if (config !== this.#pending) return this.#pending;
    if (problem === undefined) this.#pending = undefined;
    this.#tell(problem);
    return undefined;
  }

  /** Why it is not on disk; undefined: it is. */
  async #bring({ config, spec }: FoundConfig): Promise<string | undefined> {
    const found = await readFrom(this.#path);
    if (typeof found === 'object' && isDeepStrictEqual(found.spec, spec)) return undefined;
    try {
      await makeDirectory(dirname(this.#path), 0o700);
      await replaceFile(this.#path, Buffer.from(keptConfigText({ config, spec }, this.#version)), 0o600);
      return undefined;
    } catch (error) {
      return `${this.#path} cannot be written: ${codeOf(error)}; it keeps WeftConfig for a restart`;
    }
  }

  #tell(problem: string | undefined): void {
    if (problem !== undefined && problem !== this.#problem) this.#log.warn({ problem }, 'kept configuration');
    this.#problem = problem;
  }
}

/** A text says why the file cannot be used; undefined: there is none. */
async function readFrom(path: string): Promise<FoundConfig | string | undefined> {
  try {
    const bytes = await readIfThere(path);
    return bytes && readKeptConfig(bytes.toString('utf8'));
  } catch (error) {
    return codeOf(error);
  }
}
