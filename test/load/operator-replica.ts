import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../api/operator-run.ts';
import { type Manifest, only } from '../api/rendered.ts';
import { kubeconfig } from '../harness/kubectl.ts';
import { operatorBundle } from '../harness/toolchain.ts';
import type { FilledServer } from './filled-server.ts';

interface Deployment extends Manifest {
  readonly spec: {
    readonly template: {
      readonly spec: { readonly containers: readonly { readonly command: readonly string[] }[] };
    };
  };
}

/** A replica of the operator in a process of its own, with the options of Node that its Deployment gives it. */
export class OperatorReplica {
  readonly name: string;
  readonly #child: ChildProcess;

  private constructor(name: string, child: ChildProcess) {
    this.name = name;
    this.#child = child;
  }

  /** Talks to the server as the user `name`, and serves the webhooks on `port`. Does not wait for it to be ready. */
  static async start(
    { server, directory }: FilledServer,
    name: string,
    port: number,
    manifests: readonly Manifest[],
  ): Promise<OperatorReplica> {
    const file = join(directory, `${name}.kubeconfig`);
    const [certificate, key] = ['crt', 'key'].map((end) => join(server.pki, `${name}.${end}`));
    const users = [{ name: 'test', user: { 'client-certificate': certificate, 'client-key': key } }];
    writeFileSync(file, JSON.stringify({ ...kubeconfig(server), users }));
    const args = [
      `--kubeconfig=${file}`,
      `--replica=${name}`,
      `--metrics-address=127.0.0.1:${await freePort()}`,
      `--webhook-listen=127.0.0.1:${port}`,
      '--webhook-names=127.0.0.1',
      '--log-level=warn',
    ];
    const command = [...nodeOptions(manifests), operatorBundle(), ...args];
    // The variable is the image's. It dies with this process, also when that is killed.
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', process.execPath, ...command], {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { PATH: process.env['PATH'] ?? '', MALLOC_ARENA_MAX: '1' },
    });
    return new OperatorReplica(name, child);
  }

  /** The most memory that it has had, MiB. */
  get peakMiB(): number {
    const kib = /^VmHWM:\s+(\d+) kB$/m.exec(this.#proc('status'))?.[1];
    return Math.ceil(Number(kib) / 1024);
  }

  /** Seconds of CPU that it has used. */
  get cpuSeconds(): number {
    // The name, in brackets, may have spaces; user and system time are the 12th and 13th value after it, in ticks of 10 ms.
    const values = this.#proc('stat')
      .replace(/^.*\) /, '')
      .split(' ');
    return (Number(values[11]) + Number(values[12])) / 100;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await ended;
  }

  #proc(file: string): string {
    return readFileSync(`/proc/${this.#child.pid}/${file}`, 'utf8');
  }
}

/** What stands between `node` and the program. */
export function nodeOptions(manifests: readonly Manifest[]): readonly string[] {
  const [container] = only<Deployment>(manifests, 'Deployment').spec.template.spec.containers;
  return container?.command.filter((word) => word.startsWith('--')) ?? [];
}
