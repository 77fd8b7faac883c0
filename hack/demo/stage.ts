/** What the demo prints, and the checks behind it: nothing is claimed that was not looked at. */
export class Stage {
  readonly #start: number = performance.now();
  #claims = 0;

  /** A new part of the story. */
  scene(title: string): void {
    console.log(`\n\u001b[1m${title}\u001b[0m`);
  }

  /** A plain sentence about what is being done. */
  say(sentence: string): void {
    console.log(`  ${sentence}`);
  }

  /** Something as it is, indented: a command's output, a file. */
  show(command: string, output: string): void {
    console.log(`  $ ${command}`);
    for (const line of output.trimEnd().split('\n')) console.log(`    ${line}`);
  }

  /** A sentence that is true, or the demo ends here. `seen` is shown when it is not. */
  claim(sentence: string, holds: boolean, seen: unknown = ''): void {
    this.#claims += 1;
    if (!holds) throw new ClaimFailed(sentence, seen);
    console.log(`  \u001b[32m✓\u001b[0m ${sentence}`);
  }

  /** How it went, for the last line. */
  summary(): string {
    return `${this.#claims} claims checked in ${((performance.now() - this.#start) / 1000).toFixed(1)} s`;
  }
}

/** A claim of the demo that does not hold. */
export class ClaimFailed extends Error {
  override readonly name: string = 'ClaimFailed';

  constructor(sentence: string, seen: unknown) {
    super(`not true: ${sentence}\n${typeof seen === 'string' ? seen : JSON.stringify(seen, null, 2)}`);
  }
}
