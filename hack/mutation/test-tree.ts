/**
 * The tests of a process, registered by their files as with vitest and run in any order and number of times. This is what
 * makes mutation testing cheap: files are loaded once, and a mutant costs no more than the tests that reach it.
 */
type Action = () => unknown;

interface Suite {
  readonly name: string;
  readonly parent: Suite | undefined;
  readonly beforeAll: Action[];
  readonly beforeEach: Action[];
  readonly afterEach: Action[];
  readonly afterAll: Action[];
}

/** A test that a file has registered. */
export interface RegisteredTest {
  /** `file#suite > title`; tests of the same name are numbered, in the order of the file. */
  readonly id: string;
  readonly suite: Suite;
  readonly body: Action;
}

/** What went wrong in a test: its own failure or that of a hook around it. */
export interface TestFailure {
  readonly test: RegisteredTest;
  readonly message: string;
}

/** Kept, because what runs the tests may stop the clock for them. */
const clock: () => number = performance.now.bind(performance);

const tests = new Map<string, RegisteredTest>();
let suite: Suite = newSuite('', undefined);

/** The tests that are registered while `load` runs belong to `file`. */
export async function registerFile(file: string, load: () => Promise<unknown>): Promise<void> {
  suite = newSuite(file, undefined);
  await load();
}

/** In the order of registration. */
export function registeredTests(): readonly RegisteredTest[] {
  return [...tests.values()];
}

/** Runs the body with hooks and tests in it registered below `name`. */
export function addSuite(name: string, body: Action): void {
  const outer = suite;
  suite = newSuite(name, outer);
  body();
  suite = outer;
}

export function addTest(title: string, body: Action): void {
  const [file, ...names] = [...lineOf(suite).map(({ name }) => name), title];
  const name = `${file}#${names.join(' > ')}`;
  let id = name;
  for (let number = 2; tests.has(id); number++) id = `${name} (${number})`;
  tests.set(id, { id, suite, body });
}

export function addHook(when: 'beforeAll' | 'beforeEach' | 'afterEach' | 'afterAll', action: Action): void {
  suite[when].push(action);
}

/**
 * Runs tests one after the other up to the first that fails, which is the answer. `around` is told of each test before it
 * and, with its milliseconds, after it.
 */
export async function runTests(
  chosen: readonly RegisteredTest[],
  around: {
    readonly before: (test: RegisteredTest) => void;
    readonly after: (test: RegisteredTest, ms: number) => void;
  },
): Promise<TestFailure | undefined> {
  const entered = new Set<Suite>();
  let failure: TestFailure | undefined;
  for (const test of chosen) {
    around.before(test);
    const start = clock();
    failure = await failureOf(test, entered);
    around.after(test, clock() - start);
    if (failure !== undefined) break;
  }
  for (const { afterAll } of [...entered].reverse()) await runAll(afterAll).catch(() => undefined);
  return failure;
}

async function failureOf(test: RegisteredTest, entered: Set<Suite>): Promise<TestFailure | undefined> {
  const line = lineOf(test.suite);
  try {
    for (const each of line.filter((each) => !entered.has(each))) {
      entered.add(each);
      await runAll(each.beforeAll);
    }
    for (const { beforeEach } of line) await runAll(beforeEach);
    try {
      await test.body();
    } finally {
      for (const { afterEach } of [...line].reverse()) await runAll(afterEach);
    }
    return undefined;
  } catch (error) {
    return { test, message: error instanceof Error ? error.message : String(error) };
  }
}

async function runAll(actions: readonly Action[]): Promise<void> {
  for (const action of actions) await action();
}

/** From the file to the innermost. */
function lineOf(innermost: Suite): readonly Suite[] {
  return innermost.parent === undefined ? [innermost] : [...lineOf(innermost.parent), innermost];
}

function newSuite(name: string, parent: Suite | undefined): Suite {
  return { name, parent, beforeAll: [], beforeEach: [], afterEach: [], afterAll: [] };
}
