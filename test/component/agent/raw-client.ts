import { connect, type Socket } from 'node:net';
import type { Plan } from '../../../src/attachment/plan.ts';
import type { AttachmentRecord } from '../../../src/attachment/record.ts';
import type { AgentFrame, OutcomeFrame, RequestFrame } from '../../../src/wire/frame.ts';

/** What a test may change of a request. */
export interface RequestOverrides {
  readonly containerId?: string;
  readonly ifname?: string;
  readonly args?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly frame?: Readonly<Record<string, unknown>>;
}

/** A request frame as the plugin sends it. */
export function requestFrame(overrides: RequestOverrides = {}): RequestFrame {
  const conf = {
    cniVersion: '1.0.0',
    name: 'weft',
    type: 'weft',
    ...(overrides.annotations && {
      runtimeConfig: { 'io.kubernetes.cri.pod-annotations': overrides.annotations },
    }),
  };
  const env = {
    CNI_COMMAND: 'ADD',
    CNI_CONTAINERID: overrides.containerId ?? 'sandbox-1',
    CNI_NETNS: '/run/netns/a',
    CNI_IFNAME: overrides.ifname ?? 'eth0',
    CNI_ARGS: overrides.args ?? 'IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=web;K8S_POD_UID=u-1',
    CNI_PATH: '/opt/cni/bin',
  };
  const stdin = overrides.stdin ?? JSON.stringify(conf);
  const head = { v: 1, op: 'cni', type: 'request', sender: '0.1.0', verb: 'ADD' } as const;
  return { ...head, env, stdin, features: [], ...overrides.frame };
}

/** The record of an ADD that attached everything. */
export function recordOf(plan: Plan, state: 'attached' | 'pending' = 'attached'): AttachmentRecord {
  return {
    format: 1,
    sequence: 2,
    weft: '0.1.0',
    bootId: '00000000-0000-4000-8000-000000000000',
    sandbox: plan.sandbox,
    ...(plan.pod && { pod: plan.pod }),
    cniArgs: '',
    cniPath: '/opt/cni/bin',
    cniVersion: '1.0.0',
    createdAt: 1,
    steps: plan.steps.map((step) => ({ step, state, tookMs: 1.5 })),
  };
}

/** What the plugin tells when it is done. */
export function outcomeFrame(record: AttachmentRecord, verb: 'ADD' | 'DEL' = 'ADD', ok = true): OutcomeFrame {
  return { v: 1, op: 'cni', type: 'outcome', sender: '0.1.0', verb, record, ok, ms: { lock: 0.2, steps: 3 } };
}

/** A peer that sends bytes as it likes. */
export class RawAgentClient {
  readonly socket: Socket;
  readonly #frames: AgentFrame[] = [];
  #text = '';
  #closed = false;
  #wake: () => void = () => {};

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => this.#read(text));
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#closed = true;
      this.#wake();
    });
  }

  static open(path: string): Promise<RawAgentClient> {
    return new Promise((resolve, reject) => {
      const socket = connect(path);
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new RawAgentClient(socket));
      });
    });
  }

  send(frame: object): void {
    this.socket.write(`${JSON.stringify(frame)}\n`);
  }

  sendRaw(bytes: string | Uint8Array): void {
    this.socket.write(bytes);
  }

  /** The next frame; undefined once the agent has closed. */
  async next(limitMs = 10_000): Promise<AgentFrame | undefined> {
    const end = Date.now() + limitMs;
    while (this.#frames.length === 0 && !this.#closed) {
      if (Date.now() > end)
        throw new Error(`no frame within ${limitMs} ms; unfinished: ${this.#text.slice(0, 200)}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        setTimeout(resolve, 50);
      });
    }
    return this.#frames.shift();
  }

  /** The next frame that is not `held`. */
  async answer(limitMs = 10_000): Promise<AgentFrame | undefined> {
    for (;;) {
      const frame = await this.next(limitMs);
      if (frame?.type !== 'held') return frame;
    }
  }

  /** The next frame, which must be a plan. */
  async plan(): Promise<Plan> {
    const frame = await this.answer();
    if (frame?.type !== 'plan') throw new Error(`expected a plan, got ${JSON.stringify(frame)}`);
    return frame.plan;
  }

  /** The next frame, which must be a refusal; its error. */
  async refusal(): Promise<{ readonly code: number; readonly msg: string; readonly details: string }> {
    const frame = await this.answer();
    if (frame?.type !== 'refuse') throw new Error(`expected a refusal, got ${JSON.stringify(frame)}`);
    return frame.cniError;
  }

  close(): void {
    this.socket.destroy();
  }

  #read(text: string): void {
    const lines = (this.#text + text).split('\n');
    this.#text = lines.pop() ?? '';
    for (const line of lines) this.#frames.push(JSON.parse(line) as AgentFrame);
    this.#wake();
  }
}

/** One whole ADD: request, plan, outcome, done. */
export async function wholeAdd(path: string, overrides: RequestOverrides = {}): Promise<Plan> {
  const client = await RawAgentClient.open(path);
  try {
    client.send(requestFrame(overrides));
    const plan = await client.plan();
    client.send(outcomeFrame(recordOf(plan)));
    const done = await client.answer();
    if (done?.type !== 'done') throw new Error(`expected done, got ${JSON.stringify(done)}`);
    return plan;
  } finally {
    client.close();
  }
}
