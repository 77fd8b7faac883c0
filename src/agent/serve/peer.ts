import type { Socket } from 'node:net';
import type { Clock, Timer } from '../../daemon/clock.ts';
import { WeftError } from '../../errors/weft-error.ts';
import type { AgentFrame, PluginFrame } from '../../wire/frame.ts';
import { decodePluginFrame, encodeFrame } from '../../wire/frame-codec.ts';
import { LineBuffer } from './line-buffer.ts';

/** A plugin never sends more than one frame before it is answered; more is noise that must not pile up. */
const maxUnread = 4;

interface Waiter {
  readonly resolve: (frame: PluginFrame | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** The plugin at the other end of one connection. */
export class Peer {
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #lines = new LineBuffer();
  readonly #unread: string[] = [];
  readonly #onGone: (() => void)[] = [];
  #failure: unknown;
  #gone = false;
  #heard = false;
  #waiter: Waiter | undefined;
  #deadline: Timer | undefined;

  constructor(socket: Socket, clock: Clock) {
    this.#socket = socket;
    this.#clock = clock;
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('end', () => this.#leave());
    socket.on('close', () => this.#leave());
    // A reset is a peer that is gone, nothing more; 'close' follows.
    socket.on('error', () => this.#leave());
  }

  /** True once the other side has closed. Frames that it sent before can still be received. */
  get gone(): boolean {
    return this.#gone;
  }

  /** True once a frame was received. */
  get heard(): boolean {
    return this.#heard;
  }

  /** Calls `listener` when the other side closes; at once if it has. */
  onGone(listener: () => void): void {
    if (this.#gone) listener();
    else this.#onGone.push(listener);
  }

  /**
   * The next frame; undefined if the other side closed instead. Throws AgentProtocol for anything that is no frame, and
   * when none came within `limitMs`. One call at a time.
   */
  receive(limitMs: number): Promise<PluginFrame | undefined> {
    return new Promise((resolve, reject) => {
      this.#waiter = { resolve, reject };
      this.expire(limitMs);
      this.#deliver();
    });
  }

  /** Gives the `receive` that is pending another limit, counted from now. */
  expire(limitMs: number): void {
    this.#deadline?.cancel();
    if (this.#waiter === undefined) return;
    this.#deadline = this.#clock.after(limitMs, () => {
      this.#fail(
        new WeftError('AgentProtocol', { step: 'read a frame', cause: `none came within ${limitMs} ms` }),
      );
    });
  }

  /** Sends a frame; lost without notice if the other side is gone, as a `gone` listener tells that. */
  send(frame: AgentFrame): void {
    if (this.#socket.writable) this.#socket.write(encodeFrame(frame));
  }

  /** Closes after what was sent is written; cuts after `limitMs` if the other side does not read it. */
  end(limitMs: number): void {
    if (this.#socket.destroyed) return;
    // All is in the other side's hands, which reads it although we are gone.
    if (this.#socket.writableLength === 0) {
      this.#socket.destroy();
      return;
    }
    const cut = this.#clock.after(limitMs, () => this.#socket.destroy());
    this.#socket.on('close', () => cut.cancel());
    this.#socket.end(() => this.#socket.destroy());
  }

  #read(chunk: Buffer): void {
    if (this.#failure !== undefined) return;
    try {
      this.#unread.push(...this.#lines.push(chunk));
      if (this.#unread.length > maxUnread) {
        throw new WeftError('AgentProtocol', {
          step: 'read a frame',
          cause: 'frames came without being asked for',
        });
      }
    } catch (error) {
      this.#fail(error);
    }
    this.#deliver();
  }

  #leave(): void {
    if (this.#gone) return;
    this.#gone = true;
    for (const listener of this.#onGone.splice(0)) listener();
    this.#deliver();
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    this.#deliver();
  }

  #deliver(): void {
    const waiter = this.#waiter;
    if (waiter === undefined) return;
    const line = this.#unread.shift();
    if (line !== undefined) this.#heard = true;
    if (line !== undefined) this.#settle(() => waiter.resolve(decodePluginFrame(line)));
    else if (this.#failure !== undefined) this.#settle(() => waiter.reject(this.#failure));
    else if (this.#gone) this.#settle(() => waiter.resolve(this.#ended()));
  }

  #ended(): undefined {
    if (!this.#lines.partial) return undefined;
    throw new WeftError('AgentProtocol', {
      step: 'read a frame',
      cause: 'the connection ended inside a frame',
    });
  }

  #settle(answer: () => void): void {
    const waiter = this.#waiter;
    this.#waiter = undefined;
    this.#deadline?.cancel();
    try {
      answer();
    } catch (error) {
      waiter?.reject(error);
    }
  }
}
