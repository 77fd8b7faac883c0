import { parse } from 'yaml';

/** How strongly the specification asks; `decision`: it is silent or contradictory, or weft departs from it. */
export const levels = ['must', 'should', 'may', 'decision'] as const;
export type Level = (typeof levels)[number];

/** One line of test/conformance/*.yaml. */
export interface Requirement {
  /** `CNI-283`, `NPWG-108`. */
  readonly number: string;
  /** Heading that it stands under. */
  readonly section: string;
  readonly level: Level;
  /** What is required, one sentence. */
  readonly line: string;
  /** Why it cannot apply to weft. */
  readonly notApplicable?: string;
  /** The work that brings it. */
  readonly pending?: string;
}

/** Longest line: a row of the page should stay readable. */
export const longestLine = 140;

/** The specifications, as the numbers begin. */
export const specifications = ['CNI', 'NPWG'] as const;

/** Reads one file, in its order. Throws on a row that is not exactly a level with a line and at most one reason. */
export function parseRequirements(text: string, file: string): Requirement[] {
  const sections: unknown = parse(text);
  return entries(sections, file).flatMap(([section, rows]) =>
    entries(rows, `${file}: ${section}`).map(([number, row]) => requirement(number, section, row, file)),
  );
}

function requirement(number: string, section: string, row: unknown, file: string): Requirement {
  const at = `${file}: ${number}`;
  if (!/^(CNI|NPWG)-\d{3}$/.test(number)) throw new Error(`${at}: must be like CNI-283 or NPWG-108`);
  const { notApplicable, pending, ...rest } = Object.fromEntries(entries(row, at));
  const [[level, line] = [], ...more] = Object.entries(rest);
  if (!isLevel(level) || more.length > 0) throw new Error(`${at}: needs just one of ${levels.join(', ')}`);
  if (notApplicable !== undefined && pending !== undefined) {
    throw new Error(`${at}: cannot be both notApplicable and pending`);
  }
  return {
    number,
    section,
    level,
    line: sentence(line, at),
    ...(notApplicable === undefined ? {} : { notApplicable: sentence(notApplicable, at) }),
    ...(pending === undefined ? {} : { pending: sentence(pending, at) }),
  };
}

function entries(value: unknown, at: string): [string, unknown][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error(`${at}: must be a mapping`);
  }
  return Object.entries(value);
}

function sentence(value: unknown, at: string): string {
  if (typeof value !== 'string' || value.trim() === '' || value.length > longestLine) {
    throw new Error(`${at}: every text has 1 to ${longestLine} characters`);
  }
  return value;
}

function isLevel(word: string | undefined): word is Level {
  return levels.some((level) => level === word);
}
