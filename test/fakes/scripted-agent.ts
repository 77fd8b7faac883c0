import { Buffer } from 'node:buffer';
import { rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import type { Plan } from '../../src/attachment/plan.ts';
import type { OutcomeFrame, RequestFrame } from '../../src/wire/frame.ts';

/** One connection of the plugin, as the script sees it. */
export class AgentConnection {
  readonly #socket: Socket;
  #buffer = Buffer.alloc(0);
  #ended = false;
  #wake: () => void = () => {};

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#buffer = Buffer.concat([this.#buffer, chunk]);
      this.#wake();
    });
    const end = (): void => {
      this.#ended = true;
      this.#wake();
    };
    socket.on('end', end);
    socket.on('close', end);
    socket.on('error', end);
  }

  /** The next frame as an object, undefined when the plugin has closed. */
  async read(): Promise<Record<string, unknown> | undefined> {
    for (;;) {
      const at = this.#buffer.indexOf(0x0a);
      if (at >= 0) {
        const line = this.#buffer.subarray(0, at).toString('utf8');
        this.#buffer = this.#buffer.subarray(at + 1);
        return JSON.parse(line) as Record<string, unknown>;
      }
      if (this.#ended) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Sends bytes as they are and waits until the kernel has them. */
  sendText(text: string | Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      this.#socket.write(text, () => resolve());
    });
  }

  /** Sends one frame; `v`, `op` and `sender` are filled in where the frame does not say otherwise. */
  send(frame: Readonly<Record<string, unknown>>): Promise<void> {
    return this.sendText(frameText(frame));
  }

  /** Closes at once, without the courtesy of reading what is under way. */
  drop(): void {
    this.#socket.destroy();
  }
}

/** A frame as text with its line feed. */
export function frameText(frame: Readonly<Record<string, unknown>>): string {
  return `${JSON.stringify({ v: 1, op: 'cni', sender: '0.0.0-test', ...frame })}\n`;
}

/** What the agent does with one connection. The connection is closed when it returns. */
export type AgentScript = (connection: AgentConnection, agent: ScriptedAgent) => Promise<void>;

/** An agent that does as told, on a real unix socket. */
export class ScriptedAgent {
  /** Requests received, in order. */
  readonly requests: RequestFrame[] = [];
  /** Outcomes received, in order. */
  readonly outcomes: OutcomeFrame[] = [];
  /** Connections so far. */
  connections = 0;
  script: AgentScript;
  readonly #server: Server;
  readonly #path: string;
  readonly #open = new Set<Socket>();

  private constructor(path: string, script: AgentScript) {
    this.script = script;
    this.#path = path;
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#serve(socket));
  }

  static async listen(path: string, script: AgentScript): Promise<ScriptedAgent> {
    const agent = new ScriptedAgent(path, script);
    rmSync(path, { force: true });
    await new Promise<void>((resolve, reject) => {
      agent.#server.once('error', reject);
      agent.#server.listen(path, () => resolve());
    });
    return agent;
  }

  /** Stops listening, drops every connection and removes the socket file. */
  async stop(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    rmSync(this.#path, { force: true });
  }

  #serve(socket: Socket): void {
    this.connections += 1;
    this.#open.add(socket);
    socket.on('close', () => this.#open.delete(socket));
    const connection = new AgentConnection(socket);
    this.script(connection, this)
      .catch(() => {})
      .finally(() => socket.end());
  }
}

/** Serves plans as a healthy agent does: a plan for the request, `done` for the outcome of an ADD. */
export function servePlans(
  planOf: (request: RequestFrame) => Plan,
  extra: Record<string, unknown> = {},
): AgentScript {
  return async (connection, agent) => {
    for (;;) {
      const frame = await connection.read();
      if (frame === undefined) return;
      if (frame['type'] === 'request') {
        const request = frame as unknown as RequestFrame;
        agent.requests.push(request);
        await connection.send({ type: 'plan', plan: planOf(request), requires: [], ...extra });
      } else if (frame['type'] === 'outcome') {
        const outcome = frame as unknown as OutcomeFrame;
        agent.outcomes.push(outcome);
        if (outcome.verb === 'ADD') await connection.send({ type: 'done' });
      }
    }
  };
}

/** Refuses every request. */
export function refuseAll(code: number, msg: string, details: string): AgentScript {
  return async (connection, agent) => {
    const frame = await connection.read();
    if (frame === undefined) return;
    agent.requests.push(frame as unknown as RequestFrame);
    await connection.send({ type: 'refuse', cniError: { cniVersion: '1.0.0', code, msg, details } });
    await connection.read();
  };
}
