import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunEnd, run } from '../../harness/run.ts';

const cacheLibrary = join(import.meta.dirname, '..', '..', '..', 'hack', 'toolchain', 'cache.sh');

/** A build cache of its own, for scripts that source the real hack/toolchain/cache.sh. */
export class ScratchCache {
  readonly #root: string = mkdtempSync(join(tmpdir(), 'weft-cache-'));

  /** First on PATH of the scripts. */
  readonly bin: string = join(this.#root, 'bin');

  constructor() {
    mkdirSync(this.bin);
  }

  /** A file beside the cache, for gates and logs. */
  path(name: string): string {
    return join(this.#root, name);
  }

  /** Lines that scripts appended to that file. */
  lines(name: string): readonly string[] {
    return existsSync(this.path(name)) ? readFileSync(this.path(name), 'utf8').trim().split('\n') : [];
  }

  /** Puts an executable shell script onto PATH. */
  putProgram(name: string, body: string): void {
    writeFileSync(join(this.bin, name), `#!/bin/sh\n${body}\n`);
    chmodSync(join(this.bin, name), 0o755);
  }

  /** Names in the directory of the tool, without the lock file. */
  entries(tool: string): readonly string[] {
    return readdirSync(join(this.#root, 'weft', tool)).filter((name) => name !== '.lock');
  }

  /** Runs bash code after the library was read, in the way of the scripts of hack/toolchain. `$scratch` is `path('')`. */
  run(code: string, onSpawn: (pid: number) => void = () => {}): Promise<RunEnd> {
    const script = join(this.#root, 'script.sh');
    writeFileSync(script, `set -euo pipefail\nsource ${cacheLibrary}\n${code}\n`);
    return run(['bash', script], {
      env: {
        PATH: `${this.bin}:${process.env['PATH'] ?? ''}`,
        XDG_CACHE_HOME: this.#root,
        scratch: this.#root,
      },
      timeoutMs: 30_000,
      onSpawn,
    });
  }

  dispose(): void {
    rmSync(this.#root, { recursive: true, force: true });
  }
}
