import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificates, makePki } from '../../hack/cluster/pki.ts';
import { envtestAssets } from '../../hack/toolchain/tools.ts';
import { systemClock } from '../../src/daemon/clock.ts';
import type { ApiAccess } from '../../src/kube/api-access.ts';
import { HttpsTransport } from '../../src/kube/https-transport.ts';
import { sleep, until } from './run.ts';

/** A token that the API server takes from its start on, and for whom. */
export interface KnownToken {
  readonly token: string;
  readonly user: string;
  readonly groups?: readonly string[];
}

/** A real kube-apiserver with its etcd, alone on loopback: no controllers, no nodes, no service accounts. */
export class ApiServer {
  /** Certificates: ca.crt, admin.crt, admin.key. */
  readonly pki: string;
  readonly url: string;
  readonly #dir: string;
  readonly #assets: string;
  readonly #ports: Ports;
  readonly #tokens: readonly KnownToken[];
  #etcd: Program | undefined;
  #api: Program | undefined;

  private constructor(dir: string, assets: string, ports: Ports, tokens: readonly KnownToken[]) {
    this.#dir = dir;
    this.#assets = assets;
    this.#ports = ports;
    this.#tokens = tokens;
    this.pki = join(dir, 'pki');
    this.url = `https://127.0.0.1:${ports.api}`;
  }

