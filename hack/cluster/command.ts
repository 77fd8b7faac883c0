import { Buffer } from 'node:buffer';
import { spawn } from 'node:child_process';

/** How a command is run. */
export interface CommandOptions {
  /** Bytes for standard input; absent: none. */
  readonly stdin?: string;
  /** Milliseconds until SIGKILL; default 60 000. */
  readonly timeoutMs?: number;
  /** The whole environment; absent: ours. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A command that ended badly, with what it said. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError';
  /** Exit status; undefined if a signal ended it or it could not be started. */
  readonly status: number | undefined;
  readonly stdout: string;
  readonly stderr: string;

  constructor(argv: readonly string[], end: string, status?: number, stdout = '', stderr = '') {
    const said = (stderr.trim() || stdout.trim()).slice(-2000);
    super(`${argv.join(' ')}: ${end}${said === '' ? '' : `: ${said}`}`);
    this.status = status;
    this.stdout = stdout;
    this.stderr = stderr;
  }
}

/** Runs a command and resolves with its standard output; rejects with CommandError unless it ends with 0. */
export function run(argv: readonly string[], options: CommandOptions = {}): Promise<string> {
  const [program = '', ...args] = argv;
  const limit = options.timeoutMs ?? 60_000;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(options.env === undefined ? {} : { env: { ...options.env } }),
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
      // Grandchildren may hold the streams open; the answer does not wait for them.
      child.stdout.destroy();
      child.stderr.destroy();
    }, limit);
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    // A program may end without having read its input.
    child.stdin.on('error', () => {});
    child.stdin.end(options.stdin ?? '');
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(new CommandError(argv, error.message));
    });
    child.on('close', (status, signal) => {
      clearTimeout(timer);
      const stdout = Buffer.concat(out).toString('utf8');
      if (status === 0) return resolve(stdout);
      const end = late ? `killed after ${limit} ms` : (signal ?? `status ${status}`);
      reject(new CommandError(argv, end, status ?? undefined, stdout, Buffer.concat(err).toString('utf8')));
    });
  });
}
