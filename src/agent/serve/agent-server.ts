import type { Socket } from 'node:net';
import { converse, type ServeRoom } from './conversation.ts';
import { Peer } from './peer.ts';

/** For a plugin that had just connected when the agent began to stop: long enough for the request that it is writing. */
const lastWordMs = 250;

/** All conversations of this agent. */
export class AgentServer {
  readonly #room: ServeRoom;
  readonly #open = new Map<Peer, Promise<void>>();
  #stopping = false;

  constructor(room: ServeRoom) {
    this.#room = room;
  }

  /** Takes a new connection. */
  accept(socket: Socket): void {
    const peer = new Peer(socket, this.#room.clock);
    const done = converse(peer, this.#room).finally(() => this.#open.delete(peer));
    this.#open.set(peer, done);
    if (this.#stopping) peer.expire(lastWordMs);
  }

  /** Connections that are open. */
  get connections(): number {
    return this.#open.size;
  }

  /** Refuses whoever has no plan yet, and resolves when every plan that is out has its outcome. Does not reject. */
  async drain(): Promise<void> {
    this.#stopping = true;
    this.#room.slots.stop();
    for (const peer of this.#open.keys()) if (!peer.heard) peer.expire(lastWordMs);
    while (this.#open.size > 0) await Promise.allSettled(this.#open.values());
  }
}
