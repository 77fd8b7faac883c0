import { type ChildProcess, spawn } from 'node:child_process';
import { names, removeCluster } from './clusters.ts';

/**
 * Removes the tier's clusters when the test run is over, however it ends: it waits for the end of its standard input,
 * which comes with the end of the run also after Ctrl-C and kill -9.
 */
export class Keeper {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static start(): Keeper {
    // A process group of its own: Ctrl-C is for the run, not for what cleans up after it.
    const child = spawn(process.execPath, [import.meta.filename], {
      stdio: ['pipe', 'inherit', 'inherit'],
      detached: true,
    });
    return new Keeper(child);
  }

  /** Removes the clusters now; rejects if that failed. */
  end(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#child.once('error', reject);
      this.#child.once('exit', (status, signal) => {
        if (status === 0) resolve();
        else reject(new Error(`the clusters were not removed: ${signal ?? `exit status ${status}`}`));
      });
      this.#child.stdin?.end();
    });
  }
}

async function keep(): Promise<void> {
  for await (const _chunk of process.stdin);
  for (const name of Object.values(names)) await removeCluster(name, (line) => console.log(`e2e: ${line}`));
}

if (import.meta.main) await keep();
