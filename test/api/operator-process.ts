import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { kubeconfig } from '../harness/kubectl.ts';
import { until } from '../harness/run.ts';
import { operatorBundle } from '../harness/toolchain.ts';
import type { TokenUser } from './agent-identity.ts';
import { freePort } from './operator-run.ts';
import type { ServerAddress } from './shared-server.ts';

/** dist/operator.mjs in a process of its own, with a token of its service account, without webhooks. */
export class OperatorProcess {
  readonly replica: string;
  readonly #child: ChildProcess;
  readonly #directory: string;
  readonly #metricsPort: number;
  #said = '';
  #end: string | undefined;

  private constructor(replica: string, child: ChildProcess, directory: string, metricsPort: number) {
    this.replica = replica;
    this.#child = child;
    this.#directory = directory;
    this.#metricsPort = metricsPort;
    const keep = (chunk: Uint8Array): void => {
      this.#said = (this.#said + new TextDecoder().decode(chunk)).slice(-10_000);
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    child.on('exit', (status, signal) => {
      this.#end = signal ?? String(status);
    });
  }

  /** Does not wait for it to be ready. */
  static async start(server: ServerAddress, user: TokenUser, replica: string): Promise<OperatorProcess> {
    const directory = mkdtempSync(join(tmpdir(), `weft-operator-${replica}-`));
    const file = join(directory, 'kubeconfig');
    const users = [{ name: 'test', user: { tokenFile: user.tokenFile } }];
    writeFileSync(file, JSON.stringify({ ...kubeconfig(server), users }));
    const port = await freePort();
    const args = [
      operatorBundle(),
      `--kubeconfig=${file}`,
      `--replica=${replica}`,
      `--metrics-address=127.0.0.1:${port}`,
    ];
    // It dies with this process, also when that is killed.
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', process.execPath, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'] ?? '' },
    });
    return new OperatorProcess(replica, child, directory, port);
  }

  /** Exit status or signal; undefined while it runs. */
  get end(): string | undefined {
    return this.#end;
  }

  /** Its last words, for messages. */
  get said(): string {
    return this.#said;
  }

  /** What it answers to a GET of /metrics, /readyz or /healthz. */
  page(path: string): Promise<string> {
    return new Promise((resolve, reject) => {
      get({ host: '127.0.0.1', port: this.#metricsPort, path }, (answer) => {
        text(answer).then(resolve, reject);
      }).on('error', reject);
    });
  }

  /** Sent when this returns. */
  signal(signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void {
    this.#child.kill(signal);
  }

  /** Exit status, or the signal, with which it ended after SIGTERM or before. */
  async stop(): Promise<string> {
    if (this.#end === undefined) this.#child.kill('SIGTERM');
    try {
      await until(`the end of replica ${this.replica}`, 30_000, () => this.#end !== undefined);
    } finally {
      this.#child.kill('SIGKILL');
      rmSync(this.#directory, { recursive: true, force: true });
    }
    return this.#end ?? '';
  }
}
