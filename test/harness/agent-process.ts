import { type ChildProcess, spawn } from 'node:child_process';
import { connect } from 'node:net';
import { interpreterEnv, interpreterFlags } from './interpreter-flags.ts';
import { until } from './run.ts';
import type { TestNode } from './sandbox.ts';
import { agentBundle } from './toolchain.ts';

/** The real agent, in a node's network namespace with the node's directories. */
export class AgentProcess {
  readonly #child: ChildProcess;
  #log = '';
  #exit: { readonly status: number | null; readonly signal: string | null } | undefined;

  private constructor(child: ChildProcess) {
    this.#child = child;
    const keep = (chunk: Uint8Array): void => {
      this.#log += new TextDecoder().decode(chunk);
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    child.on('exit', (status, signal) => {
      this.#exit = { status, signal };
    });
  }

  /**
   * Starts it. `flags` come on top of the directories and `--no-install`, later ones winning. Rejects with its log if
   * it ends instead. `enter` puts it somewhere else than into the node's network namespace, from where no API server of
   * this machine is reached.
   */
  static async start(
    node: TestNode,
    flags: readonly string[] = [],
    waitForSocket = true,
    enter: readonly string[] = node.enter,
  ): Promise<AgentProcess> {
    const { dirs } = node;
    const argv = [
      ...enter,
      process.execPath,
      ...interpreterFlags(agentBundle()),
      agentBundle(),
      ...['--node-name', 'node-a', '--networks-dir', dirs.networks, '--network-conf-dir', dirs.networkConf],
      ...['--socket', node.socket, '--state-dir', dirs.state, '--run-dir', dirs.run],
      ...['--cni-bin-dir', dirs.bin, '--cni-conf-dir', dirs.conf],
      ...flags,
    ];
    const [program = '', ...args] = argv;
    const agent = new AgentProcess(
      spawn(program, args, {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { PATH: process.env['PATH'] ?? '', ...interpreterEnv(agentBundle()) },
      }),
    );
    if (waitForSocket) await agent.#untilListening(node.socket);
    return agent;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Everything it printed so far. */
  get log(): string {
    return this.#log;
  }

  /** undefined while it runs. */
  get exit(): { readonly status: number | null; readonly signal: string | null } | undefined {
    return this.#exit;
  }

  /** SIGTERM, and waits for its end. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  /** SIGKILL, and waits for its end. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async #end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    if (this.#exit !== undefined) return;
    this.#child.kill(signal);
    await until(`the agent's end after ${signal}`, 30_000, () => this.#exit !== undefined);
  }

  async #untilListening(socket: string): Promise<void> {
    for (let tried = 0; tried < 300; tried += 1) {
      if (this.#exit !== undefined)
        throw new Error(`the agent ended: ${JSON.stringify(this.#exit)}\n${this.#log}`);
      if (await accepts(socket)) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await this.kill();
    throw new Error(`the agent did not listen on ${socket}:\n${this.#log}`);
  }
}

function accepts(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', () => resolve(false));
  });
}
