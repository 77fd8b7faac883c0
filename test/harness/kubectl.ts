import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { envtestAssets } from '../../hack/toolchain/tools.ts';
import { type RunEnd, run } from './run.ts';

/** A running API server: where it is, and the directory with ca.crt, admin.crt and admin.key. */
export interface KubectlServer {
  readonly url: string;
  readonly pki: string;
}

/** kubectl as the administrator of one API server, in the checkout's root, where it leaves no file. */
export class Kubectl {
  readonly #program: string;
  readonly #home: string;

  private constructor(program: string, home: string) {
    this.#program = program;
    this.#home = home;
  }

  static async open(server: KubectlServer): Promise<Kubectl> {
    const program = join(await envtestAssets((line) => console.error(line)), 'kubectl');
    const home = mkdtempSync(join(tmpdir(), 'weft-kubectl-'));
    writeFileSync(join(home, 'kubeconfig'), JSON.stringify(kubeconfig(server)));
    return new Kubectl(program, home);
  }

  /** Runs it to its end, whatever that is. */
  run(args: readonly string[], stdin?: string): Promise<RunEnd> {
    return run([this.#program, ...args], {
      cwd: resolve(import.meta.dirname, '../..'),
      env: {
        // `kubectl diff` calls diff.
        PATH: process.env['PATH'] ?? '',
        HOME: this.#home,
        KUBECONFIG: join(this.#home, 'kubeconfig'),
        KUBECACHEDIR: join(this.#home, 'cache'),
        // It ends before its garbage matters, and collecting it is a third of its processor time.
        GOGC: 'off',
        GOMEMLIMIT: '1GiB',
      },
      ...(stdin === undefined ? {} : { stdin }),
    });
  }

  /** What it printed; rejects with its complaint. */
  async must(args: readonly string[], stdin?: string): Promise<string> {
    const end = await this.run(args, stdin);
    if (end.status === 0) return end.stdout;
    throw new Error(`kubectl ${args.join(' ')}: status ${end.status}: ${end.stderr.trim()}`);
  }

  close(): void {
    rmSync(this.#home, { recursive: true, force: true });
  }
}

/** The administrator's access as a kubeconfig, for a file in JSON. */
export function kubeconfig({ url, pki }: KubectlServer): object {
  const name = 'test';
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server: url, 'certificate-authority': join(pki, 'ca.crt') } }],
    users: [
      {
        name,
        user: { 'client-certificate': join(pki, 'admin.crt'), 'client-key': join(pki, 'admin.key') },
      },
    ],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  };
}
