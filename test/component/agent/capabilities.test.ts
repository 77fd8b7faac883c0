import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { get } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { interpreterFlags } from '../../harness/interpreter-flags.ts';
import { type RunEnd, run } from '../../harness/run.ts';
import { agentBundle } from '../../harness/toolchain.ts';
import { AgentNode, type AgentProcess, until } from './agent-node.ts';
import { wholeAdd } from './raw-client.ts';

/** config/agent gives the agent no capability and the installation one. Here both run as root with just these. */

/** Whoever a distribution gives the CNI directories to. */
const another = 4242;

let node: AgentNode;
afterEach(() => node?.remove());

/** Runs a command as root that has `capabilities` and, as in a container, can get no others. */
function asRootWith(...capabilities: readonly string[]): readonly string[] {
  const bounding = ['-all', ...capabilities.map((name) => `+${name}`)].join(',');
  return [
    'setpriv',
    `--bounding-set=${bounding}`,
    '--inh-caps=-all',
    '--ambient-caps=-all',
    '--no-new-privs',
  ];
}

/** A node whose agents have no capability. `foreign`: its directories of another user, which root may only read. */
function nodeWith(...foreign: readonly string[]): AgentNode {
  node = new AgentNode(agentBundle(), process.execPath, asRootWith());
  // As on a host. The temporary directory above is root's alone, which is none of our business here.
  chmodSync(node.root, 0o755);
  for (const directory of foreign) {
    chmodSync(`${node.root}/${directory}`, 0o755);
    chownSync(`${node.root}/${directory}`, another, another);
  }
  return node;
}

/** `weft-agent --install-only` to its end. */
function install(capabilities: readonly string[]): Promise<RunEnd> {
  const bundle = agentBundle();
  const flags = ['--install-only', `--cni-bin-dir=${node.root}/bin`];
  const argv = [process.execPath, ...interpreterFlags(bundle), bundle, ...flags];
  return run([...asRootWith(...capabilities), ...argv], { env: {} });
}

/** That it is there, whole, as everybody runs it. */
function expectPlugin(): void {
  const path = `${node.root}/bin/weft`;
  expect(readFileSync(path).equals(readFileSync(agentBundle().replace('agent.mjs', 'weft')))).toBe(true);
  expect(statSync(path).mode & 0o7777).toBe(0o755);
  expect(readdirSync(`${node.root}/bin`)).toEqual(['weft']);
}

/** What the kernel says of the process. */
function statusOf({ child }: AgentProcess, field: string): string | undefined {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  return new RegExp(`^${field}:\\s+(.*)$`, 'm').exec(status)?.[1];
}

/** Starts an agent that installs, and gives its answers on /readyz. */
async function startInstalling(): Promise<{ agent: AgentProcess; readiness: () => Promise<string> }> {
  const agent = await node.start(['--install', '--metrics-address=127.0.0.1:0']);
  const row = await agent.logged(({ msg }) => msg === 'health and metrics are served');
  const { port } = row['address'] as { port: number };
  return { agent, readiness: () => readyz(port) };
}

function readyz(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    get({ port, path: '/readyz', host: '127.0.0.1', agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      response.on('end', () => resolve(body));
    }).on('error', reject);
  });
}

function untilReady(readiness: () => Promise<string>): Promise<unknown> {
  return until(
    async () => ((await readiness()).startsWith('ok\n') ? true : undefined),
    '/readyz to say ok',
    15_000,
  );
}

describe('the installation', () => {
  it('needs no capability for a directory of root', async () => {
    nodeWith();
    expect(await install([])).toMatchObject({ status: 0 });
    expectPlugin();
  });

  it('with DAC_OVERRIDE writes into a directory of another user, and replaces the plugin that is there', async () => {
    nodeWith('bin');
    expect(await install(['dac_override'])).toMatchObject({ status: 0 });
    expectPlugin();
    node.write('bin/weft', 'an old one');
    expect(await install(['dac_override'])).toMatchObject({ status: 0 });
    expectPlugin();
  });

  it('without it fails there, names the owner and the remedy, and leaves nothing behind', async () => {
    nodeWith('bin');
    const end = await install([]);
    expect(end.status).not.toBe(0);
    expect(end.stderr + end.stdout).toContain(`/bin belongs to user ${another}`);
    expect(end.stderr + end.stdout).toContain('DAC_OVERRIDE');
    expect(readdirSync(`${node.root}/bin`)).toEqual([]);
  });
});

describe('the agent without any capability', () => {
  it('installs, listens and answers on a node whose directories belong to root', async () => {
    nodeWith();
    const { agent, readiness } = await startInstalling();
    await untilReady(readiness);
    for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'])
      expect(statusOf(agent, set), set).toMatch(/^0+$/);
    expect(statusOf(agent, 'Uid')).toBe('0\t0\t0\t0');
    expect(statusOf(agent, 'NoNewPrivs')).toBe('1');
    expectPlugin();
    expect(existsSync(`${node.root}/net.d/00-weft.conflist`)).toBe(true);
    expect(existsSync(`${node.root}/state/node.json`)).toBe(true);
    await wholeAdd(node.socket);
    expect(await agent.finished(1)).toMatchObject([{ verb: 'ADD' }]);
    expect(await agent.kill('SIGTERM')).toBe(0);
  });

  it("is ready where another user's directory holds the plugin that the installation has put there", async () => {
    nodeWith('bin');
    expect(await install(['dac_override'])).toMatchObject({ status: 0 });
    const { readiness } = await startInstalling();
    await untilReady(readiness);
    expectPlugin();
  });

  it('says that it may not write, whose the directory is and what helps, where that is so', async () => {
    nodeWith('net.d');
    const { readiness } = await startInstalling();
    const reason = await until(async () => {
      const text = await readiness();
      return text.includes('00-weft.conflist: EACCES') ? text : undefined;
    }, '/readyz to name the file');
    expect(reason).toContain(`/net.d belongs to user ${another}`);
    expect(readdirSync(`${node.root}/net.d`)).toEqual(['10-cluster.conflist']);
  });

  it('goes on without records that it may not read', async () => {
    nodeWith();
    mkdirSync(`${node.root}/state/attachments`, { mode: 0o700 });
    chownSync(`${node.root}/state/attachments`, another, another);
    const { agent, readiness } = await startInstalling();
    await untilReady(readiness);
    await wholeAdd(node.socket);
    expect(agent.child.exitCode).toBeNull();
  });
});
