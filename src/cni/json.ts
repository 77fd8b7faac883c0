import { WeftError } from '../errors/weft-error.ts';
import { mayConfuseKeys, parseKeyByKey } from './escaped-keys.ts';
import { nestedDeeperThan } from './json-scan.ts';
import { findSyntaxFault, needsStrictLook, type SyntaxFault } from './json-syntax.ts';

/** A parsed JSON object. Of duplicate keys the last counts (CNI-490). */
export type JsonObject = { readonly [key: string]: unknown };

/** How deep arrays and objects may lie in each other. Engines overflow at different depths; this is below all of them. */
export const maxDepth = 512;

/** Characters of the text that a message may quote. */
const maxQuote = 40;

/**
 * JSON text to a value. `what` names the text for the reader: `the configuration of network default/a`.
 * Throws InvalidJson for anything but one JSON document: empty text, a byte order mark, trailing data, nesting
 * beyond `maxDepth` (CNI-031, CNI-490). Lone surrogates in escapes pass, as in every engine.
 */
export function parseJson(text: string, what: string): unknown {
  if (nestedDeeperThan(text, maxDepth)) throw invalid(`${what} is nested more than ${maxDepth} deep`);
  const value = engineParse(text, what);
  if (needsStrictLook(text)) refuseFault(text, what);
  return mayConfuseKeys(text) ? parseKeyByKey(text) : value;
}

/** The same for text that must be an object. */
export function parseObject(text: string, what: string): JsonObject {
  const value = parseJson(text, what);
  if (isObject(value)) return value;
  throw invalid(`${what} must be a JSON object, not ${kindOf(value)}`);
}

/** True for what JSON calls an object: neither null nor an array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What JSON calls the value's kind, with its article: `an array`, `null`. For messages. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function invalid(cause: string, error?: unknown): WeftError {
  return new WeftError('InvalidJson', { cause, error });
}

function engineParse(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // QuickJS out of memory throws something else, and the text is not at fault then.
    if (!(error instanceof SyntaxError)) throw error;
    refuseFault(text, what, error);
    throw invalid(`${what} is not JSON: the engine refused it`, error);
  }
}

function refuseFault(text: string, what: string, error?: unknown): void {
  const fault = findSyntaxFault(text);
  if (fault !== undefined) throw invalid(`${what} is not JSON: ${faultText(text, fault)}`, error);
}

function faultText(text: string, fault: SyntaxFault): string {
  if (text === '') return 'the text is empty';
  if (text.charCodeAt(0) === 0xfeff) return 'it starts with a byte order mark';
  if (fault.at >= text.length) return `it ends where ${fault.expected} should stand`;
  const found = text.slice(fault.at, fault.at + maxQuote / 2);
  return `expected ${fault.expected} at character ${fault.at + 1}, found ${JSON.stringify(found).slice(0, maxQuote)}`;
}
