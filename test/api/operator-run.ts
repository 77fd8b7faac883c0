import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { parseFlags } from '../../src/daemon/flags.ts';
import { silentLog } from '../../src/daemon/log.ts';
import type { TaintDelays } from '../../src/operator/nodes/taint-decision.ts';
import { WeftOperator } from '../../src/operator/operator.ts';
import { operatorFlags } from '../../src/operator/operator-flags.ts';
import { kubeconfig } from '../harness/kubectl.ts';
import type { TokenUser } from './agent-identity.ts';
import type { ServerAddress } from './shared-server.ts';

/** An operator in this process, as its Deployment runs it: with a token of its service account and the webhooks. */
export class OperatorRun {
  readonly #operator: WeftOperator;
  readonly #directory: string;
  readonly #metricsPort: number;

  private constructor(operator: WeftOperator, directory: string, metricsPort: number) {
    this.#operator = operator;
    this.#directory = directory;
    this.#metricsPort = metricsPort;
  }

  /** Does not wait for it to be ready. */
  static async start(
    server: ServerAddress,
    user: TokenUser,
    webhookPort: number,
    delays?: TaintDelays,
  ): Promise<OperatorRun> {
    const directory = mkdtempSync(join(tmpdir(), 'weft-operator-'));
    const file = join(directory, 'kubeconfig');
    const users = [{ name: 'test', user: { tokenFile: user.tokenFile } }];
    writeFileSync(file, JSON.stringify({ ...kubeconfig(server), users }));
    const metricsPort = await freePort();
    const args = [
      `--kubeconfig=${file}`,
      `--metrics-address=127.0.0.1:${metricsPort}`,
      `--webhook-listen=127.0.0.1:${webhookPort}`,
      '--webhook-names=127.0.0.1',
    ];
    const invocation = parseFlags(operatorFlags, args, {});
    if (invocation.kind !== 'run') throw new Error('not a run');
    const operator = await WeftOperator.open(invocation.values, '0.0.0', silentLog, delays);
    void operator.run();
    return new OperatorRun(operator, directory, metricsPort);
  }

  /** What it answers to a GET of /metrics, /readyz or /healthz. */
  page(path: string): Promise<string> {
    return new Promise((resolve, reject) => {
      get({ host: '127.0.0.1', port: this.#metricsPort, path }, (answer) => {
        text(answer).then(resolve, reject);
      }).on('error', reject);
    });
  }

  async stop(): Promise<void> {
    await this.#operator.stop();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

/** A port of 127.0.0.1 on which nobody listens yet. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
