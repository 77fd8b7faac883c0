import type { Reason } from '../errors/reason.ts';
import { type Failure, WeftError } from '../errors/weft-error.ts';
import type { ApiAnswer, ApiHead } from './transport.ts';

/** What the API server says about a failure; parts that it did not give are absent. */
export interface ApiFailure {
  /** HTTP status, or the `code` of an ERROR event. 0: there was no answer. */
  readonly status: number;
  /** `reason` of the Status object: `AlreadyExists`, `Expired`, …; '' if there was none. */
  readonly statusReason: string;
  /** Milliseconds that the server asks its client to wait; 0 if it does not. */
  readonly retryAfterMs: number;
}

/** A call to the API that failed. */
export class KubeError extends WeftError {
  readonly api: ApiFailure;

  constructor(reason: Reason, failure: Failure, api: ApiFailure) {
    super(reason, failure);
    this.api = api;
  }

  override within(outer: {
    readonly network?: string | undefined;
    readonly step?: string | undefined;
  }): KubeError {
    const { network, step } = this.failure;
    const failure = { ...this.failure, network: network ?? outer.network, step: step ?? outer.step };
    return new KubeError(this.reason, failure, this.api);
  }
}

/** A call that got no whole answer. `reason` is ApiUnreachable, ApiTimeout or, for an answer in no known form, ApiFailed. */
export function noAnswer(reason: Reason, cause: string, error?: unknown): KubeError {
  return new KubeError(reason, { cause, error }, { status: 0, statusReason: '', retryAfterMs: 0 });
}

/** True for the statuses that mean "done". */
export function succeeded(head: ApiHead): boolean {
  return head.status >= 200 && head.status < 300;
}

/** What a status other than 2xx means. */
export function failureOf(answer: ApiAnswer): KubeError {
  const said = statusIn(answer.text);
  const asked = secondsToMs(answer.retryAfter) || secondsToMs(said.details?.retryAfterSeconds);
  return statusFailure({ ...said, code: answer.status }, asked);
}

/** What the object of an ERROR event means. */
export function errorEventFailure(object: unknown): KubeError {
  const said = asStatus(object);
  return statusFailure(said, secondsToMs(said.details?.retryAfterSeconds));
}

/** `meta/v1` Status, of which nothing can be relied on. */
interface StatusObject {
  readonly code?: unknown;
  readonly reason?: unknown;
  readonly message?: unknown;
  readonly details?: { readonly retryAfterSeconds?: unknown; readonly causes?: unknown };
}

function statusFailure(said: StatusObject, retryAfterMs: number): KubeError {
  const status = typeof said.code === 'number' ? said.code : 0;
  const statusReason = typeof said.reason === 'string' ? said.reason : '';
  const message =
    typeof said.message === 'string' && said.message !== '' ? said.message : 'without a message';
  const cause = `the API server says ${[status, statusReason].filter(Boolean).join(' ') || 'error'}: ${message}`;
  const reason = isOtherObject(said) ? 'ApiConflict' : reasonOf(status, statusReason, retryAfterMs);
  return new KubeError(reason, { cause }, { status, statusReason, retryAfterMs });
}

/**
 * A patch that names the uid is meant for one object only. Where another one has its name by now, the API server takes
 * that for a wish to change the uid and says 422, `metadata.uid`: field is immutable.
 */
function isOtherObject({ code, details }: StatusObject): boolean {
  const causes = code === 422 && Array.isArray(details?.causes) ? details.causes : [];
  return (causes as readonly ({ field?: unknown } | null)[]).some((cause) => cause?.field === 'metadata.uid');
}

const byStatus: Readonly<Record<number, Reason>> = {
  400: 'ApiInvalid',
  401: 'ApiUnauthorized',
  403: 'ApiForbidden',
  404: 'ApiNotFound',
  405: 'ApiInvalid',
  406: 'ApiInvalid',
  409: 'ApiConflict',
  410: 'ApiExpired',
  413: 'ApiInvalid',
  415: 'ApiInvalid',
  422: 'ApiInvalid',
  429: 'ApiBusy',
  503: 'ApiBusy',
  // Also "Too large resource version": this server is behind the one that was asked before.
  504: 'ApiTimeout',
};

function reasonOf(status: number, statusReason: string, retryAfterMs: number): Reason {
  // Servers before 1.20 send `Gone`; both also come with status 0 in an ERROR event of old ones.
  if (statusReason === 'Expired' || statusReason === 'Gone') return 'ApiExpired';
  const known = byStatus[status];
  if (known !== undefined) return known;
  return retryAfterMs > 0 ? 'ApiBusy' : 'ApiFailed';
}

function statusIn(text: string): StatusObject {
  try {
    return asStatus(JSON.parse(text));
  } catch {
    // A proxy or a load balancer answers in its own words.
    return { message: text.slice(0, 300) };
  }
}

function asStatus(value: unknown): StatusObject {
  return typeof value === 'object' && value !== null ? value : {};
}

/** Kubernetes gives whole seconds; the date form of RFC 9110 is not used by it and counts as absent. */
function secondsToMs(seconds: unknown): number {
  const number =
    typeof seconds === 'string' && /^[0-9]{1,9}$/.test(seconds.trim()) ? Number(seconds) : seconds;
  return typeof number === 'number' && number > 0 ? number * 1000 : 0;
}
