import { type ChildProcess, spawn } from 'node:child_process';
import { removeCluster } from './clusters.ts';

/**
 * Removes clusters when the test run is over, however it ends: it waits for the end of its standard input,
 * which comes with the end of the run also after Ctrl-C and kill -9.
 */
export class Keeper {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** `clusters`: their names; those that do not stand are fine. */
  static start(clusters: readonly string[]): Keeper {
    // A process group of its own: Ctrl-C is for the run, not for what cleans up after it.
    const child = spawn(process.execPath, [import.meta.filename, ...clusters], {
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

async function keep(clusters: readonly string[]): Promise<void> {
  for await (const _chunk of process.stdin);
  for (const name of clusters) await removeCluster(name, (line) => console.log(`e2e: ${line}`));
}

if (import.meta.main) await keep(process.argv.slice(2));
