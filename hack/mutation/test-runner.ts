/**
 * Stryker's test runner for tests that need nothing but Node. It loads the test files into Stryker's own process, once,
 * and then switches from mutant to mutant. With vitest a mutant costs a new worker and the loading of every module.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { MutantCoverage } from '@stryker-mutator/api/core';
import { type ClassPlugin, declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import {
  type DryRunOptions,
  type DryRunResult,
  DryRunStatus,
  type MutantRunOptions,
  type MutantRunResult,
  MutantRunStatus,
  type TestResult,
  type TestRunner,
  type TestRunnerCapabilities,
  TestStatus,
} from '@stryker-mutator/api/test-runner';
import fc from 'fast-check';
import { leftOut } from './rooms.ts';
import { TestOrder } from './test-order.ts';
import {
  type RegisteredTest,
  registeredTests,
  registerFile,
  runTests,
  type TestFailure,
} from './test-tree.ts';

/** The variables that Stryker's instrumented code reads and writes. */
interface Instruments {
  activeMutant?: string | undefined;
  currentTestId?: string | undefined;
  hitCount?: number | undefined;
  hitLimit?: number | undefined;
  mutantCoverage?: MutantCoverage;
}

/** What the first run found out about a test. */
interface Experience {
  readonly ms: number;
  /** Mutant → how often its place was reached. */
  readonly hits: Readonly<Record<string, number>>;
}

/** Always the same cases, so that two runs say the same; few, and none to make a found one smaller. */
const properties = { numRuns: 30, seed: 20_261_121, endOnFailure: true };

/** Below Stryker's working directory, which all its processes share. */
const experienceFile = 'mutation-experience.json';

class InProcessTestRunner implements TestRunner {
  readonly #instruments: Instruments = {};
  readonly #loaded = new Set<string>();
  #experiences: ReadonlyMap<string, Experience> | undefined;
  #order: TestOrder | undefined;
  /** Mutants so far. */
  #mutants = 0;
  #spoiled = false;

  /** No file is ever loaded while a mutant is active (`ignoreStatic`), so there is nothing that would need a reload. */
  capabilities(): TestRunnerCapabilities {
    return { reloadEnvironment: true };
  }

