import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emptyTally, type Tally, tallyReport, type VitestReport } from './tally.ts';
import { forgetResults, keepResults } from './tier-results.ts';
import type { Tier } from './tiers.ts';

/**
 * Runs one tier with its output on the terminal. A tier that runs nothing, or a runner of which dies, has failed.
 * vitest's report stays in build/results for `make conformance`.
 */
export async function runTier(tier: Tier, root: string): Promise<Tally> {
  const dir = mkdtempSync(join(tmpdir(), 'weft-test-'));
  try {
    forgetResults(root, tier.name);
    const lanes = tier.sideBySide === true ? tier.projects.map((project) => [project]) : [tier.projects];
    const runs = await Promise.all(
      lanes.map((projects, lane) => runVitest(projects, tier.workers, root, join(dir, `${lane}.json`))),
    );
    const dead = runs.find(({ report }) => report === undefined);
    if (dead !== undefined)
      return { ...emptyTally, failures: [`${tier.name}: vitest left no report (${dead.end})`] };
    const report = mergeReports(runs.flatMap((run) => run.report ?? []));
    keepResults(root, tier.name, JSON.stringify(report));
    const badEnd = runs.find(({ end }) => end !== 'exit status 0')?.end;
    return judgeTier(tier.name, tallyReport(report, root), badEnd);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

interface VitestRun {
  /** `exit status N`, or the signal. */
  readonly end: string;
  /** undefined if it died before writing one. */
  readonly report: VitestReport | undefined;
}

function runVitest(
  projects: readonly string[],
  workers: number | undefined,
  root: string,
  file: string,
): Promise<VitestRun> {
  const args = [
    ...['run', ...projects.map((project) => `--project=${project}`)],
    ...(workers === undefined ? [] : [`--maxWorkers=${workers}`]),
    ...['--passWithNoTests', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`],
  ];
  const child = spawn(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), ...args], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (status, signal) => {
      const report = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as VitestReport) : undefined;
      resolve({ end: signal ?? `exit status ${status}`, report });
    });
  });
}

/** As if one run had run all files. At least one report. */
export function mergeReports(reports: readonly VitestReport[]): VitestReport {
  return {
    success: reports.every(({ success }) => success),
    startTime: Math.min(...reports.map(({ startTime }) => startTime)),
    testResults: reports.flatMap(({ testResults }) => testResults),
  };
}

/** `badEnd`: how vitest ended when it did not end with 0; it does so too for an error outside every test. */
export function judgeTier(name: string, counted: Tally, badEnd: string | undefined): Tally {
  const failures = [...counted.failures];
  if (counted.passed + failures.length === 0) failures.push(`${name}: no test was run`);
  if (badEnd !== undefined && failures.length === 0) {
    failures.push(`${name}: vitest ended with ${badEnd} though no test failed: see its output`);
  }
  return { ...counted, failures };
}
