import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '..', '..');

/** One program to run: what a CNI runtime gives to it. */
export interface Job {
  readonly program: string;
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: string;
}

/** What the runner saw over all programs of one job list. */
export interface Timing {
  /** Milliseconds from the first start to the last end, without the runner's own work between. */
  readonly wallMs: number;
  /** User and system time of the programs and what they waited for. */
  readonly cpuMs: number;
  /** Largest resident size of any of them, KiB. */
  readonly maxRssKib: number;
  /** Programs that did not exit with 0. */
  readonly failures: number;
  /** Wall milliseconds of each program, in order. */
  readonly each: readonly number[];
  /** Standard output of the last program is in this file. */
  readonly output: string;
}

/** Builds the C runner (see runner.c). Returns its path. */
export function buildRunner(): string {
  const out = join(root, 'build', 'bench-runner');
  mkdirSync(join(root, 'build'), { recursive: true });
  execFileSync('gcc', ['-O2', '-o', out, join(import.meta.dirname, 'runner.c')], { stdio: 'inherit' });
  return out;
}

/** Times job lists, each under a name of its own in a scratch directory, entered through `enter`. */
export class Runner {
  readonly #binary: string;
  readonly #enter: readonly string[];
  readonly #dir: string;

  constructor(binary: string, enter: readonly string[], dir: string) {
    this.#binary = binary;
    this.#enter = enter;
    this.#dir = dir;
  }

  /** Writes the job file; the returned function runs it. So that writing is not in a storm's time. */
  prepare(name: string, jobs: readonly Job[]): () => Promise<Timing> {
    const file = join(this.#dir, `${name}.job`);
    writeFileSync(file, jobs.map((job, index) => this.#lines(name, job, index)).join(''));
    const output = join(this.#dir, `${name}.out`);
    const [program = '', ...args]: readonly string[] = [...this.#enter, this.#binary, file, output];
    return async () => {
      const { stdout } = await promisify(execFile)(program, args);
      const numbers = stdout.trim().split(' ').map(Number);
      const [wallMs = 0, cpuMs = 0, maxRssKib = 0, failures = 0, ...each] = numbers;
      return { wallMs, cpuMs, maxRssKib, failures, each, output };
    };
  }

  #lines(name: string, job: Job, index: number): string {
    const stdin = join(this.#dir, `${name}.${index}.stdin`);
    writeFileSync(stdin, job.stdin);
    const env = Object.entries(job.env).map(([key, value]) => `ENV ${key}=${value}\n`);
    return `PROGRAM ${job.program}\n${env.join('')}STDIN ${stdin}\nGO\n`;
  }
}