  init(): Promise<void> {
    const standIns = new Map(
      ['vitest', 'fast-check'].map((name) => [name, new URL(`${name}-stand-in.ts`, import.meta.url).href]),
    );
    registerHooks({
      resolve: (specifier, context, next) => {
        const url = standIns.get(specifier);
        return url === undefined || context.parentURL === url
          ? next(specifier, context)
          : { url, shortCircuit: true };
      },
    });
    fc.configureGlobal(properties);
    Object.assign(globalThis, { __stryker__: this.#instruments });
    // A test with a limit of time would fail by itself: instrumented code is several times slower.
    Object.assign(performance, { now: () => 0 });
    return Promise.resolve();
  }

  async dryRun({ testFiles = [] }: DryRunOptions): Promise<DryRunResult> {
    await this.#load(testFiles);
    const tests: TestResult[] = [];
    const failure = await runTests(judgingTests(), {
      before: ({ id }) => {
        this.#instruments.currentTestId = id;
      },
      after: ({ id }, timeSpentMs) => {
        this.#instruments.currentTestId = undefined;
        tests.push({ id, name: id, timeSpentMs, status: TestStatus.Success });
      },
    });
    // Stryker would go on without a test that fails; that it fails in this runner only must not be missed.
    if (failure !== undefined)
      return { status: DryRunStatus.Error, errorMessage: `${failure.test.id}: ${failure.message}` };
    const mutantCoverage = this.#instruments.mutantCoverage ?? { static: {}, perTest: {} };
    const experiences = tests.map(({ id, timeSpentMs }): [string, Experience] => [
      id,
      { ms: timeSpentMs, hits: mutantCoverage.perTest[id] ?? {} },
    ]);
    writeFileSync(experienceFile, JSON.stringify(experiences));
    return { status: DryRunStatus.Complete, tests, mutantCoverage };
  }

  async mutantRun({ activeMutant, testFilter }: MutantRunOptions): Promise<MutantRunResult> {
    if (testFilter === undefined) throw new Error('static mutants cannot be run here: set ignoreStatic');
    await this.#load(new Set(testFilter.map((id) => id.slice(0, id.indexOf('#')))));
    if (this.#spoiled) throw new Error('a mutant has left something behind');
    this.#mutants += 1;
    const { nrOfTests, late, failure } = await this.#run(activeMutant.id, this.#ordered(testFilter));
    if (late) return { status: MutantRunStatus.Timeout, reason: 'round and round' };
    if (failure === undefined) return { status: MutantRunStatus.Survived, nrOfTests };
    await this.#expectRecovery(failure);
    const { test, message } = failure;
    this.#testOrder().killed(test.id);
    return { status: MutantRunStatus.Killed, killedBy: [test.id], failureMessage: message, nrOfTests };
  }

  /**
   * A test that fails because of a mutant passes without it. If it does not, a mutant has left something behind, in a
   * cache for example. If that was the first mutant here, its verdict stands; any other may suffer from one before it.
   * An error makes Stryker start another process and try again there.
   */
  async #expectRecovery({ test, message }: TestFailure): Promise<void> {
    const again = await runTests([test], { before: () => undefined, after: () => undefined });
    if (again === undefined) return;
    this.#spoiled = true;
    if (this.#mutants > 1)
      throw new Error(`${test.id} fails without its mutant, too: ${message}, ${again.message}`);
  }

  /** Runs tests up to the first that fails. `late`: that was because it came to the mutant's place far too often. */
  async #run(
    activeMutant: string,
    tests: readonly RegisteredTest[],
  ): Promise<{
    readonly nrOfTests: number;
    readonly late: boolean;
    readonly failure: TestFailure | undefined;
  }> {
    const instruments = this.#instruments;
    let nrOfTests = 0;
    let late = false;
    const failure = await runTests(tests, {
      before: ({ id }) => {
        const hitLimit = hitLimitFor(this.#known().get(id)?.hits[activeMutant] ?? 0);
        Object.assign(instruments, { activeMutant, hitCount: 0, hitLimit });
      },
      after: () => {
        nrOfTests += 1;
        late ||= (instruments.hitCount ?? 0) > (instruments.hitLimit ?? 0);
        Object.assign(instruments, { activeMutant: undefined, hitCount: undefined, hitLimit: undefined });
      },
    });
    return { nrOfTests, late, failure };
  }

  #ordered(ids: readonly string[]): readonly RegisteredTest[] {
    const chosen = new Set(ids);
    return this.#testOrder().ordered(registeredTests().filter(({ id }) => chosen.has(id)));
  }

  #testOrder(): TestOrder {
    this.#order ??= new TestOrder(new Map([...this.#known()].map(([id, { ms }]) => [id, ms])));
    return this.#order;
  }

  #known(): ReadonlyMap<string, Experience> {
    this.#experiences ??= new Map(
      JSON.parse(readFileSync(experienceFile, 'utf8')) as readonly [string, Experience][],
    );
    return this.#experiences;
  }

  async #load(files: Iterable<string>): Promise<void> {
    for (const path of files) {
      const file = relative(process.cwd(), path);
      if (this.#loaded.has(file)) continue;
      this.#loaded.add(file);
      await registerFile(file, () => import(pathToFileURL(resolve(file)).href));
    }
  }
}

/** All that are loaded but the ones that are left out, each of which must be there: a renamed one would be let in again. */
function judgingTests(): readonly RegisteredTest[] {
  const tests = registeredTests();
  const isLoaded = (start: string): boolean =>
    tests.some(({ id }) => id.startsWith(start.slice(0, start.indexOf('#') + 1)));
  const gone = leftOut.filter((start) => isLoaded(start) && !tests.some(({ id }) => id.startsWith(start)));
  if (gone.length > 0) throw new Error(`rooms.ts leaves out tests that are not there: ${gone.join('; ')}`);
  return tests.filter(({ id }) => !leftOut.some((start) => id.startsWith(start)));
}

/**
 * A hundred times as often as without the mutant, or where that is often already, as in hashing, ten times: an endless
 * loop would not come that far in reasonable time.
 */
function hitLimitFor(hits: number): number {
  return Math.max(1000, Math.min(100 * hits, 100_000), 10 * hits);
}

/** What Stryker asks a plugin for. */
export const strykerPlugins: readonly ClassPlugin<PluginKind.TestRunner, []>[] = [
  declareClassPlugin(PluginKind.TestRunner, 'in-process', InProcessTestRunner),
];
