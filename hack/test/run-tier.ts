import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emptyTally, type Tally, tallyReport, type VitestReport } from './tally.ts';
import { forgetResults, keepResults } from './tier-results.ts';
import type { Tier } from './tiers.ts';

/**
 * Runs one tier with its output on the terminal. A tier that runs nothing, or whose runner dies, has failed.
 * vitest's report stays in build/results for `make conformance`.
 */
export function runTier(tier: Tier, root: string): Tally {
  const dir = mkdtempSync(join(tmpdir(), 'weft-test-'));
  try {
    forgetResults(root, tier.name);
    const report = join(dir, 'report.json');
    const run = spawnSync(
      process.execPath,
      [
        join(root, 'node_modules/vitest/vitest.mjs'),
        'run',
        ...tier.projects.map((project) => `--project=${project}`),
        ...(tier.workers === undefined ? [] : [`--maxWorkers=${tier.workers}`]),
        '--passWithNoTests',
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${report}`,
      ],
      { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] },
    );
    const end = run.signal ?? `exit status ${run.status}`;
    if (!existsSync(report))
      return { ...emptyTally, failures: [`${tier.name}: vitest left no report (${end})`] };
    keepResults(root, tier.name, report);
    const counted = tallyReport(JSON.parse(readFileSync(report, 'utf8')) as VitestReport, root);
    return judgeTier(tier.name, counted, run.status === 0 ? undefined : end);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
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
