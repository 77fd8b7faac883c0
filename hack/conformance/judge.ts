import type { Requirement } from './requirement.ts';
import type { Proof, TierRun } from './tier-run.ts';
import { titleNumbers } from './title-numbers.ts';

/** In the order in which they are counted. */
export const results = ['met', 'failing', 'missing', 'pending', 'not applicable'] as const;
export type Result = (typeof results)[number];

/** A requirement and what became of it. */
export interface Judged {
  readonly requirement: Requirement;
  readonly result: Result;
  /** Tests whose titles carry its number; a skipped one proves nothing. */
  readonly proofs: readonly Proof[];
}

/** What `make conformance` says. */
export interface Conformance {
  /** In the order of the data. */
  readonly rows: readonly Judged[];
  readonly tiers: readonly TierRun[];
  /** Titles and data that do not go together, one sentence each. */
  readonly problems: readonly string[];
}

/** Puts requirements and tests together. */
export function judge(requirements: readonly Requirement[], tiers: readonly TierRun[]): Conformance {
  const claims = new Map<string, Proof[]>(requirements.map((requirement) => [requirement.number, []]));
  const problems: string[] = [];
  for (const proof of tiers.flatMap((tier) => tier.proofs)) {
    const { numbers, malformed } = titleNumbers(proof.title);
    const at = `${proof.file} > ${proof.title}`;
    for (const text of malformed) problems.push(`${text} is not written like [CNI-283]: ${at}`);
    for (const number of numbers) {
      const proofs = claims.get(number);
      if (proofs === undefined) problems.push(`${number} is not in test/conformance: ${at}`);
      else proofs.push(proof);
    }
  }
  const rows = requirements.map((requirement): Judged => {
    const proofs = claims.get(requirement.number) ?? [];
    return { requirement, proofs, result: resultOf(requirement, proofs) };
  });
  return { rows, tiers, problems: [...problems, ...rows.flatMap(contradiction)] };
}

/** How many rows came to each result. */
export function countResults(rows: readonly Judged[]): Readonly<Record<Result, number>> {
  const counts = { met: 0, failing: 0, missing: 0, pending: 0, 'not applicable': 0 };
  for (const row of rows) counts[row.result] += 1;
  return counts;
}

/** Every number is met, pending or not applicable, and nothing contradicts itself. */
export function isComplete({ rows, problems }: Conformance): boolean {
  return problems.length === 0 && rows.every(({ result }) => result !== 'missing' && result !== 'failing');
}

function resultOf(requirement: Requirement, proofs: readonly Proof[]): Result {
  if (proofs.some((proof) => proof.outcome === 'failed')) return 'failing';
  if (requirement.notApplicable !== undefined) return 'not applicable';
  // Part of it may work and be tested already; it is never counted as met.
  if (requirement.pending !== undefined) return 'pending';
  return proofs.some((proof) => proof.outcome === 'passed') ? 'met' : 'missing';
}

function contradiction({ requirement, proofs }: Judged): string[] {
  const [first] = proofs;
  if (requirement.notApplicable === undefined || first === undefined) return [];
  return [`${requirement.number} is said to be not applicable, yet a test carries it: ${first.file}`];
}
