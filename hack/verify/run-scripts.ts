import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

/** How one verify script ended. */
export interface ScriptResult {
  /** File name, for example `verify-arrows.sh`. */
  readonly name: string;
  readonly ok: boolean;
  readonly seconds: number;
  /** What it printed, both streams in the order of arrival. */
  readonly output: string;
}

/** Runs every hack/verify-*.sh, all of them whatever fails, and reports each as it ends. At most one per core. */
export async function runScripts(
  root: string,
  report: (result: ScriptResult) => void,
): Promise<ScriptResult[]> {
  const waiting = readdirSync(join(root, 'hack'))
    .filter((name) => /^verify-.*\.sh$/.test(name))
    .toSorted();
  const results: ScriptResult[] = [];
  async function work(): Promise<void> {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const result = await runScript(root, name);
      results.push(result);
      report(result);
    }
  }
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, work));
  return results;
}

/** One line for a script that passed; its whole output below for one that failed. */
export function describeScript(result: ScriptResult): string {
  const line = `${result.ok ? 'ok    ' : 'FAILED'} ${result.seconds.toFixed(1).padStart(6)} s  ${result.name}`;
  return result.ok ? line : `${line}\n${result.output.trimEnd().replaceAll(/^/gm, '       | ')}`;
}

function runScript(root: string, name: string): Promise<ScriptResult> {
  const start = performance.now();
  return new Promise((resolve) => {
    const child = spawn(join(root, 'hack', name), [], {
      cwd: root,
      env: { ...process.env, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const chunks: Buffer[] = [];
    const collect = (chunk: Buffer): void => {
      chunks.push(chunk);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    const end = (ok: boolean, note: string): void => {
      const seconds = (performance.now() - start) / 1000;
      resolve({ name, ok, seconds, output: Buffer.concat(chunks).toString('utf8') + note });
    };
    child.on('error', (error) => end(false, error.message));
    child.on('close', (code, signal) => end(code === 0, signal === null ? '' : `killed by ${signal}\n`));
  });
}
