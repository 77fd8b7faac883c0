import { basename } from 'node:path';
import { defaultWeftConfig, parseWeftConfig, type WeftConfigSpec } from '../../api/weft-config.ts';
import type { Clock } from '../../daemon/clock.ts';
import type { Log } from '../../daemon/log.ts';
import { asWeftError, WeftError } from '../../errors/weft-error.ts';
import { type DocumentReader, loadYamlReader, readJsonDocument } from './documents.ts';
import { type FileText, StampedFile } from './stamped-file.ts';

/** The configuration in force. */
export interface ConfigSource {
  /** Read anew where it can change. Never throws. */
  current(): WeftConfigSpec;
  /** Why the newest change is not in force; undefined if it is. */
  readonly problem: string | undefined;
}

/** Without `--config`: WeftConfig's defaults. */
export function fixedConfig(): ConfigSource {
  const config = defaultWeftConfig();
  return { current: () => config, problem: undefined };
}

/** The file of `--config`, read again when it changes; a change that cannot be used leaves the last good one in force. */
export class ConfigFile implements ConfigSource {
  readonly #path: string;
  readonly #file: StampedFile;
  readonly #read: DocumentReader;
  readonly #log: Log;
  #content: FileText | undefined;
  #config: WeftConfigSpec;
  #problem: string | undefined;

  private constructor(path: string, file: StampedFile, read: DocumentReader, log: Log) {
    this.#path = path;
    this.#file = file;
    this.#read = read;
    this.#log = log;
    this.#content = file.read();
    this.#config = this.#parse(this.#content);
  }

  /** Loads the file. Throws InvalidFlag that names file and field. */
  static async open(path: string, clock: Clock, log: Log): Promise<ConfigFile> {
    const read = path.endsWith('.json') ? readJsonDocument : await loadYamlReader();
    return new ConfigFile(path, new StampedFile(path, basename(path), clock), read, log);
  }

  get problem(): string | undefined {
    return this.#problem;
  }

  current(): WeftConfigSpec {
    const content = this.#file.read();
    if (content !== this.#content) this.#change(content);
    return this.#config;
  }

  #change(content: FileText | undefined): void {
    this.#content = content;
    try {
      this.#config = this.#parse(content);
      this.#problem = undefined;
      this.#log.info({ file: this.#path }, 'configuration changed');
    } catch (error) {
      this.#problem = asWeftError(error).message;
      this.#log.warn({ file: this.#path, problem: this.#problem }, 'configuration change not in force');
    }
  }

  #parse(content: FileText | undefined): WeftConfigSpec {
    if (content?.text === undefined) throw this.#invalid(content?.problem ?? 'there is no such file');
    const documents = this.#documents(content.text);
    if (documents.length !== 1) throw this.#invalid(`it must hold one document, not ${documents.length}`);
    try {
      return parseWeftConfig(documents[0]);
    } catch (error) {
      throw this.#invalid(asWeftError(error).failure.cause);
    }
  }

  #documents(text: string): readonly unknown[] {
    try {
      return this.#read(text).filter((document) => document !== null);
    } catch (error) {
      throw this.#invalid(error instanceof Error ? error.message : String(error));
    }
  }

  #invalid(cause: string): WeftError {
    return new WeftError('InvalidFlag', {
      cause: `--config ${this.#path}: ${cause}`,
      remedy: 'correct the file',
    });
  }
}
