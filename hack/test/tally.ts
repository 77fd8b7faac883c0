import { stripVTControlCharacters } from 'node:util';

/** What a stage of `make test` came to. */
export interface Tally {
  readonly passed: number;
  /** One for each failure: a line with what failed, then, indented, what is known of the reason. */
  readonly failures: readonly string[];
  /** `file > full title` of each test that did not run. */
  readonly skipped: readonly string[];
}

/** The part of vitest's JSON report that counts. */
export interface VitestReport {
  readonly success: boolean;
  /** When the run began, milliseconds since 1970. */
  readonly startTime: number;
  readonly testResults: readonly {
    /** Absolute path. */
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      /** Message and stack of each error. */
      readonly failureMessages?: readonly string[];
    }[];
  }[];
}

/** Nothing ran. */
export const emptyTally: Tally = { passed: 0, failures: [], skipped: [] };

/** Counts one report. `root` is cut off the file names. */
export function tallyReport(report: VitestReport, root: string): Tally {
  let passed = 0;
  const failures: string[] = [];
  const skipped: string[] = [];
  for (const file of report.testResults) {
    const path = file.name.startsWith(`${root}/`) ? file.name.slice(root.length + 1) : file.name;
    const before = failures.length;
    for (const test of file.assertionResults) {
      const title = `${path} > ${test.fullName}`;
      if (test.status === 'passed') passed += 1;
      else if (test.status === 'failed')
        failures.push([title, ...reason(test.failureMessages ?? [])].join('\n'));
      // pending, skipped, todo, disabled: it did not run, whatever the word.
      else skipped.push(title);
    }
    // A file that cannot be loaded, or whose hooks fail, has no failed test of its own.
    if (file.status === 'failed' && failures.length === before) {
      failures.push(`${path}: ${firstLine(file.message)}`);
    }
  }
  return { passed, failures, skipped };
}

/** Everything together, in the given order. */
export function addTallies(tallies: readonly Tally[]): Tally {
  return {
    passed: tallies.reduce((sum, tally) => sum + tally.passed, 0),
    failures: tallies.flatMap((tally) => tally.failures),
    skipped: tallies.flatMap((tally) => tally.skipped),
  };
}

/** The one line with which `make test` ends. */
export function summaryLine(tally: Tally): string {
  return `${tally.passed} passed, ${tally.failures.length} failed, ${tally.skipped.length} skipped`;
}

/** The most that is shown of one failure: the end of `make test` may be all that somebody sees of it. */
const reasonHead = 3;
const reasonTail = 12;

/** The messages without their stacks, the middle left out: of a command's output the end tells why it failed. */
function reason(messages: readonly string[]): readonly string[] {
  const lines = messages
    .flatMap((message) => stripVTControlCharacters(message).split('\n'))
    .filter((line) => line.trim() !== '' && !/^ +at /.test(line));
  const shown =
    lines.length <= reasonHead + reasonTail + 1
      ? lines
      : [
          ...lines.slice(0, reasonHead),
          `[${lines.length - reasonHead - reasonTail} lines]`,
          ...lines.slice(-reasonTail),
        ];
  return shown.map((line) => `    ${line.slice(0, 300)}`);
}

function firstLine(message: string | undefined): string {
  const line = (message ?? '').split('\n', 1)[0] ?? '';
  return line === '' ? 'the file failed outside of its tests' : line;
}
