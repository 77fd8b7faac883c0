import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { buildQuickjsProgram } from '../../../hack/build/quickjs-program.ts';

const root: string = join(import.meta.dirname, '../../..');
const sources: readonly string[] = [
  'hack/build/quickjs-program.ts',
  'src/plugin/native',
  'src/plugin/sys-quickjs.ts',
  'src/executor/sys.ts',
  'test/component/sys/driver.ts',
];

/** What one call of Sys came to. */
export interface CallOutcome {
  readonly result?: unknown;
  readonly errno?: string;
  readonly call?: string;
  readonly subject?: string;
  /** An error that is no SysError. */
  readonly threw?: string;
}

/** The result of a call, as what the test knows it to be; fails if the call threw. */
export function resultOf<T>(outcome: CallOutcome | undefined): T {
  if (outcome === undefined || !('result' in outcome))
    throw new Error(`no result: ${JSON.stringify(outcome)}`);
  return outcome.result as T;
}

/** How a run of the driver ended. */
export interface DriverEnd {
  readonly outcomes: readonly CallOutcome[];
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
  readonly signal: string | null;
}

/** A call to be made: the method's name, then its arguments (driver.ts says what may stand in them). */
export type Call = readonly [name: string, ...args: unknown[]];

/** The driver, built if a source is newer than it. Several workers may do so at once. */
export async function driver(): Promise<string> {
  const path = join(root, 'build/sys-driver');
  const newest = Math.max(...sources.map((name) => newestIn(join(root, name))));
  if (existsSync(path) && statSync(path).mtimeMs > newest) return path;
  return buildQuickjsProgram({ entry: 'test/component/sys/driver.ts', name: 'sys-driver', out: 'build' });
}

function newestIn(path: string): number {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newestIn(join(path, name))));
}

/** A running driver. */
export interface RunningDriver {
  readonly pid: number;
  /** Resolves when `count` calls have ended. */
  outcomes(count: number): Promise<readonly CallOutcome[]>;
  kill(): void;
  readonly end: Promise<DriverEnd>;
}

/** Starts the driver on the calls. `stdin` absent: /dev/null. */
export function startDriver(
  path: string,
  calls: readonly Call[],
  options: { readonly stdin?: string | Uint8Array; readonly env?: Readonly<Record<string, string>> } = {},
): RunningDriver {
  const script = JSON.stringify(calls.map(([call, ...args]) => ({ call, args })));
  const child = spawn(path, [script], {
    stdio: [options.stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    ...(options.env === undefined ? {} : { env: { ...options.env } }),
  });
  let stdout = '';
  let stderr = '';
  let wake: () => void = () => {};
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    wake();
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdin?.on('error', () => {});
  if (options.stdin !== undefined) child.stdin?.end(options.stdin);
  const lines = (): CallOutcome[] =>
    stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as CallOutcome);
  const end = new Promise<DriverEnd>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status, signal) => {
      // Whatever was cut off by a kill is no outcome.
      resolve({ outcomes: stdout.startsWith('{') ? lines() : [], stdout, stderr, status, signal });
      wake();
    });
  });
  return {
    pid: child.pid ?? 0,
    async outcomes(count: number): Promise<readonly CallOutcome[]> {
      while (lines().length < count) {
        if (child.exitCode !== null || child.signalCode !== null)
          throw new Error(`the driver ended: ${stdout} ${stderr}`);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return lines();
    },
    kill: () => {
      child.kill('SIGKILL');
    },
    end,
  };
}

/** Runs the calls to their end. Fails if the driver does not end by itself with status 0. */
export async function callSys(
  calls: readonly Call[],
  options: { readonly stdin?: string | Uint8Array; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<readonly CallOutcome[]> {
  const end = await startDriver(await driver(), calls, options).end;
  if (end.status !== 0) throw new Error(`driver: ${end.status ?? end.signal}: ${end.stdout} ${end.stderr}`);
  return end.outcomes;
}

/** A directory below build/ (a real file system, not tmpfs) that goes when `clean` is called. */
export function scratch(): { readonly path: string; clean(): void } {
  mkdirSync(join(root, 'build'), { recursive: true });
  const path = mkdtempSync(join(root, 'build', 'sys-'));
  return { path, clean: () => rmSync(path, { recursive: true, force: true }) };
}
