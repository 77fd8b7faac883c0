import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { defaultGoneFile, readyFile } from '../../executor/state-paths.ts';
import { codeOf } from '../sources/file-stamp.ts';
import { readIfThere, replaceFile } from './durable-file.ts';

const readyText = 'weft was ready on this node after its boot\n';

/** What the agent tells the plugin's STATUS in the run directory, for when it is away itself (DESIGN §3.4). */
export class RunMarks {
  readonly #ready: string;
  readonly #gone: string;
  #problem: string | undefined;

  constructor(runDir: string) {
    this.#ready = readyFile({ runDir });
    this.#gone = defaultGoneFile({ runDir });
  }

  /** weft was ready once since the boot. Nothing but a boot takes it away, so that no restart makes a node NotReady. */
  get ready(): boolean {
    return existsSync(this.#ready);
  }

  /** Why a mark is not as it must be, one sentence; undefined: all are. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Never rejects. */
  async setReady(): Promise<void> {
    if (!this.ready) await this.#set(this.#ready, readyText);
  }

  /** `cause`: why the NAD that is to be the default network is gone; undefined: it is not. Never rejects. */
  async setGone(cause: string | undefined): Promise<void> {
    await this.#set(this.#gone, cause && `${cause}\n`);
  }

  async #set(path: string, text: string | undefined): Promise<void> {
    try {
      if (text === undefined) await rm(path, { force: true });
      else if ((await readIfThere(path))?.toString('utf8') !== text)
        await replaceFile(path, Buffer.from(text), 0o600);
      this.#problem = undefined;
    } catch (error) {
      this.#problem = `${path} cannot be written, so STATUS does not say the truth: ${codeOf(error)}`;
    }
  }
}
