import { asWeftError } from '../errors/weft-error.ts';
import { Backoff, defaultBackoff } from './backoff.ts';
import { withDeadline } from './deadline.ts';
import { type KubeClock, pause } from './kube-clock.ts';
import { failureOf, noAnswer, succeeded } from './kube-error.ts';
import { asRawObject, type RawObject } from './raw-object.ts';
import { collectionPath, type ObjectRef, objectPath, type Resource, resourceName } from './resource.ts';
import type { ApiAnswer, ApiRequest, Transport } from './transport.ts';

/** What a writer needs. */
export interface WriterOptions {
  readonly transport: Transport;
  readonly clock: KubeClock;
  /** 0 up to, not including, 1. */
  readonly random: () => number;
  /** Under which name the API server notes who wrote a field. */
  readonly fieldManager: string;
}

/** For one call. */
export interface CallOptions {
  /** Milliseconds for the call with all its tries; default 10 000. */
  readonly timeoutMs?: number;
  /** Ends the call. */
  readonly signal?: AbortSignal;
}

/**
 * `strategic`: lists of built-in kinds are merged by their keys. `merge`: RFC 7386, lists are replaced as a whole.
 * `json`: RFC 6902, a list of operations. `apply`: server-side apply.
 */
export type PatchKind = 'strategic' | 'merge' | 'json' | 'apply';

/** A change of one object. */
export interface Patch {
  readonly kind: PatchKind;
  /** What becomes the body, as JSON. */
  readonly body: unknown;
  /** `status`, …; absent: the object itself. */
  readonly subresource?: string;
  /** With `apply`: take over fields that somebody else manages. */
  readonly force?: boolean;
}

const mediaTypes: Readonly<Record<PatchKind, string>> = {
  strategic: 'application/strategic-merge-patch+json',
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  // JSON is YAML, and older servers do not know the JSON spelling of this type.
  apply: 'application/apply-patch+yaml',
};

const defaultTimeoutMs = 10_000;

/**
 * Reads and writes single objects. Rejects with a KubeError whose reason and `api` say what the server answered. Where
 * the server asks to come back later (429, 503 with Retry-After) it has done nothing, and the call is tried again as
 * long as its time allows. Nothing else is tried again: whoever calls knows whether the change is still wanted.
 */
export class Writer {
  readonly #options: WriterOptions;
  readonly #forever: AbortSignal = new AbortController().signal;

  constructor(options: WriterOptions) {
    this.#options = options;
  }

  /** One object, in its newest state. ApiNotFound if there is none. */
  get(resource: Resource, ref: ObjectRef, options: CallOptions = {}): Promise<RawObject> {
    const step = `get ${resourceName(resource)}`;
    return this.#call({ method: 'GET', path: objectPath(resource, ref) }, step, options);
  }

  /** Creates an object; `namespace` is absent in cluster scope. ApiConflict with AlreadyExists if its name is taken. */
  create(
    resource: Resource,
    namespace: string | undefined,
    object: object,
    options: CallOptions = {},
  ): Promise<RawObject> {
    const { fieldManager } = this.#options;
    const body = { type: 'application/json', text: JSON.stringify(object) };
    const path = collectionPath(resource, namespace, { fieldManager });
    return this.#call({ method: 'POST', path, body }, `create ${resourceName(resource)}`, options);
  }

  /** Changes an object and gives its new state. */
  patch(resource: Resource, ref: ObjectRef, patch: Patch, options: CallOptions = {}): Promise<RawObject> {
    const { fieldManager } = this.#options;
    const body = { type: mediaTypes[patch.kind], text: JSON.stringify(patch.body) };
    const force = patch.kind === 'apply' && patch.force === true ? true : undefined;
    const path = objectPath(resource, ref, patch.subresource, { fieldManager, force });
    return this.#call({ method: 'PATCH', path, body }, `patch ${resourceName(resource)}`, options);
  }

  async #call(request: Omit<ApiRequest, 'signal'>, step: string, options: CallOptions): Promise<RawObject> {
    const { clock, transport, random } = this.#options;
    const { timeoutMs = defaultTimeoutMs, signal = this.#forever } = options;
    const end = clock.monotonic() + timeoutMs;
    const backoff = new Backoff(defaultBackoff, random);
    for (;;) {
      const limits = { clock, timeoutMs: end - clock.monotonic(), signal };
      const answer = await withDeadline(limits, (inner) =>
        transport.request({ ...request, signal: inner }),
      ).catch((error: unknown) => {
        throw asWeftError(error).within({ step });
      });
      if (succeeded(answer)) return objectIn(answer, step);
      const failure = failureOf(answer).within({ step });
      const pauseMs = backoff.next(failure.api.retryAfterMs);
      const mayRetry = failure.reason === 'ApiBusy' && failure.api.retryAfterMs > 0;
      if (!mayRetry || signal.aborted || clock.monotonic() + pauseMs >= end) throw failure;
      await pause(clock, pauseMs, signal);
      if (signal.aborted) throw failure;
    }
  }
}

function objectIn(answer: ApiAnswer, step: string): RawObject {
  const object = asRawObject(parse(answer.text));
  if (object !== undefined) return object;
  throw noAnswer('ApiFailed', 'the API server answered with something that is no object').within({ step });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
