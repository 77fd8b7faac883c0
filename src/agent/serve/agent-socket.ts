import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  type Stats,
  unlinkSync,
} from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import type { Clock, Timer } from '../../daemon/clock.ts';
import type { Log } from '../../daemon/log.ts';
import { codeOf } from '../sources/file-stamp.ts';

/** How long between tries to get the socket; during an update this is the gap that the runtime sees. */
const retryMs = 250;
/** How often to look whether the socket is still ours. */
const lookMs = 2_000;
/** A process that does not accept within this still listens. */
const probeMs = 1_000;
/** Connections that the kernel keeps for us while the loop is busy: a node's pods all at once. */
const backlog = 1_024;

/** How sentences about a socket begin that is not ours. */
const somebody = 'another process';

const temporaryName = /^\.weft-[0-9a-f]{12}$/;

/** What the socket needs. */
export interface AgentSocketRoom {
  readonly path: string;
  /** `--run-dir`: where the socket lies in it, as it does by default, the directory is ours alone. */
  readonly runDir: string;
  readonly log: Log;
  readonly clock: Clock;
  readonly onConnection: (socket: Socket) => void;
  /** The socket has become ours: from now on nobody else installs or answers on this node. */
  readonly onOwned: () => void;
}

/**
 * The agent's socket. It is bound under a temporary name and then linked to its own: link(2) fails if the name exists, so
 * of two agents exactly one gets it. A name behind which nobody listens is taken over; one that is alive is waited for.
 */
export class AgentSocket {
  readonly #room: AgentSocketRoom;
  #server: Server | undefined;
  #identity = '';
  #problem: string | undefined = 'the socket is not open yet';
  #timer: Timer | undefined;
  #stopped = false;

  constructor(room: AgentSocketRoom) {
    this.#room = room;
  }

  /** Why nobody can reach this agent; undefined if they can. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** True while this agent is the one that answers on this node. */
  get owned(): boolean {
    return this.#server !== undefined;
  }

  /** True while another process was found at the socket, most likely another agent, which speaks for this node. */
  get rival(): boolean {
    return this.#problem?.startsWith(somebody) === true;
  }

  start(): void {
    void this.#claim();
  }

  /** Accepts nothing more; connections that are open go on. */
  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#release();
    this.#problem = 'the agent is stopping';
  }

  async #claim(): Promise<void> {
    let problem: string | undefined;
    try {
      problem = await this.#tryClaim();
    } catch (error) {
      problem = `${this.#room.path} cannot be opened: ${codeOf(error)}`;
    }
    if (this.#stopped) return this.#release();
    if (problem !== undefined && problem !== this.#problem) this.#room.log.warn({ problem }, 'socket');
    this.#problem = problem;
    this.#timer = this.#room.clock.after(problem === undefined ? lookMs : retryMs, () => this.#look());
  }

  #look(): void {
    const lost = this.#problem === undefined && this.#identity !== identityAt(this.#room.path);
    if (lost) {
      this.#room.log.warn({ path: this.#room.path }, 'socket was removed or replaced');
      this.#release();
      this.#problem = `${this.#room.path} was removed or replaced`;
    }
    if (this.#problem !== undefined) void this.#claim();
    else this.#timer = this.#room.clock.after(lookMs, () => this.#look());
  }

  /** Undefined if the socket is ours now, otherwise why it is not. */
  async #tryClaim(): Promise<string | undefined> {
    const { path, runDir } = this.#room;
    const complaint = prepareDirectory(dirname(path), runDir);
    if (complaint !== undefined) return complaint;
    const taken = await this.#clearWay();
    if (taken !== undefined) return taken;
    const temporary = temporaryIn(path);
    const server = await this.#listen(temporary);
    const identity = identityAt(temporary);
    try {
      chmodSync(temporary, 0o600);
      linkSync(temporary, path);
    } catch (error) {
      server.close();
      return codeOf(error) === 'EEXIST' ? `${somebody} took ${path}` : `${path}: ${codeOf(error)}`;
    } finally {
      remove(temporary);
    }
    this.#server = server;
    this.#identity = identity;
    this.#room.log.info({ path }, 'listening');
    this.#room.onOwned();
    return undefined;
  }

  /** Removes what is at the path if it is a socket that nobody listens to; otherwise says why not. */
  async #clearWay(): Promise<string | undefined> {
    const { path, log } = this.#room;
    const stats = statsOf(path);
    if (stats === undefined) return undefined;
    if (!stats.isSocket()) return `${path} exists and is no socket; remove it`;
    if (await somebodyListens(path, this.#room.clock)) return `${somebody} listens on ${path}`;
    // Renamed first: between the look and now another agent may have put its own there.
    const aside = temporaryIn(path);
    renameSync(path, aside);
    try {
      if (identityAt(aside) !== identityOf(stats)) linkSync(aside, path);
      else log.info({ path }, 'stale socket removed');
    } finally {
      remove(aside);
    }
    return undefined;
  }

  #listen(path: string): Promise<Server> {
    return new Promise((resolve, reject) => {
      const server = createServer((socket) => this.#room.onConnection(socket));
      server.once('error', reject);
      server.listen({ path, backlog }, () => {
        server.off('error', reject);
        server.on('error', (error) => this.#room.log.error({ error: error.message }, 'socket error'));
        resolve(server);
      });
    });
  }

  #release(): void {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    if (this.#identity === identityAt(this.#room.path)) remove(this.#room.path);
    server.close();
  }
}

/**
 * 0700 where it is ours (kubelet makes the directory of a mount 0755). In a directory that others may write to, anybody
 * could put a socket of his own in the place of ours, and whoever answers the plugin decides what root runs.
 */
function prepareDirectory(directory: string, runDir: string): string | undefined {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const stats = lstatSync(directory);
  if (!stats.isDirectory()) return `${directory} is no directory`;
  if ((stats.mode & 0o022) !== 0)
    return `${directory} can be written by others than root; choose another --socket`;
  // Not of any other directory: with --socket=/run/x.sock it would be /run.
  if (directory === runDir && (stats.mode & 0o077) !== 0) chmodSync(directory, 0o700);
  for (const name of readdirSync(directory))
    if (temporaryName.test(name)) removeIfOld(`${directory}/${name}`);
  return undefined;
}

/** What an agent left that was killed between bind and link; a younger one may be at it just now. */
function removeIfOld(path: string): void {
  const stats = statsOf(path);
  if (stats !== undefined && Date.now() - stats.mtimeMs > 60_000) remove(path);
}

function somebodyListens(path: string, clock: Clock): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const timer = clock.after(probeMs, () => end(true));
    const end = (listens: boolean): void => {
      timer.cancel();
      socket.destroy();
      resolve(listens);
    };
    socket.once('connect', () => end(true));
    // Only these two say that nobody is there; with a full backlog, for one, somebody is.
    socket.once('error', (error) => end(!['ECONNREFUSED', 'ENOENT'].includes(codeOf(error))));
  });
}

/** Beside the socket, and short: the kernel takes 107 bytes. */
function temporaryIn(path: string): string {
  return `${dirname(path)}/.weft-${randomBytes(6).toString('hex')}`;
}

function identityAt(path: string): string {
  return identityOf(statsOf(path));
}

function identityOf(stats: Stats | undefined): string {
  return stats === undefined ? '' : `${stats.dev}:${stats.ino}`;
}

function statsOf(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}