  /** Resolves when it is ready; some seconds. `flags`: further ones of kube-apiserver. */
  static async start(tokens: readonly KnownToken[] = [], flags: readonly string[] = []): Promise<ApiServer> {
    const assets = await envtestAssets((line) => console.error(line));
    const dir = mkdtempSync(join(tmpdir(), 'weft-api-'));
    const [api = 0, etcd = 0, peer = 0] = await freePorts(3);
    const server = new ApiServer(dir, assets, { api, etcd, peer }, tokens);
    try {
      await makePki(server.pki, { PATH: process.env['PATH'] ?? '' });
      server.#etcd = server.#startEtcd();
      await server.startApi(flags);
      return server;
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  /** As the administrator, by client certificate; `server` where it is not reached directly. */
  admin(server: string = this.url): ApiAccess {
    const certificate = { file: join(this.pki, 'admin.crt') };
    const key = { file: join(this.pki, 'admin.key') };
    return { server, ca: { file: join(this.pki, 'ca.crt') }, client: { certificate, key } };
  }

  /** A certificate for a user without rights; its files are pki/NAME.crt and pki/NAME.key. */
  async certificate(name: string, groups: readonly string[] = []): Promise<void> {
    const subject = `${groups.map((group) => `/O=${group}`).join('')}/CN=${name}`;
    await makeCertificates(this.pki, [{ name, subject, usage: 'clientAuth' }], {
      PATH: process.env['PATH'] ?? '',
    });
  }

  /** kill -9 of kube-apiserver; etcd keeps everything. */
  async killApi(): Promise<void> {
    await this.#api?.end('SIGKILL');
    this.#api = undefined;
  }

  /** Starts kube-apiserver on its old port, with further flags; resolves when it is ready. */
  async startApi(flags: readonly string[] = []): Promise<void> {
    writeFileSync(join(this.#dir, 'tokens.csv'), this.#tokens.map(tokenLine).join(''));
    this.#api = this.#program('kube-apiserver', [...this.#apiArguments(), ...flags]);
    await this.#api.untilSays(/Serving securely/, 60_000);
    for (let tried = 0; !(await this.#isReady()); tried += 1) {
      if (tried > 600) throw new Error('the API server did not get ready');
      await sleep(100);
    }
  }

  /** etcd forgets every version but the newest. */
  async compact(): Promise<void> {
    const { header } = await this.#etcdCall<{ header: { revision: string } }>('kv/range', { key: 'AA==' });
    await this.#etcdCall('kv/compaction', { revision: header.revision, physical: true });
  }

  async stop(): Promise<void> {
    await this.killApi();
    await this.#etcd?.end('SIGKILL');
    rmSync(this.#dir, { recursive: true, force: true });
  }

  #startEtcd(): Program {
    const client = `http://127.0.0.1:${this.#ports.etcd}`;
    const peer = `http://127.0.0.1:${this.#ports.peer}`;
    return this.#program('etcd', [
      `--data-dir=${join(this.#dir, 'etcd')}`,
      `--listen-client-urls=${client}`,
      `--advertise-client-urls=${client}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=default=${peer}`,
      '--unsafe-no-fsync',
      '--log-level=warn',
    ]);
  }

  #apiArguments(): readonly string[] {
    const pki = (file: string): string => join(this.pki, file);
    return [
      `--etcd-servers=http://127.0.0.1:${this.#ports.etcd}`,
      '--bind-address=127.0.0.1',
      '--advertise-address=127.0.0.1',
      `--secure-port=${this.#ports.api}`,
      `--tls-cert-file=${pki('apiserver.crt')}`,
      `--tls-private-key-file=${pki('apiserver.key')}`,
      `--client-ca-file=${pki('ca.crt')}`,
      `--service-account-key-file=${pki('sa.pub')}`,
      `--service-account-signing-key-file=${pki('sa.key')}`,
      '--service-account-issuer=https://kubernetes.default.svc',
      '--service-cluster-ip-range=10.96.0.0/16',
      `--token-auth-file=${join(this.#dir, 'tokens.csv')}`,
      '--authorization-mode=RBAC',
      // Pods need a service account otherwise, and nobody makes any here.
      '--disable-admission-plugins=ServiceAccount',
      '--endpoint-reconciler-type=none',
      '--profiling=false',
    ];
  }

  #program(name: string, argv: readonly string[]): Program {
    return new Program(join(this.#assets, name), argv, this.#dir);
  }

  async #isReady(): Promise<boolean> {
    this.#api?.mustRun();
    const transport = new HttpsTransport(this.admin(), systemClock, 'weft-test');
    try {
      const signal = AbortSignal.timeout(5_000);
      const ready = await transport.request({ method: 'GET', path: '/readyz', signal });
      // The server makes it by itself, soon after it is ready.
      const namespace = await transport.request({
        method: 'GET',
        path: '/api/v1/namespaces/default',
        signal,
      });
      return ready.status === 200 && namespace.status === 200;
    } catch {
      return false;
    } finally {
      transport.close();
    }
  }

  async #etcdCall<T>(call: string, body: object): Promise<T> {
    const url = `http://127.0.0.1:${this.#ports.etcd}/v3/${call}`;
    const answer = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`etcd, ${call}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }
}

interface Ports {
  readonly api: number;
  readonly etcd: number;
  readonly peer: number;
}

/** A program that dies with this process, also when that is killed. */
class Program {
  readonly #child: ChildProcess;
  readonly #name: string;
  #said = '';
  #ended = false;

  constructor(path: string, argv: readonly string[], cwd: string) {
    this.#name = path;
    this.#child = spawn('setpriv', ['--pdeathsig', 'KILL', path, ...argv], {
      cwd,
      // It lives for a minute or two. Collecting no garbage before 1 GiB takes a quarter less processor time.
      env: { ...process.env, GOGC: 'off', GOMEMLIMIT: '1GiB' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const keep = (chunk: Uint8Array): void => {
      this.#said = (this.#said + new TextDecoder().decode(chunk)).slice(-20_000);
    };
    this.#child.stdout?.on('data', keep);
    this.#child.stderr?.on('data', keep);
    this.#child.on('error', () => {
      this.#ended = true;
    });
    this.#child.on('exit', () => {
      this.#ended = true;
    });
  }

  /** Throws with its last words if it has ended. */
  mustRun(): void {
    if (this.#ended) throw new Error(`${this.#name} ended:\n${this.#said}`);
  }

  async untilSays(words: RegExp, limitMs: number): Promise<void> {
    await until(`${this.#name} to say ${words.source}`, limitMs, () => {
      this.mustRun();
      return words.test(this.#said);
    });
  }

  signal(signal: NodeJS.Signals): void {
    if (!this.#ended) this.#child.kill(signal);
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    this.signal(signal);
    await until(`the end of ${this.#name}`, 30_000, () => this.#ended);
  }
}

function tokenLine({ token, user, groups = [] }: KnownToken): string {
  return `${token},${user},${user},"${groups.join(',')}"\n`;
}

/** Ports that nobody listens on at this moment. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  await Promise.all(
    servers.map((server) => new Promise<void>((done) => server.listen(0, '127.0.0.1', done))),
  );
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  });
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}
