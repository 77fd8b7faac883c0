/** Something that is built once and then kept in the cache. */
export interface Build {
  /** As the lines of its script begin. */
  readonly name: string;
  /** Seconds that it takes from cold on two cores that have nothing else to do, measured once. */
  readonly seconds: number;
  /** Packages that its compiler counts in all, if it counts. */
  readonly packages?: number;
}

/** How far a build is. */
export interface BuildState {
  readonly build: Build;
  /** 0 to 1. */
  readonly done: number;
}

/** For how many seconds the first guess of this machine's speed weighs as much as what was seen since. */
const guessSeconds = 240;

/**
 * Seconds until all are built, judged by how quickly it went so far: `elapsed` is seconds since the first began, `cores`
 * how many this machine has. 0 when all are done.
 */
export function secondsLeft(states: readonly BuildState[], elapsed: number, cores: number): number {
  const done = states.reduce((sum, { build, done: part }) => sum + build.seconds * part, 0);
  const total = states.reduce((sum, { build }) => sum + build.seconds, 0);
  // Linking and the largest packages use one core only, so cores beyond the eighth help no more.
  const guess = Math.min(cores, 8) / 2;
  const speed = (done + guessSeconds * guess) / (elapsed + guessSeconds);
  return Math.max(0, total - done) / speed;
}

/** How far a running build is: by its compiler's count, before the first one by the clock. Never 1. */
export function fractionDone(build: Build, compiled: number, runningSeconds: number): number {
  const byCount = build.packages === undefined ? 0 : compiled / build.packages;
  // Two are built at a time, each with half of the machine.
  const byClock = runningSeconds / (2 * build.seconds);
  return Math.min(0.95, byCount > 0 ? byCount : byClock);
}

/** As people say it: `about 12 min`, `about 40 s`, `some seconds`. */
export function aboutText(seconds: number): string {
  if (seconds >= 90) return `about ${Math.round(seconds / 60)} min`;
  if (seconds >= 10) return `about ${Math.round(seconds / 10) * 10} s`;
  return 'some seconds';
}
