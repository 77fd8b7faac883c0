import { readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type Build, type BuildState, fractionDone } from './time-left.ts';

/**
 * What the demo's cluster is made of, in the order in which it is built. The seconds are those of one run on two cores
 * with empty caches, divided by how many were built at once.
 */
export const builds: readonly Build[] = [
  { name: 'quickjs', seconds: 60 },
  { name: 'kubernetes', seconds: 545, packages: 2460 },
  { name: 'containerd', seconds: 110, packages: 790 },
  { name: 'coredns', seconds: 110, packages: 470 },
  { name: 'images', seconds: 2 },
  { name: 'etcd', seconds: 57, packages: 260 },
  { name: 'crictl', seconds: 70, packages: 280 },
  { name: 'runc', seconds: 22 },
  { name: 'cni-plugins', seconds: 30, packages: 270 },
];

/** Where builds are kept: the directory of hack/toolchain/cache.sh. */
export function cacheRoot(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const home = env['XDG_CACHE_HOME'] ?? '';
  return join(home === '' ? join(homedir(), '.cache') : home, 'weft');
}

interface Running {
  readonly sinceMs: number;
  compiled: number;
}

/**
 * Follows the toolchain's builds by the lines that they print and by what is in the cache. A build of which the cache has
 * another version counts as ready until its script says that it builds.
 */
export class BuildWatch {
  readonly #root: string;
  readonly #now: () => number;
  /** Whatever was missing once, so that the whole does not shrink when one is ready. */
  readonly #wanted = new Set<string>();
  readonly #ready = new Set<string>();
  readonly #running = new Map<string, Running>();

  constructor(root: string, now: () => number = () => performance.now()) {
    this.#root = root;
    this.#now = now;
    for (const { name } of builds) if (!this.#cached(name)) this.#wanted.add(name);
  }

  /** Those that are not in the cache. */
  missing(): readonly Build[] {
    return builds.filter(({ name }) => this.#wanted.has(name) && !this.#ready.has(name));
  }

  /** Takes notice of a line of the toolchain's progress. */
  saw(line: string): void {
    // `images` builds coredns inside, whose lines carry both names.
    const match = /(?:^|: )([a-z-]+): (building into |ready after |(\d+) packages compiled )/.exec(line);
    const [, name = '', what = '', count] = match ?? [];
    if (!builds.some((build) => build.name === name)) return;
    if (what.startsWith('ready')) {
      this.#ready.add(name);
      this.#running.delete(name);
      return;
    }
    this.#wanted.add(name);
    this.#ready.delete(name);
    const running = this.#running.get(name) ?? { sinceMs: this.#now(), compiled: 0 };
    running.compiled = Number(count ?? running.compiled);
    this.#running.set(name, running);
  }

  /** Every build that this run has to make or has made. */
  states(): readonly BuildState[] {
    return builds
      .filter(({ name }) => this.#wanted.has(name))
      .map((build) => ({ build, done: this.#doneOf(build) }));
  }

  #doneOf(build: Build): number {
    const running = this.#running.get(build.name);
    if (running !== undefined) {
      return fractionDone(build, running.compiled, (this.#now() - running.sinceMs) / 1000);
    }
    // Taken from PATH, or built by somebody else meanwhile, it says nothing.
    return this.#ready.has(build.name) || this.#cached(build.name) ? 1 : 0;
  }

  /** Whether any complete version is there; names with a dot in front are unfinished. */
  #cached(name: string): boolean {
    try {
      return readdirSync(join(this.#root, name)).some((entry) => !entry.startsWith('.'));
    } catch {
      return false;
    }
  }
}
