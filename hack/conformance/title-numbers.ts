/** What a title claims. */
export interface TitleNumbers {
  /** In their order, each once. */
  readonly numbers: readonly string[];
  /** What looks like a number but is not written `[CNI-283]`: a range, a list in one bracket, a slip. */
  readonly malformed: readonly string[];
}

const written = /\[((?:CNI|NPWG)-\d{3})\]/g;
const alike = /\[?(?:CNI|NPWG)-\d+[^\s\]]*\]?/g;
const range = /\]\s*(?:-|–|\.\.+|…|to)\s*\[(?:CNI|NPWG)-\d+\]/g;

/** Finds the numbers in a test's full title, those of its describe blocks too. */
export function titleNumbers(title: string): TitleNumbers {
  const numbers = [...title.matchAll(written)].map((match) => match[1] ?? '');
  const malformed = [...(title.match(range) ?? []), ...(withoutNumbers(title).match(alike) ?? [])];
  return { numbers: [...new Set(numbers)], malformed };
}

/** The title for people who see the number beside it. */
export function withoutNumbers(title: string): string {
  return title.replaceAll(written, '').replaceAll(/\s+/g, ' ').trim();
}

/** The numbers that stand in a test's source outside of comment lines: what a run of it could prove. */
export function sourceNumbers(source: string): string[] {
  const code = source.split('\n').filter((line) => !/^\s*(\/\/|\/?\*)/.test(line));
  return [...titleNumbers(code.join('\n')).numbers];
}
