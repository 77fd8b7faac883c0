/** The part of Stryker's report (mutation testing report schema) that is read here. */
export interface MutationReport {
  readonly files: Readonly<Record<string, { readonly mutants: readonly Mutant[] }>>;
}

interface Mutant {
  readonly mutatorName: string;
  readonly replacement?: string;
  /** `Killed`, `Timeout`, `Survived`, `NoCoverage`; `Ignored` is static; others say that there is no verdict. */
  readonly status: string;
  readonly location: { readonly start: { readonly line: number; readonly column: number } };
}

/** How well the tests of a room notice changes. Numbers of mutants. */
export interface Score {
  readonly room: string;
  /** A test failed. */
  readonly killed: number;
  /** The tests did not end, or went round far more often than without it. */
  readonly timeout: number;
  /** All tests that reach it passed. */
  readonly survived: number;
  /** No test reaches it. */
  readonly unreached: number;
  /** In code that runs once while a module is loaded: not tried. */
  readonly ignored: number;
  /** Stryker came to no verdict. */
  readonly broken: number;
}

/** A mutant that no test noticed. */
export interface Survivor {
  /** `path:line:column`. */
  readonly place: string;
  readonly mutator: string;
  readonly replacement: string;
}

const counters: Readonly<Record<string, Exclude<keyof Score, 'room'>>> = {
  Killed: 'killed',
  Timeout: 'timeout',
  Survived: 'survived',
  NoCoverage: 'unreached',
  Ignored: 'ignored',
};

/** Of one room's report. */
export function scoreOf(room: string, report: MutationReport): Score {
  const score = { room, killed: 0, timeout: 0, survived: 0, unreached: 0, ignored: 0, broken: 0 };
  for (const { mutants } of Object.values(report.files))
    for (const { status } of mutants) score[counters[status] ?? 'broken'] += 1;
  return score;
}

/** All that were not noticed, by place. */
export function survivorsOf(report: MutationReport): readonly Survivor[] {
  return Object.entries(report.files).flatMap(([path, { mutants }]) =>
    mutants
      .filter(({ status }) => status === 'Survived' || status === 'NoCoverage')
      .map(({ mutatorName, replacement = '', location: { start } }) => ({
        place: `${path}:${start.line}:${start.column}`,
        mutator: mutatorName,
        replacement,
      })),
  );
}

/** The mutants that had a verdict. */
export function judged({ killed, timeout, survived, unreached }: Score): number {
  return killed + timeout + survived + unreached;
}

/** How many of them were noticed, in percent; 100 where there is nothing to notice. */
export function percent(score: Score): number {
  return judged(score) === 0 ? 100 : (100 * (score.killed + score.timeout)) / judged(score);
}

/** All rooms together. */
export function totalOf(scores: readonly Score[]): Score {
  const total = { ...scoreOf('all', { files: {} }) };
  for (const score of scores)
    for (const counter of [...Object.values(counters), 'broken'] as const) total[counter] += score[counter];
  return total;
}
