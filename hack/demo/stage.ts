import { Screen } from './screen.ts';

/** How long a part of the story took. */
export interface SceneTime {
  readonly title: string;
  readonly seconds: number;
}

/** What the demos print, and the checks behind it: nothing is claimed that was not looked at. */
export class Stage {
  readonly screen: Screen;
  readonly #start: number = performance.now();
  readonly #scenes: { readonly title: string; readonly startMs: number }[] = [];
  #claims = 0;

  constructor(screen: Screen = new Screen()) {
    this.screen = screen;
  }

  /** A new part of the story. */
  scene(title: string): void {
    this.#scenes.push({ title, startMs: performance.now() });
    this.screen.line(`\n${this.screen.bold(title)}`);
  }

  /** A plain sentence about what is being done. */
  say(sentence: string): void {
    this.screen.line(`  ${sentence}`);
  }

  /** Something as it is, indented: a command's output, a file. */
  show(command: string, output: string): void {
    this.screen.line(`  $ ${command}`);
    for (const line of output.trimEnd().split('\n')) this.screen.line(`    ${line}`);
  }

  /**
   * A sentence that is true, or the demo ends here with ClaimFailed. `seen` is shown when it is not, and `expected`
   * where the sentence alone does not say it.
   */
  claim(sentence: string, holds: boolean, seen: unknown = '', expected?: unknown): void {
    this.#claims += 1;
    if (!holds) throw new ClaimFailed(sentence, seen, expected);
    this.screen.line(`  ${this.screen.green('✓')} ${sentence}`);
  }

  /** A sentence that is true if the two lists are equal, in this order. */
  claimSame(sentence: string, seen: readonly string[], expected: readonly string[]): void {
    this.claim(sentence, JSON.stringify(seen) === JSON.stringify(expected), seen, expected);
  }

  /** How it went, for the last line. */
  summary(): string {
    return `${this.#claims} claims checked in ${((performance.now() - this.#start) / 1000).toFixed(1)} s`;
  }

  /** Every scene so far with the time until the next one, or until now. */
  times(): readonly SceneTime[] {
    return this.#scenes.map(({ title, startMs }, index) => ({
      title,
      seconds: ((this.#scenes[index + 1]?.startMs ?? performance.now()) - startMs) / 1000,
    }));
  }
}

/** A claim of the demo that does not hold. Its message is made for the screen, over several lines. */
export class ClaimFailed extends Error {
  override readonly name: string = 'ClaimFailed';

  constructor(sentence: string, seen: unknown, expected?: unknown) {
    super(
      [
        `not true: ${sentence}`,
        ...(expected === undefined ? [] : [`expected: ${textOf(expected)}`]),
        `${expected === undefined ? '' : 'seen: '}${textOf(seen)}`,
      ].join('\n'),
    );
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}
