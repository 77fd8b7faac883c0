import { type Reason, type RetryClass, reasons } from './reason.ts';

/** Longest message in characters that ever leaves weft (DESIGN §1, rule 2). */
export const maxMessageLength = 299;

/** What the thrower knows. Every part but `cause` is optional because not every failure has a network. */
export interface Failure {
  /** What went wrong, with the offending value and field; no full stop. Shortened where the message would be too long. */
  readonly cause: string;
  /** The network as the user writes it, `namespace/name`, or the CNI name of a default network. */
  readonly network?: string | undefined;
  /** What was being done: `ADD net1`, `read the annotation`. */
  readonly step?: string | undefined;
  /** Replaces the registry's remedy where the thrower knows a better one. */
  readonly remedy?: string | undefined;
  /** Replaces the registry's CNI code; used to keep a delegate's own code (CNI-057). */
  readonly code?: number | undefined;
  /** What has no room in the message: goes to the CNI error's `details`, which nobody cuts to a message's length. */
  readonly details?: readonly string[] | undefined;
  /** The error underneath, for the log only. Never shown to the user. */
  readonly error?: unknown;
}

/** The one error type of weft. Thrown by the function that knows the reason; logged by whoever ends the request. */
export class WeftError extends Error {
  override readonly name: string = 'WeftError';
  readonly reason: Reason;
  /** CNI error code, always above 0. */
  readonly code: number;
  readonly retry: RetryClass;
  readonly failure: Failure;

  constructor(reason: Reason, failure: Failure) {
    super(messageOf(reason, failure));
    this.reason = reason;
    this.failure = failure;
    this.code = failure.code ?? reasons[reason].code;
    this.retry = reasons[reason].retry;
    if (failure.error !== undefined) this.cause = failure.error;
  }

  /** The same failure seen from further out: fills in network or step where they are not known yet. */
  within(outer: { readonly network?: string | undefined; readonly step?: string | undefined }): WeftError {
    return new WeftError(this.reason, {
      ...this.failure,
      network: this.failure.network ?? outer.network,
      step: this.failure.step ?? outer.step,
    });
  }
}

/** `error` itself if it is ours, otherwise an Internal error around it; so that nothing untyped reaches a user. */
export function asWeftError(error: unknown): WeftError {
  if (error instanceof WeftError) return error;
  const text = error instanceof Error ? error.message : String(error);
  // What QuickJS throws where there is no memory for an error object.
  const cause = text === 'null' ? 'out of memory' : text;
  return new WeftError('Internal', { cause, error });
}

/** A text from somebody else as it may leave weft: one line, under 300 characters. */
export function fitMessage(text: string): string {
  return clip(text, maxMessageLength);
}

function messageOf(reason: Reason, failure: Failure): string {
  const where = [
    failure.network === undefined ? '' : `network ${clip(failure.network, 80)}`,
    clip(failure.step ?? '', 40),
  ].filter((part) => part !== '');
  const head = where.length === 0 ? '' : `${where.join(', ')}: `;
  const tail = `; ${clip(failure.remedy ?? reasons[reason].remedy, 110)}`;
  const room = maxMessageLength - head.length - tail.length;
  return `${head}${clip(failure.cause, room)}${tail}`;
}

/** Delegates and agents say what they like: control characters and line breaks would break the runtime's event. */
function oneLine(text: string): string {
  let out = '';
  for (const char of text.slice(0, 2000)) {
    const code = char.codePointAt(0) ?? 0;
    out += isPrintable(code) ? char : ' ';
  }
  return out.trim();
}

/** No control character, no line separator of Unicode, no half of a surrogate pair. */
function isPrintable(code: number): boolean {
  if (code < 0x20 || (code >= 0x7f && code <= 0x9f) || code === 0x2028 || code === 0x2029) return false;
  return code < 0xd800 || code > 0xdfff;
}

/** One line of at most `length` UTF-16 units, cut between characters, ending in `…` where something was cut. */
function clip(raw: string, length: number): string {
  const text = oneLine(raw);
  if (text.length <= length) return text;
  let end = Math.max(0, length - 1);
  const last = text.charCodeAt(end - 1);
  if (last >= 0xd800 && last <= 0xdbff) end -= 1;
  return `${text.slice(0, end)}…`;
}
