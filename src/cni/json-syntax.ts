import { skipSpace } from './json-scan.ts';

/** Where text stops being JSON. */
export interface SyntaxFault {
  /** Index of the first character that does not fit; the text's length where the text ends too early. */
  readonly at: number;
  /** What should stand there. */
  readonly expected: string;
}

const unicodeEscape = /\\u[0-9a-fA-F]{4}/y;
const afterDot = /^(?:$|[\s,\]}]|[eE][0-9+-])/;
const beforeNumber = /^(?:$|[\s,:[])/;
const stringSpecial = /["\\\x00-\x1f]/g;

/**
 * True if the text has something that QuickJS's JSON.parse takes although it is not JSON: the escapes of JavaScript
 * (`\x41`, `\'`, `\u{41}`, a line break), `5.` and `-01` (seen with 2025-04-26). findSyntaxFault then has the last
 * word. True as well for some innocent strings; never false where it matters.
 */
export function needsStrictLook(text: string): boolean {
  if (hasOddNumber(text)) return true;
  // In text that the engine took, a backslash outside an escape is the start of the next one.
  let at = text.indexOf('\\');
  while (at !== -1) {
    const end = endOfEscape(text, at);
    if (end === undefined) return true;
    at = text.indexOf('\\', end);
  }
  return false;
}

/**
 * A digit and a dot with no digit behind it, or `-0` and a digit, where a number may stand. Names like `net1.example`
 * and UIDs like `…-01ab` must not count: they are in almost every text. Walks from dot to dot, because a regular
 * expression over the whole text costs an interpreter more than parsing it.
 */
function hasOddNumber(text: string): boolean {
  for (let at = text.indexOf('.'); at !== -1; at = text.indexOf('.', at + 1)) {
    // Most dots stand in addresses, between digits.
    if (isDigit(text.charCodeAt(at + 1)) || !isDigit(text.charCodeAt(at - 1))) continue;
    if (afterDot.test(text.slice(at + 1, at + 3))) return true;
  }
  for (let at = text.indexOf('-0'); at !== -1; at = text.indexOf('-0', at + 1)) {
    if (isDigit(text.charCodeAt(at + 2)) && beforeNumber.test(text.charAt(at - 1))) return true;
  }
  return false;
}

/** What may come next, while the text is walked over. */
type State = 'value' | 'value or ]' | 'key' | 'key or }' | 'after';

const scalar = /(?:true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)/y;

/**
 * The first fault in a text that must be JSON (RFC 8259), undefined if there is none. JSON.parse says where it
 * stopped in words that differ between engines; users and tests need the same answer from both. Slow in an interpreter
 * (a second per megabyte), so called only for text that is refused or odd. Not recursive.
 */
export function findSyntaxFault(text: string): SyntaxFault | undefined {
  const open: ('{' | '[')[] = [];
  let state: State = 'value';
  let index = skipSpace(text, 0);
  for (;;) {
    const step: Step =
      state === 'after' ? afterValue(text, index, open) : beforeValue(text, index, open, state);
    if ('expected' in step) return step.expected === '' ? undefined : step;
    state = step.state;
    index = skipSpace(text, step.at);
  }
}

type Step = SyntaxFault | { readonly at: number; readonly state: State };

/** `expected` is empty where the text is complete. */
function afterValue(text: string, at: number, open: ('{' | '[')[]): Step {
  const inside = open.at(-1);
  if (inside === undefined) return { at, expected: at === text.length ? '' : 'the end of the text' };
  const closing = inside === '{' ? '}' : ']';
  if (text[at] === ',') return { at: at + 1, state: inside === '{' ? 'key' : 'value' };
  if (text[at] !== closing) return { at, expected: `"," or "${closing}"` };
  open.pop();
  return { at: at + 1, state: 'after' };
}

function beforeValue(text: string, at: number, open: ('{' | '[')[], state: State): Step {
  const char = text[at];
  if ((state === 'key or }' && char === '}') || (state === 'value or ]' && char === ']')) {
    open.pop();
    return { at: at + 1, state: 'after' };
  }
  if (state === 'key' || state === 'key or }') return key(text, at);
  if (char === '{' || char === '[') {
    open.push(char);
    return { at: at + 1, state: char === '{' ? 'key or }' : 'value or ]' };
  }
  if (char === '"') return string(text, at, 'after');
  const end = matchEnd(scalar, text, at);
  return end === undefined ? { at, expected: 'a value' } : { at: end, state: 'after' };
}

function key(text: string, at: number): Step {
  if (text[at] !== '"') return { at, expected: 'a key in double quotes' };
  const step = string(text, at, 'value');
  if ('expected' in step) return step;
  const colon = skipSpace(text, step.at);
  return text[colon] === ':' ? { at: colon + 1, state: 'value' } : { at: colon, expected: '":"' };
}

function string(text: string, at: number, state: State): Step {
  let index = at + 1;
  for (;;) {
    stringSpecial.lastIndex = index;
    index = stringSpecial.exec(text)?.index ?? text.length;
    if (index === text.length) return { at: index, expected: 'the end of the string' };
    if (text[index] === '"') return { at: index + 1, state };
    const end = text[index] === '\\' ? endOfEscape(text, index) : undefined;
    if (end === undefined)
      return { at: index, expected: text[index] === '\\' ? 'a valid escape' : 'no control character' };
    index = end;
  }
}

/** Index behind the escape that starts at `at`; undefined if JSON has no such escape. */
function endOfEscape(text: string, at: number): number | undefined {
  const next = text.charAt(at + 1);
  if (next === 'u') return matchEnd(unicodeEscape, text, at);
  return next !== '' && '"\\/bfnrt'.includes(next) ? at + 2 : undefined;
}

function matchEnd(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}
