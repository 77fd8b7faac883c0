import { skipSpace, skipString, skipValue } from './json-scan.ts';

/**
 * V8's JSON.parse (seen with Node 24.21) can take a key that is written with escapes for another one: it guesses the
 * next key from objects parsed before and compares the guess with the raw characters. After `{"b":0,"\\":1}` the text
 * `{"b":0,"\u0061":1}` has the key `\`. Whoever may write one network could so change what another one says.
 */
const confusesKeys: boolean = askEngine();

/** The last escape of a key, up to the colon. */
const escapedKey = /\\.[^"\\]*"\s*:/;

/** True if JSON.parse must not be trusted with this text, which it has accepted, and parseKeyByKey must read it. */
export function mayConfuseKeys(text: string): boolean {
  return confusesKeys && hasEscapedKey(text);
}

/** True if a key in JSON text is written with an escape. */
export function hasEscapedKey(text: string): boolean {
  return text.includes('\\') && escapedKey.test(text);
}

/**
 * The value of a text that JSON.parse accepts, each key and scalar parsed by itself. Recursive, so the nesting must be
 * bounded already.
 */
export function parseKeyByKey(text: string): unknown {
  return valueAt(text, skipSpace(text, 0)).value;
}

interface Parsed {
  readonly value: unknown;
  /** Index behind the value. */
  readonly end: number;
}

function valueAt(text: string, at: number): Parsed {
  if (text[at] === '{') return objectAt(text, at);
  if (text[at] === '[') return arrayAt(text, at);
  const end = skipValue(text, at);
  return { value: JSON.parse(text.slice(at, end)), end };
}

function objectAt(text: string, at: number): Parsed {
  const value = {};
  let index = skipSpace(text, at + 1);
  while (text[index] !== '}') {
    const keyEnd = skipString(text, index);
    const member = valueAt(text, skipSpace(text, skipSpace(text, keyEnd) + 1));
    // Defined, not assigned: `__proto__` is a key like any other.
    const property = { value: member.value, configurable: true, enumerable: true, writable: true };
    Object.defineProperty(value, String(JSON.parse(text.slice(index, keyEnd))), property);
    index = behindComma(text, member.end);
  }
  return { value, end: index + 1 };
}

function arrayAt(text: string, at: number): Parsed {
  const value: unknown[] = [];
  let index = skipSpace(text, at + 1);
  while (text[index] !== ']') {
    const item = valueAt(text, index);
    value.push(item.value);
    index = behindComma(text, item.end);
  }
  return { value, end: index + 1 };
}

/** Index of the next member or item, or of the closing bracket. */
function behindComma(text: string, at: number): number {
  const index = skipSpace(text, at);
  return text[index] === ',' ? skipSpace(text, index + 1) : index;
}

function askEngine(): boolean {
  JSON.parse('{"weft":0,"\\\\":1}');
  return !('a' in (JSON.parse('{"weft":0,"\\u0061":1}') as object));
}
