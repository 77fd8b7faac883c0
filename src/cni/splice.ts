import { WeftError } from '../errors/weft-error.ts';
import { skipSpace, skipString, skipValue } from './json-scan.ts';

/**
 * Changes JSON as text, so that every byte that nobody asked to change reaches the delegate: order of keys, white
 * space, numbers above 2^53 (DESIGN §3.2; CNI-214). The text given must be valid JSON (parseObject has seen it), and
 * so must the values; otherwise InvalidJson is thrown or the answer is as broken as the question.
 */

/** One member of an object. */
export interface Member {
  /** The key with its escapes resolved. */
  readonly key: string;
  /** The value's own text, without white space around it. */
  readonly value: string;
}

/** What `editObject` is to do. */
export interface ObjectEdit {
  /** Key → text of the new value. Existing ones keep their place, new ones follow at the end in the map's order. */
  readonly set?: ReadonlyMap<string, string>;
  /** Members that go, unless `set` has their key. */
  readonly remove?: (key: string) => boolean;
}

/** A member cut in pieces, so that white space stays with the member that it surrounds. */
interface Piece {
  readonly key: string;
  /** From behind the `{` or `,` to the value: white space, key, colon. */
  readonly before: string;
  readonly value: string;
  /** White space up to the next `,`; '' for the last member. */
  readonly after: string;
}

/** Where the pieces of an object stand in its text. */
interface ObjectText {
  /** Up to and with the `{`. */
  readonly head: string;
  readonly pieces: readonly Piece[];
  /** From the last value on: the white space before the `}` belongs to the object. */
  readonly tail: string;
}

/** The members of an object in the order of the text, duplicate keys included. */
export function members(text: string): readonly Member[] {
  return cut(text).pieces.map(({ key, value }) => ({ key, value }));
}

/** The raw text of a top-level member's value. Of duplicates the last counts, as for JSON.parse and Go (CNI-490). */
export function getMember(text: string, key: string): string | undefined {
  return cut(text).pieces.findLast((piece) => piece.key === key)?.value;
}

/** The object with `key` set to the value whose text is `valueText`: replaced in place, or appended. */
export function setMember(text: string, key: string, valueText: string): string {
  return editObject(text, { set: new Map([[key, valueText]]) });
}

/**
 * The object with a member behind its others, without looking at them: for a text of our own making that has at least
 * one member and none of this key. setMember walks over all of it, which an interpreter does slowly.
 */
export function appendMember(text: string, key: string, valueText: string): string {
  const end = text.lastIndexOf('}');
  return `${text.slice(0, end)},${JSON.stringify(key)}:${valueText}${text.slice(end)}`;
}

/** The object without `key`, all occurrences of it. */
export function removeMember(text: string, key: string): string {
  return editObject(text, { remove: (candidate) => candidate === key });
}

/**
 * All edits in one pass. Of duplicates of a key that is set only the first place survives, so that no reader can
 * take the old value.
 */
export function editObject(text: string, edit: ObjectEdit): string {
  const { head, pieces, tail } = cut(text);
  const pending = new Map(edit.set);
  const kept: Piece[] = [];
  for (const piece of pieces) {
    const value = pending.get(piece.key);
    if (value !== undefined) kept.push({ ...piece, value });
    else if (edit.set?.has(piece.key) !== true && edit.remove?.(piece.key) !== true) kept.push(piece);
    pending.delete(piece.key);
  }
  for (const [key, value] of pending) kept.push({ key, before: `${JSON.stringify(key)}:`, value, after: '' });
  return `${head}${kept.map(pieceText).join(',')}${tail}`;
}

/** The raw texts of an array's items, in order. */
export function elements(text: string): readonly string[] {
  const items: string[] = [];
  let index = enter(text, '[');
  if (text[index] === ']') return items;
  for (;;) {
    const end = skipValue(text, index);
    items.push(text.slice(index, end));
    const separator = skipSpace(text, end);
    if (text[separator] === ']') return items;
    index = skipSpace(text, expect(text, separator, ','));
  }
}

function cut(text: string): ObjectText {
  const pieces: Piece[] = [];
  let index = enter(text, '{');
  let start = text.indexOf('{') + 1;
  const head = text.slice(0, start);
  if (text[index] === '}') return { head, pieces, tail: text.slice(start) };
  for (;;) {
    const keyEnd = skipString(text, expect(text, index, '"') - 1);
    const valueStart = skipSpace(text, expect(text, skipSpace(text, keyEnd), ':'));
    const valueEnd = skipValue(text, valueStart);
    const end = skipSpace(text, valueEnd);
    const isLast = text[end] === '}';
    pieces.push({
      key: keyOf(text.slice(index, keyEnd)),
      before: text.slice(start, valueStart),
      value: text.slice(valueStart, valueEnd),
      after: isLast ? '' : text.slice(valueEnd, end),
    });
    if (isLast) return { head, pieces, tail: text.slice(valueEnd) };
    start = expect(text, end, ',');
    index = skipSpace(text, start);
  }
}

function pieceText(piece: Piece): string {
  return piece.before + piece.value + piece.after;
}

/** `"na\u006de"` is the key `name` for every parser, so it is for us. */
function keyOf(raw: string): string {
  if (!raw.includes('\\')) return raw.slice(1, -1);
  try {
    return String(JSON.parse(raw));
  } catch (error) {
    throw new WeftError('InvalidJson', { cause: 'a key of the JSON object is not a JSON string', error });
  }
}

/** Index of what follows the opening bracket, white space skipped. */
function enter(text: string, bracket: '{' | '['): number {
  return skipSpace(text, expect(text, skipSpace(text, 0), bracket));
}

/** Index behind `char`, which must stand at `at`. */
function expect(text: string, at: number, char: string): number {
  if (text[at] === char) return at + 1;
  throw new WeftError('InvalidJson', { cause: `the JSON text has no "${char}" at character ${at + 1}` });
}
