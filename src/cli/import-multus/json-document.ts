import { parseJson } from '../../cni/json.ts';
import { findSyntaxFault } from '../../cni/json-syntax.ts';
import { asWeftError, WeftError } from '../../errors/weft-error.ts';

/** The value of a JSON text. Throws MultusConfigInvalid that names line and column of the fault. */
export function jsonDocument(origin: string, text: string): unknown {
  try {
    return parseJson(text, 'it');
  } catch (error) {
    const fault = text === '' ? undefined : findSyntaxFault(text);
    const cause =
      fault === undefined
        ? asWeftError(error).failure.cause
        : `${place(text, fault.at)}: expected ${fault.expected}${found(text, fault.at)}`;
    throw new WeftError('MultusConfigInvalid', { step: `read ${origin}`, cause, error });
  }
}

function place(text: string, at: number): string {
  const before = text.slice(0, at).split('\n');
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}

function found(text: string, at: number): string {
  return at >= text.length ? ', but it ends there' : `, found ${JSON.stringify(text.slice(at, at + 20))}`;
}
