import { Buffer } from 'node:buffer';
import { spawn, spawnSync } from 'node:child_process';

/** How a program ended, with everything it said. */
export interface RunEnd {
  /** Exit status; undefined if a signal ended it. */
  readonly status: number | undefined;
  /** Name of the signal that ended it. */
  readonly signal: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** Wall milliseconds from spawn to the end of all streams. */
  readonly ms: number;
}

export interface RunOptions {
  /** The whole environment; absent: ours. */
  readonly env?: Readonly<Record<string, string>>;
  /** Bytes for standard input; absent: /dev/null. */
  readonly stdin?: string | Uint8Array;
  /** Keeps standard input open without a byte until the program ends. */
  readonly stdinOpen?: boolean;
  readonly cwd?: string;
  /** Milliseconds until SIGKILL; the run then rejects. */
  readonly timeoutMs?: number;
  /** Called with the process id once it runs. */
  readonly onSpawn?: (pid: number) => void;
}

/** Runs a program and waits for its end. Rejects only if it cannot be started or outlives `timeoutMs`. */
export function run(argv: readonly string[], options: RunOptions = {}): Promise<RunEnd> {
  const [program, ...args] = argv;
  if (program === undefined) throw new Error('run: no program');
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const wantsStdin = options.stdin !== undefined || options.stdinOpen === true;
    const child = spawn(program, args, {
      stdio: [wantsStdin ? 'pipe' : 'ignore', 'pipe', 'pipe'],
      ...(options.env === undefined ? {} : { env: { ...options.env } }),
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    let late = false;
    const limit = options.timeoutMs ?? 100_000;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, limit);
    child.stdout?.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => err.push(chunk));
    // A program may end before it has read everything; its answer is what counts.
    child.stdin?.on('error', () => {});
    if (options.stdin !== undefined) child.stdin?.end(options.stdin);
    child.on('exit', () => child.stdin?.destroy());
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    if (child.pid !== undefined) options.onSpawn?.(child.pid);
    child.on('close', (status, signal) => {
      clearTimeout(timer);
      const ms = performance.now() - started;
      const stdout = Buffer.concat(out).toString('utf8');
      const stderr = Buffer.concat(err).toString('utf8');
      if (late) reject(new Error(`${argv.join(' ')} was killed after ${limit} ms: ${stdout}${stderr}`));
      else resolve({ status: status ?? undefined, signal: signal ?? undefined, stdout, stderr, ms });
    });
  });
}

/** Runs a set-up command to its end and returns what it printed; throws with the command and its complaint. */
export function mustRun(argv: readonly string[], stdin = ''): string {
  const [program, ...args] = argv;
  if (program === undefined) throw new Error('mustRun: no program');
  const end = spawnSync(program, args, { input: stdin, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (end.error !== undefined) throw new Error(`${argv.join(' ')}: ${end.error.message}`);
  if (end.status === 0) return end.stdout;
  throw new Error(`${argv.join(' ')}: status ${end.status}: ${end.stderr.trim() || end.stdout.trim()}`);
}

/** As mustRun, but a failure is an answer: undefined. */
export function tryRun(argv: readonly string[]): string | undefined {
  const [program, ...args] = argv;
  if (program === undefined) return undefined;
  const end = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  return end.status === 0 ? end.stdout : undefined;
}

/** Resolves once `condition` holds, looking every few milliseconds; rejects after `timeoutMs` naming `what`. */
export async function until(what: string, timeoutMs: number, condition: () => boolean): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`waited ${timeoutMs} ms in vain for: ${what}`);
    await sleep(5);
  }
}

/** Milliseconds. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
