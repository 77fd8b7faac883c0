import { readFile, stat } from 'node:fs/promises';
import { WeftError } from '../../errors/weft-error.ts';
import { codeOf, hasSettled } from '../sources/file-stamp.ts';
import { readIfThere, replaceFile } from './durable-file.ts';
import { elfComplaint } from './elf-header.ts';

/** Everybody runs it, only root changes it. */
const mode = 0o755;

/** How the host's copy of the plugin compares to ours. */
export type BinaryState = 'current' | 'missing' | 'different';

/** The plugin binary: the one that came with this agent, and the copy that the runtime runs. */
export class PluginBinary {
  readonly #source: string;
  readonly #target: string;
  /** Stamps of source and target when they were last found equal; spares reading 4 MB every ten seconds. */
  #equal = '';

  constructor(source: string, target: string) {
    this.#source = source;
    this.#target = target;
  }

  get target(): string {
    return this.#target;
  }

  /** Throws the errno if one of the two cannot be read, and ENOENT if ours is missing. */
  async state(): Promise<BinaryState> {
    const { stamps, settled } = await this.#look();
    if (stamps !== '' && stamps === this.#equal) return 'current';
    const [ours, theirs] = await Promise.all([readFile(this.#source), readIfThere(this.#target)]);
    if (theirs === undefined) return 'missing';
    if (!ours.equals(theirs) || ((await stat(this.#target)).mode & 0o7777) !== mode) return 'different';
    // A file that changed just now could change once more under the same stamp; then it is read again next time.
    if (settled) this.#equal = stamps;
    return 'current';
  }

  /**
   * Replaces the host's copy by rename: whoever runs the old one goes on undisturbed. Throws the errno; InstallFailed if
   * ours is not for this machine.
   */
  async install(): Promise<void> {
    const bytes = await readFile(this.#source);
    const complaint = elfComplaint(bytes, process.arch);
    if (complaint !== undefined) {
      throw new WeftError('InstallFailed', {
        step: 'install',
        cause: `${this.#source}, which came with this agent, ${complaint}`,
        remedy: "use the image or the build for this machine's architecture",
      });
    }
    await replaceFile(this.#target, bytes, mode);
  }

  /** Both files' stamps, '' if one of them is missing, and whether both had settled. */
  async #look(): Promise<{ readonly stamps: string; readonly settled: boolean }> {
    const now = Date.now();
    try {
      const both = await Promise.all([stat(this.#source), stat(this.#target)]);
      const stamps = both.map(({ ino, size, mode: bits, mtimeMs, ctimeMs }) =>
        [ino, size, bits, mtimeMs, ctimeMs].join(':'),
      );
      return { stamps: stamps.join(' '), settled: both.every((status) => hasSettled(status, now)) };
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return { stamps: '', settled: false };
      throw error;
    }
  }
}
