import { WeftError } from '../errors/weft-error.ts';

/**
 * Walks over JSON text without building values. Everything here expects text that JSON.parse accepts; on other text
 * it throws InvalidJson or answers nonsense, but always ends and never reads past the text.
 *
 * Strings are jumped over with indexOf, which is native code in both engines; only what stands between strings is
 * looked at character by character (an interpreter runs this).
 */

const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const comma = 0x2c;

/** Index of the first character at or after `at` that is not JSON white space; the text's length if there is none. */
export function skipSpace(text: string, at: number): number {
  let index = at;
  while (isSpace(text.charCodeAt(index))) index += 1;
  return index;
}

/** Index behind the string whose opening quote stands at `at`. */
export function skipString(text: string, at: number): number {
  let end = text.indexOf('"', at + 1);
  while (end !== -1) {
    let slashes = end;
    while (text.charCodeAt(slashes - 1) === backslash) slashes -= 1;
    if ((end - slashes) % 2 === 0) return end + 1;
    end = text.indexOf('"', end + 1);
  }
  throw cutOff();
}

/** Index behind the value that starts at `at`, which must not be white space. */
export function skipValue(text: string, at: number): number {
  const first = text.charCodeAt(at);
  if (first === quote) return skipString(text, at);
  if (first === openBrace || first === openBracket) return skipContainer(text, at);
  let index = at;
  while (index < text.length && !endsScalar(text.charCodeAt(index))) index += 1;
  if (index === at) throw cutOff();
  return index;
}

/** True if arrays and objects lie more than `limit` deep in each other. Not recursive: depth is what it guards against. */
export function nestedDeeperThan(text: string, limit: number): boolean {
  if (countUpTo(text, '[', limit) + countUpTo(text, '{', limit) <= limit) return false;
  let depth = 0;
  let index = 0;
  while (index < text.length) {
    const code = text.charCodeAt(index);
    if (code === quote) {
      index = endOfString(text, index);
      continue;
    }
    if (code === openBrace || code === openBracket) depth += 1;
    else if (code === closeBrace || code === closeBracket) depth -= 1;
    if (depth > limit) return true;
    index += 1;
  }
  return false;
}

function skipContainer(text: string, at: number): number {
  let depth = 0;
  let index = at;
  while (index < text.length) {
    const code = text.charCodeAt(index);
    if (code === quote) {
      index = skipString(text, index);
      continue;
    }
    index += 1;
    if (code === openBrace || code === openBracket) depth += 1;
    else if (code === closeBrace || code === closeBracket) {
      depth -= 1;
      if (depth === 0) return index;
    }
  }
  throw cutOff();
}

/** Like skipString, but text that ends inside the string is its end: the syntax is judged later. */
function endOfString(text: string, at: number): number {
  try {
    return skipString(text, at);
  } catch {
    return text.length;
  }
}

/** How often `char` occurs, counted no further than one above `limit`. */
function countUpTo(text: string, char: string, limit: number): number {
  let count = 0;
  let index = text.indexOf(char);
  while (index !== -1 && count <= limit) {
    count += 1;
    index = text.indexOf(char, index + 1);
  }
  return count;
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

function endsScalar(code: number): boolean {
  return code === comma || code === closeBrace || code === closeBracket || isSpace(code);
}

function cutOff(): WeftError {
  return new WeftError('InvalidJson', { cause: 'the JSON text ends in the middle of a value' });
}
