import { maxDepth, parseJson } from '../cni/json.ts';
import { findSyntaxFault } from '../cni/json-syntax.ts';
import { asWeftError } from '../errors/weft-error.ts';

/** What is wrong with a text that must be JSON, as a sentence with line and column; undefined if nothing is. */
export function jsonFault(text: string): string | undefined {
  try {
    parseJson(text, 'the text');
    return undefined;
  } catch (error) {
    return faultText(text, asWeftError(error).failure.cause);
  }
}

/** `line 3, column 7`, both counted from 1, columns in characters as JavaScript counts them. */
export function textPlace(text: string, at: number): string {
  const before = text.slice(0, at).split('\n');
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}

function faultText(text: string, cause: string): string {
  if (text.trim() === '') return 'the text is empty; write a CNI configuration in JSON';
  if (text.charCodeAt(0) === 0xfeff) {
    return 'line 1, column 1: the text starts with a byte order mark; save it without one';
  }
  const fault = findSyntaxFault(text);
  // Nesting is the only other reason to refuse.
  if (fault === undefined) return cause.includes(String(maxDepth)) ? `${cause}; write it flatter` : cause;
  const place = textPlace(text, fault.at);
  if (fault.expected.includes('control character')) return `${place}: ${controlFault(text[fault.at])}`;
  const found = fault.at >= text.length ? 'the text ends there' : `found ${quoted(text, fault.at)}`;
  return `${place}: expected ${fault.expected}, ${found}${advice(text, fault.at, fault.expected)}`;
}

/** A string goes on over the end of its line, or holds a character that nobody sees. */
function controlFault(found: string | undefined): string {
  if (found === '\n' || found === '\r')
    return 'the line ends inside of a string; end the string on its line with "';
  if (found === '\t') return 'there is a tab inside of a string; write it as \\t, or leave it out';
  return `there is a control character (${JSON.stringify(found)}) inside of a string; leave it out`;
}

function quoted(text: string, at: number): string {
  return JSON.stringify(text.slice(at, at + 16).split('\n')[0] ?? '');
}

/** The mistakes that people make, and what they should write. */
function advice(text: string, at: number, expected: string): string {
  const rest = text.slice(at);
  const before = text.slice(0, at).trimEnd();
  const [, hint] = hints.find(([applies]) => applies({ rest, before, expected })) ?? [];
  return `; ${hint ?? 'correct the text there'}`;
}

interface Spot {
  /** From the fault on. */
  readonly rest: string;
  /** Before the fault, without white space at its end. */
  readonly before: string;
  readonly expected: string;
}

const hints: readonly (readonly [(spot: Spot) => boolean, string])[] = [
  [({ rest, before }) => /^[\]}]/.test(rest) && before.endsWith(','), 'remove the comma before it'],
  [({ rest }) => /^(\/\/|\/\*|#)/.test(rest), 'remove the comment, JSON has none'],
  [({ rest }) => /^['‘’“”`]/.test(rest), 'write plain double quotes: "'],
  [({ rest }) => /^(True|False|None|TRUE|FALSE|yes|no)\b/.test(rest), 'write true, false or null'],
  [
    ({ rest }) => /^(\{\{|\{ *[.$]|\$[{(A-Za-z])/.test(rest),
    'replace the placeholder of the template by its value',
  ],
  [({ rest }) => rest.startsWith('='), 'write ":" between key and value'],
  [({ rest, expected }) => rest === '' && /string/.test(expected), 'close the string with "'],
  [({ rest }) => rest === '', 'close every { and [ that is open'],
  [({ expected }) => expected.includes('escape'), 'write a backslash as \\\\'],
  [({ rest, before }) => rest.startsWith(',') && before.endsWith(':'), 'write a value before the comma'],
  [
    ({ rest, expected }) => /^["{[]/.test(rest) && expected.startsWith('","'),
    'write a comma between the two',
  ],
  [
    ({ rest, before }) => /[:[,]\s*-?0$/.test(before) && /^[0-9xX]/.test(rest),
    'write the number in decimal digits, without leading zeros',
  ],
  [
    ({ rest, expected }) => /^[0-9-]/.test(rest) && expected.startsWith('","'),
    'write a comma between the two',
  ],
  [({ rest }) => rest.startsWith(','), 'remove the comma'],
  [({ expected }) => expected === 'the end of the text', 'remove what follows the last brace'],
  [
    ({ rest, before }) => before === '' && /^[A-Za-z][\w-]*\s*:/.test(rest),
    'write JSON and not YAML: {"cniVersion": …}',
  ],
  [
    ({ rest, expected }) => /^[A-Za-z0-9_-]/.test(rest) && expected.includes('key'),
    'write the key in double quotes',
  ],
  [({ rest }) => /^[A-Za-z_/]/.test(rest), 'write texts in double quotes'],
];
