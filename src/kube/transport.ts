/** One call of the Kubernetes API. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Path and query below the server's address, escaped: `/api/v1/pods?limit=500`. */
  readonly path: string;
  /** With its media type. */
  readonly body?: { readonly type: string; readonly text: string };
  /** Ends the call: it rejects, and nothing of it stays open. */
  readonly signal: AbortSignal;
}

/** What the server says before the body. */
export interface ApiHead {
  readonly status: number;
  /** The header Retry-After in seconds, as it came. */
  readonly retryAfter: string | undefined;
}

/** An answer as a whole. */
export interface ApiAnswer extends ApiHead {
  readonly text: string;
}

/** An answer that goes on. */
export interface ApiStream extends ApiHead {
  /** Bytes cut anywhere. Ends when the server ends the answer properly, throws when it breaks off. Read it once. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

/**
 * How calls reach the API server. Both methods resolve with whatever status the server gives and reject only where there
 * is no whole answer (ApiUnreachable, ApiAccessInvalid); they know no deadline, the caller's signal is one. Calls may
 * run at the same time. Authentication, also when it changes, is the transport's business.
 */
export interface Transport {
  request(request: ApiRequest): Promise<ApiAnswer>;
  /** Resolves with the head. The connection is in use until the chunks have ended or the signal ends it. */
  stream(request: ApiRequest): Promise<ApiStream>;
  /** Ends all connections, also those of running calls. */
  close(): void;
}
