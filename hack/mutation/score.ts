/** The part of Stryker's report (mutation testing report schema) that is read here. */
export interface MutationReport {
  readonly files: Readonly<Record<string, { readonly mutants: readonly Mutant[] }>>;
}

interface Mutant {
  readonly mutatorName: string;
  readonly replacement?: string;
  /** `Killed`, `Timeout`, `Survived`, `NoCoverage`; others say that it was no valid program or was left out. */
  readonly status: string;
  readonly location: { readonly start: { readonly line: number; readonly column: number } };
}

/** How well the tests of a room notice changes. */
export interface Score {
  readonly room: string;
  /** Mutants that a test noticed, and all valid ones. */
  readonly killed: number;
  readonly valid: number;
}

/** A mutant that no test noticed. */
export interface Survivor {
  readonly room: string;
  /** `path:line:column`. */
  readonly place: string;
  readonly mutator: string;
  readonly replacement: string;
}

const noticed = ['Killed', 'Timeout'];
const missed = ['Survived', 'NoCoverage'];

/** One score a room, in alphabetical order. */
export function scoresOf(report: MutationReport): readonly Score[] {
  const scores = new Map<string, Score>();
  for (const [path, { mutants }] of Object.entries(report.files)) {
    const room = roomOf(path);
    const before = scores.get(room) ?? { room, killed: 0, valid: 0 };
    const killed = count(mutants, noticed);
    scores.set(room, {
      room,
      killed: before.killed + killed,
      valid: before.valid + killed + count(mutants, missed),
    });
  }
  return [...scores.values()].sort((left, right) => (left.room < right.room ? -1 : 1));
}

/** All that were not noticed, by place. */
export function survivorsOf(report: MutationReport): readonly Survivor[] {
  return Object.entries(report.files).flatMap(([path, { mutants }]) =>
    mutants
      .filter(({ status }) => missed.includes(status))
      .map(({ mutatorName, replacement = '', location: { start } }) => ({
        room: roomOf(path),
        place: `${path}:${start.line}:${start.column}`,
        mutator: mutatorName,
        replacement,
      })),
  );
}

/** In percent; 100 where there is nothing to notice. */
export function percent({ killed, valid }: Pick<Score, 'killed' | 'valid'>): number {
  return valid === 0 ? 100 : (100 * killed) / valid;
}

/** All rooms together. */
export function totalOf(scores: readonly Score[]): Score {
  return scores.reduce(
    (sum, { killed, valid }) => ({ room: 'all', killed: sum.killed + killed, valid: sum.valid + valid }),
    { room: 'all', killed: 0, valid: 0 },
  );
}

function roomOf(path: string): string {
  return path.split('/')[1] ?? path;
}

function count(mutants: readonly Mutant[], statuses: readonly string[]): number {
  return mutants.filter(({ status }) => statuses.includes(status)).length;
}
