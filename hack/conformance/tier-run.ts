import type { VitestReport } from '../test/tally.ts';

/** A test that ran, or did not. */
export interface Proof {
  readonly tier: string;
  /** Relative to the checkout. */
  readonly file: string;
  /** With the titles of its describe blocks. */
  readonly title: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
}

/** What the newest run of a tier left. */
export interface TierRun {
  readonly tier: string;
  readonly state: 'current' | 'older than the sources' | 'no results' | 'unreadable';
  /** When it started, ISO 8601. */
  readonly started?: string;
  readonly proofs: readonly Proof[];
}

/**
 * Reads what hack/test/tier-results.ts kept; `text` is undefined where there is nothing.
 * `newestSource`: when a source changed last, in milliseconds. `root` is cut off the file names.
 */
export function tierRun(tier: string, text: string | undefined, newestSource: number, root: string): TierRun {
  if (text === undefined) return { tier, state: 'no results', proofs: [] };
  const results = parseResults(text);
  if (results === undefined) return { tier, state: 'unreadable', proofs: [] };
  return {
    tier,
    // A source that changes during a run may have been read before or after.
    state: newestSource > results.startTime ? 'older than the sources' : 'current',
    started: new Date(results.startTime).toISOString(),
    proofs: results.testResults.flatMap((file) => fileProofs(tier, file, root)),
  };
}

function parseResults(text: string): VitestReport | undefined {
  try {
    const results = JSON.parse(text) as Partial<VitestReport> | null;
    return Array.isArray(results?.testResults) && typeof results.startTime === 'number'
      ? (results as VitestReport)
      : undefined;
  } catch {
    return undefined;
  }
}

function fileProofs(tier: string, file: VitestReport['testResults'][number], root: string): Proof[] {
  const path = file.name.startsWith(`${root}/`) ? file.name.slice(root.length + 1) : file.name;
  // A file that failed outside of its tests, as in the hook that looks for leftovers, proves nothing.
  const spoilt = file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed');
  return file.assertionResults.map((test) => ({
    tier,
    file: path,
    title: test.fullName,
    outcome: outcome(test.status, spoilt),
  }));
}

function outcome(status: string, spoilt: boolean): Proof['outcome'] {
  if (status === 'failed') return 'failed';
  // pending, skipped, todo, disabled: it did not run, whatever the word.
  if (status !== 'passed') return 'skipped';
  return spoilt ? 'failed' : 'passed';
}
