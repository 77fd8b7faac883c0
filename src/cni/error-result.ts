import { reasons } from '../errors/reason.ts';
import { type JsonObject, parseObject } from './json.ts';

/** How a delegate's process ended. */
export type DelegateExit = { readonly status: number } | { readonly signal: number };

/** Why a delegate failed, in its own words. */
export interface DelegateFailure {
  /** The delegate's own code (CNI-057), or DelegateFailed's where it gave none. Always above 0. */
  readonly code: number;
  /** One printable line of at most `maxMessage` characters. */
  readonly message: string;
}

/** Longest message in characters. */
export const maxMessage = 200;

/** How much of a stream is looked at: a delegate may flood. */
const maxRead = 4096;

/**
 * Reads a failed delegate's output as libcni does (CNI-257): an error document on stdout counts; other text there is
 * quoted; with nothing there, stderr's last line and the way the process ended. Never throws.
 *
 * A delegate may answer ADD with code 3, which tells the runtime that nothing needs cleaning up (CNI-173): whoever
 * passes the code on decides whether that is true for the whole request.
 */
export function delegateError(stdout: string, stderr: string, exit: DelegateExit): DelegateFailure {
  const document = errorDocument(stdout);
  if (document !== undefined) {
    return { code: codeOf(document), message: clip(messageOf(document) || lastWords(stderr, exit)) };
  }
  const output = readable(stdout);
  const message = output === '' ? lastWords(stderr, exit) : `${endOf(exit)}, no error document but ${output}`;
  return { code: reasons.DelegateFailed.code, message: clip(message) };
}

/**
 * The error that a failed delegate printed, word by word, for a caller that passes it on unmodified (CNI-310); undefined
 * where it printed no document with a code and a message.
 */
export function delegateWords(
  stdout: string,
): { readonly code: number; readonly msg: string; readonly details: string } | undefined {
  const document = errorDocument(stdout);
  const { code, msg, details } = document ?? {};
  if (typeof code !== 'number' || !Number.isSafeInteger(code) || code <= 0) return undefined;
  if (typeof msg !== 'string' || msg === '') return undefined;
  return { code, msg, details: typeof details === 'string' ? details : '' };
}

function lastWords(stderr: string, exit: DelegateExit): string {
  const line = readable(lastLine(stderr));
  return line === '' ? `${endOf(exit)}, no message` : `${endOf(exit)}: ${line}`;
}

/** A JSON object is an error document, whatever it lacks: this is what a failed plugin has to print. */
function errorDocument(stdout: string): JsonObject | undefined {
  try {
    return parseObject(stdout, 'stdout');
  } catch {
    return undefined;
  }
}

function codeOf(document: JsonObject): number {
  const code = document['code'];
  return typeof code === 'number' && Number.isSafeInteger(code) && code > 0
    ? code
    : reasons.DelegateFailed.code;
}

function messageOf(document: JsonObject): string {
  return [document['msg'], document['details']]
    .map((part) => (typeof part === 'string' ? readable(part) : ''))
    .filter((part) => part !== '')
    .join('; ');
}

function endOf(exit: DelegateExit): string {
  return 'signal' in exit ? `killed by signal ${exit.signal}` : `exit status ${exit.status}`;
}

/** The last line with something on it: programs say last what stopped them. */
function lastLine(text: string): string {
  const lines = text.slice(-maxRead).split('\n');
  return lines.findLast((line) => line.trim() !== '') ?? '';
}

/** The text on one line without control characters; where it is mostly not text, only its size. */
function readable(text: string): string {
  let out = '';
  let bad = 0;
  for (const char of text.slice(0, maxRead)) {
    if (isPrintable(char.codePointAt(0) ?? 0)) out += char;
    else {
      out += ' ';
      if (!isBlank(char)) bad += 1;
    }
  }
  const line = out.replace(/ {2,}/g, ' ').trim();
  return bad * 4 > out.length ? `${text.length} characters that are not text` : line;
}

/** Printable in an event and a terminal: no control character, no lone surrogate, no sign of undecodable bytes. */
function isPrintable(code: number): boolean {
  if (code < 0x20 || (code >= 0x7f && code <= 0x9f)) return false;
  return !(code >= 0xd800 && code <= 0xdfff) && code !== 0xfffd;
}

function isBlank(char: string): boolean {
  return char === '\n' || char === '\t' || char === '\r';
}

/** Cut between characters, with `…` where something is missing. */
function clip(text: string): string {
  if (text.length <= maxMessage) return text;
  const chars = [...text.slice(0, maxMessage - 1)];
  // slice may have cut a surrogate pair in two; its first half is then the last of the characters.
  const last = chars.at(-1)?.charCodeAt(0) ?? 0;
  if (chars.at(-1)?.length === 1 && last >= 0xd800 && last <= 0xdbff) chars.pop();
  return `${chars.join('')}…`;
}
