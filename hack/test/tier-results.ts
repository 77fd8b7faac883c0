import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Where the newest run of a tier leaves vitest's JSON report. */
export function resultsFile(root: string, tier: string): string {
  return join(root, 'build/results', `${tier}.json`);
}

/** Called before a run: one that dies leaves no results rather than those of the run before it. */
export function forgetResults(root: string, tier: string): void {
  rmSync(resultsFile(root, tier), { force: true });
}

/** Called after a run. Two runs of a tier at once leave the results of the last, whole. */
export function keepResults(root: string, tier: string, report: string): void {
  const file = resultsFile(root, tier);
  const partial = `${file}.${process.pid}`;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(partial, report);
  renameSync(partial, file);
}
