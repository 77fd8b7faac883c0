import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { until } from './run.ts';

/** Makes a server on this machine's loopback reachable at the same address in another network namespace. */
export class NetnsDoor {
  readonly #server: Server;
  readonly #child: ChildProcess;
  readonly #path: string;

  private constructor(server: Server, child: ChildProcess, path: string) {
    this.#server = server;
    this.#child = child;
    this.#path = path;
  }

  /** `enter` is the prefix of a command inside; `dir` takes a unix socket. Resolves when it can be used. */
  static async open(url: string, enter: readonly string[], dir: string): Promise<NetnsDoor> {
    const port = Number(new URL(url).port);
    const path = join(dir, `door-${port}.sock`);
    const server = createServer((inside) => {
      const outside = connect({ host: '127.0.0.1', port });
      inside.pipe(outside).pipe(inside);
      inside.on('error', () => outside.destroy());
      outside.on('error', () => inside.destroy());
    });
    await new Promise<void>((resolve) => server.listen(path, resolve));
    const script = join(import.meta.dirname, 'unix-forwarder.ts');
    // Dies with this process, also when that is killed.
    const [program = '', ...argv] = [
      ...['setpriv', '--pdeathsig', 'KILL', ...enter],
      ...[process.execPath, script, String(port), path],
    ];
    const child = spawn(program, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
    let listening = false;
    child.stdout?.on('data', () => {
      listening = true;
    });
    await until('the forwarder', 10_000, () => listening);
    return new NetnsDoor(server, child, path);
  }

  async close(): Promise<void> {
    this.#child.kill('SIGKILL');
    await new Promise((resolve) => this.#server.close(resolve));
    rmSync(this.#path, { force: true });
  }
}
