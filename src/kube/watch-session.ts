import { connectionFailure } from './deadline.ts';
import type { KubeClock, KubeTimer } from './kube-clock.ts';
import { failureOf, noAnswer, succeeded } from './kube-error.ts';
import { LineSplitter } from './line-splitter.ts';
import type { ApiStream, Transport } from './transport.ts';

/** What one watch connection is made with. */
export interface WatchCall {
  readonly transport: Transport;
  readonly clock: KubeClock;
  readonly path: string;
  /** For messages: `watch pods`. */
  readonly step: string;
  /** Until the server has begun to answer, milliseconds. */
  readonly openMs: number;
  /** Longest silence after that; bookmarks come every minute. */
  readonly idleMs: number;
  readonly signal: AbortSignal;
}

/**
 * One watch connection, from its opening to its end. `onLine` gets each line in order; what it throws ends the watch.
 * Resolves when the server ended the watch properly, and soon after the signal. Rejects with a WeftError otherwise;
 * ApiTimeout for a silence. `onOpen` is called when the server has accepted the watch.
 */
export async function watchOnce(
  call: WatchCall,
  onOpen: () => void,
  onLine: (line: string) => void,
): Promise<void> {
  const connection = new AbortController();
  const end = (): void => connection.abort();
  if (call.signal.aborted) return;
  call.signal.addEventListener('abort', end);
  const guard = new SilenceGuard(call.clock, call.openMs, end);
  try {
    const stream = await call.transport.stream({ method: 'GET', path: call.path, signal: connection.signal });
    if (!succeeded(stream)) throw failureOf({ ...stream, text: await shortText(stream) });
    guard.heard(call.idleMs);
    onOpen();
    await readLines(stream, guard, call, onLine);
  } catch (error) {
    if (call.signal.aborted) return;
    if (guard.fired)
      throw noAnswer('ApiTimeout', `silent for ${guard.limitMs} ms`, error).within({ step: call.step });
    throw connectionFailure(error).within({ step: call.step });
  } finally {
    guard.stop();
    call.signal.removeEventListener('abort', end);
    // Whatever ended the reading must end the connection too.
    connection.abort();
  }
}

async function readLines(
  stream: ApiStream,
  guard: SilenceGuard,
  call: WatchCall,
  onLine: (line: string) => void,
): Promise<void> {
  const lines = new LineSplitter();
  for await (const chunk of stream.chunks) {
    if (call.signal.aborted) return;
    guard.heard(call.idleMs);
    for (const line of lines.push(chunk)) onLine(line);
  }
  if (lines.partial) throw noAnswer('ApiUnreachable', 'the watch ended in the middle of a line');
}

/** What the server says about a refusal; a few kilobytes are enough for it. */
async function shortText(stream: ApiStream): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of stream.chunks) {
    parts.push(chunk);
    bytes += chunk.length;
    if (bytes > 65_536) break;
  }
  return Buffer.concat(parts).toString('utf8');
}

/** Calls `onSilence` once when nothing was heard for the limit. One timer, not one for each chunk. */
class SilenceGuard {
  readonly #clock: KubeClock;
  readonly #onSilence: () => void;
  #limitMs: number;
  #last: number;
  #timer: KubeTimer;
  #fired = false;

  constructor(clock: KubeClock, limitMs: number, onSilence: () => void) {
    this.#clock = clock;
    this.#onSilence = onSilence;
    this.#limitMs = limitMs;
    this.#last = clock.monotonic();
    this.#timer = this.#arm(limitMs);
  }

  get fired(): boolean {
    return this.#fired;
  }

  get limitMs(): number {
    return this.#limitMs;
  }

  /** Something came; from now on the silence may last `limitMs`. */
  heard(limitMs: number): void {
    this.#last = this.#clock.monotonic();
    if (limitMs === this.#limitMs) return;
    this.#limitMs = limitMs;
    this.#timer.cancel();
    this.#timer = this.#arm(limitMs);
  }

  stop(): void {
    this.#timer.cancel();
  }

  #arm(ms: number): KubeTimer {
    return this.#clock.after(ms, () => this.#check());
  }

  #check(): void {
    const left = this.#last + this.#limitMs - this.#clock.monotonic();
    if (left > 0) {
      this.#timer = this.#arm(left);
      return;
    }
    this.#fired = true;
    this.#onSilence();
  }
}
