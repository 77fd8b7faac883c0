import type { RegisteredTest } from './test-tree.ts';

/** How many of the last killers are tried first, unless one takes more than this share of the first run of all tests. */
const remembered = 12;
const quick = 1 / 200;

/**
 * In what order a mutant gets the tests that reach it: first those that have noticed mutants just before it, because
 * Stryker goes through a file from place to place; then the quickest.
 */
export class TestOrder {
  readonly #ms: (id: string) => number;
  readonly #allMs: number;
  /** Latest first. */
  #killers: readonly string[] = [];

  /** Test → how long it took in the first run. */
  constructor(milliseconds: ReadonlyMap<string, number>) {
    this.#ms = (id) => milliseconds.get(id) ?? 0;
    this.#allMs = [...milliseconds.values()].reduce((sum, ms) => sum + ms, 0);
  }

  ordered(tests: readonly RegisteredTest[]): readonly RegisteredTest[] {
    const rank = ({ id }: RegisteredTest): number => {
      const place = this.#killers.indexOf(id);
      return place === -1 ? remembered : place;
    };
    return tests.toSorted(
      (left, right) => rank(left) - rank(right) || this.#ms(left.id) - this.#ms(right.id),
    );
  }

  /** This test has noticed a mutant. */
  killed(id: string): void {
    if (this.#ms(id) > quick * this.#allMs) return;
    this.#killers = [id, ...this.#killers.filter((other) => other !== id)].slice(0, remembered);
  }
}
