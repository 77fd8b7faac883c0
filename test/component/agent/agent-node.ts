import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { interpreterEnv, interpreterFlags } from '../../harness/interpreter-flags.ts';
import { agentBundle } from '../../harness/toolchain.ts';

const source = fileURLToPath(new URL('../../../src', import.meta.url));

let known: string | undefined;

/** The built agent; the source while that is newer, from which each start takes half a second of work longer. */
function agentProgram(): string {
  if (known !== undefined) return known;
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /\.[jt]s$/.test(file),
  );
  const newest = Math.max(...files.map((file) => statSync(`${source}/${file}`).mtimeMs));
  const bundle = agentBundle();
  known = statSync(bundle).mtimeMs >= newest ? bundle : `${source}/agent/main.ts`;
  return known;
}

/** The cluster default network of a sandbox node. */
export const bridgeConflist: string = JSON.stringify({
  cniVersion: '1.0.0',
  name: 'cluster',
  plugins: [
    { type: 'bridge', bridge: 'cni0', ipam: { type: 'host-local', subnet: '10.9.0.0/24' } },
    { type: 'portmap', capabilities: { portMappings: true } },
  ],
});

/** A NetworkAttachmentDefinition as JSON. */
export function nadJson(name: string, config: object, namespace = 'default'): string {
  return JSON.stringify({
    apiVersion: 'k8s.cni.cncf.io/v1',
    kind: 'NetworkAttachmentDefinition',
    metadata: { name, namespace },
    spec: { config: JSON.stringify(config) },
  });
}

/** One line of the agent's log. */
export type LogRow = Readonly<Record<string, unknown>>;

/** A node's directories under a temporary one, and the agents that run on it. */
export class AgentNode {
  readonly root: string = mkdtempSync(`${tmpdir()}/weft-agent-`);
  readonly #program: string;
  readonly #interpreter: string;
  readonly #enter: readonly string[];
  readonly #agents: AgentProcess[] = [];

  /**
   * `program`: what its agents run; `interpreter`: another node than this process runs in; `enter`: a command that
   * becomes the one that follows it.
   */
  constructor(
    program: string = agentProgram(),
    interpreter: string = process.execPath,
    enter: readonly string[] = [],
  ) {
    this.#program = program;
    this.#interpreter = interpreter;
    this.#enter = enter;
    for (const name of ['networks', 'files', 'net.d', 'bin', 'run', 'state'])
      mkdirSync(`${this.root}/${name}`, { mode: 0o700 });
    this.write('net.d/10-cluster.conflist', bridgeConflist);
  }

  get socket(): string {
    return `${this.root}/run/agent.sock`;
  }

  /** Writes a file below the node's root. */
  write(path: string, text: string): void {
    writeFileSync(`${this.root}/${path}`, text);
  }

  read(path: string): string {
    return readFileSync(`${this.root}/${path}`, 'utf8');
  }

  /** Starts an agent; `extra` flags win. Waits until it listens unless told not to. */
  async start(extra: readonly string[] = [], wait = true): Promise<AgentProcess> {
    const flags = [...interpreterFlags(this.#program), this.#program, ...this.#flags(), ...extra];
    const [command = '', ...argv] = [...this.#enter, this.#interpreter, ...flags];
    const agent = new AgentProcess(this.socket, command, argv, interpreterEnv(this.#program));
    this.#agents.push(agent);
    if (wait) await agent.listening();
    return agent;
  }

  async remove(): Promise<void> {
    await Promise.all(this.#agents.map((agent) => agent.kill('SIGKILL')));
    rmSync(this.root, { recursive: true, force: true });
  }

  #flags(): readonly string[] {
    const { root, socket } = this;
    return [
      `--networks-dir=${root}/networks`,
      `--network-conf-dir=${root}/files`,
      `--cni-conf-dir=${root}/net.d`,
      `--cni-bin-dir=${root}/bin`,
      `--state-dir=${root}/state`,
      `--run-dir=${root}/run`,
      `--socket=${socket}`,
      '--node-name=node-a',
      '--metrics-address=off',
      '--no-install',
    ];
  }
}

/** One running agent. */
export class AgentProcess {
  readonly child: ChildProcess;
  readonly #socket: string;
  readonly #ended: Promise<unknown>;
  #stderr = '';

  constructor(
    socket: string,
    command: string,
    argv: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ) {
    this.#socket = socket;
    this.child = spawn(command, argv, {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...env },
    });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
    });
    this.#ended = once(this.child, 'close');
  }

  /** Everything on standard error so far. */
  get stderr(): string {
    return this.#stderr;
  }

  log(): readonly LogRow[] {
    const rows = this.#stderr.split('\n').filter((line) => line.startsWith('{'));
    return rows.map((line) => JSON.parse(line) as LogRow);
  }

  /** The log lines of requests. */
  requests(): readonly LogRow[] {
    return this.log().filter(({ msg }) => msg === 'request');
  }

  /** The log lines of requests, once there are that many. */
  async finished(count: number): Promise<readonly LogRow[]> {
    return until(() => (this.requests().length >= count ? this.requests() : undefined), `${count} requests`);
  }

  /** Resolves with the first log row for which `wanted` is true. */
  async logged(wanted: (row: LogRow) => boolean, limitMs = 10_000): Promise<LogRow> {
    return until(() => this.log().find(wanted), `a log row in: ${this.#stderr}`, limitMs);
  }

  async listening(): Promise<void> {
    await until(
      async () => ((await accepts(this.#socket)) ? true : this.#ensureAlive()),
      `${this.#socket} to listen`,
    );
  }

  /** Sends a signal and waits for the end; resolves with the exit code, or null after a signal. */
  async kill(signal: NodeJS.Signals): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill(signal);
    await this.#ended;
    return this.child.exitCode;
  }

  /** Resident memory in KiB. */
  rssKb(): number {
    const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]);
  }

  #ensureAlive(): undefined {
    if (this.child.exitCode !== null) throw new Error(`the agent ended: ${this.#stderr}`);
  }
}

/** Polls until `look` answers something. */
export async function until<T>(
  look: () => T | undefined | Promise<T | undefined>,
  what: string,
  limitMs = 10_000,
): Promise<T> {
  const end = Date.now() + limitMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`waited ${limitMs} ms in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** True if something accepts on the socket. */
export function accepts(path: string): Promise<boolean> {
  if (!existsSync(path)) return Promise.resolve(false);
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
