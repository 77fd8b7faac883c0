import {
  chmodSync,
  chownSync,
  copyFileSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { withCapabilities } from '../../harness/capabilities.ts';
import { interpreterFlags } from '../../harness/interpreter-flags.ts';
import { agentBundle, weftBinary } from '../../harness/toolchain.ts';
import { AgentNode, type AgentProcess, bridgeConflist, type LogRow } from './agent-node.ts';
import { killedWhileWriting, type Moment } from './slow-writes.ts';

const conf = 'net.d/00-weft.conflist';

const otherConflist = JSON.stringify({
  cniVersion: '1.0.0',
  name: 'other',
  plugins: [{ type: 'ptp', capabilities: { bandwidth: true } }],
});

const nodes: AgentNode[] = [];
afterAll(() => Promise.all(nodes.map((node) => node.remove())));

function newNode(enter: readonly string[] = []): AgentNode {
  const node = new AgentNode(agentBundle(), process.execPath, enter);
  nodes.push(node);
  return node;
}

/** An agent that has looked at its installation once. */
async function keeper(node: AgentNode): Promise<AgentProcess> {
  return ready(node, ({ msg }) => msg === 'installation in order' || msg === 'installation');
}

/** An agent that has logged what is `wanted`. */
async function ready(node: AgentNode, wanted: (row: LogRow) => boolean): Promise<AgentProcess> {
  const agent = await node.start(['--install'], false);
  await agent.logged(wanted, 30_000);
  return agent;
}

/** What changes when a file is written anew, even with the same bytes: the runtime would read it again. */
function stampOf(node: AgentNode, path: string): string {
  const { ino, mtimeMs, ctimeMs, size } = statSync(`${node.root}/${path}`);
  return [ino, mtimeMs, ctimeMs, size].join(' ');
}

// Side by side, because they wait more than they work.
describe.concurrent('our configuration', () => {
  it('is untouched by 20 restarts with stray files around, also after kill -9', {
    timeout: 120_000,
  }, async ({ expect }) => {
    const node = newNode();
    const stampsOf = (): readonly string[] =>
      [conf, 'state/node.json', 'bin/weft'].map((path) => stampOf(node, path));
    await (await keeper(node)).kill('SIGTERM');
    const text = node.read(conf);
    const stamps = stampsOf();
    const multus = { cniVersion: '0.3.1', name: 'multus-cni-network', type: 'multus', delegates: [{}] };
    const strays: Readonly<Record<string, string>> = {
      '00-weft.conflist.bak': text,
      '05-weft-of-before.conflist': text,
      '11-broken.conflist': '{"cniVersion": "1.0.0", "name": "half',
      '12-empty.conf': '',
      '13-list.json': '[]',
      '14-no-plugins.conflist': '{"cniVersion":"1.0.0","name":"none","plugins":[]}',
      '99-loopback.conf': '{"cniVersion":"1.0.0","name":"lo","type":"loopback"}',
      '00-multus.conf': JSON.stringify(multus),
      '10-cluster.conflist~': bridgeConflist,
      '.00-weft.conflist.0123456789ab.tmp': text.slice(0, 100),
    };
    for (const [name, content] of Object.entries(strays)) node.write(`net.d/${name}`, content);
    const old = new Date(Date.now() - 120_000);
    utimesSync(`${node.root}/net.d/.00-weft.conflist.0123456789ab.tmp`, old, old);
    for (let restart = 0; restart < 20; restart += 1) {
      // Every third is killed as soon as it listens, at whatever it does then.
      const agent =
        restart % 3 === 2 ? await ready(node, ({ msg }) => msg === 'listening') : await keeper(node);
      await agent.kill(restart % 2 === 0 ? 'SIGTERM' : 'SIGKILL');
      expect(node.read(conf)).toBe(text);
    }
    expect(stampsOf()).toEqual(stamps);
    // One level deep, around the only candidate; of the strays only our own temporary file is gone.
    expect(JSON.parse(text)).toMatchObject({ name: 'weft', plugins: [{ type: 'weft' }] });
    expect(text).not.toMatch(/delegates|multus|bridge/);
    expect(node.read('state/node.json')).toContain('"networkName":"cluster"');
    expect(readdirSync(`${node.root}/net.d`).sort()).toEqual(
      ['00-weft.conflist', '10-cluster.conflist', ...Object.keys(strays)]
        .filter((name) => !name.endsWith('.tmp'))
        .sort(),
    );
  });

  it('follows the default network, and stays when that goes', { timeout: 60_000 }, async ({ expect }) => {
    const node = newNode();
    const agent = await keeper(node);
    const first = node.read(conf);
    expect(first).toContain('"portMappings": true');
    node.write('net.d/10-cluster.conflist', otherConflist);
    await expect.poll(() => node.read(conf), { timeout: 30_000 }).toContain('"bandwidth": true');
    expect(node.read(conf)).not.toContain('portMappings');
    expect(node.read('state/node.json')).toContain('"other"');
    const followed = stampOf(node, conf);
    rmSync(`${node.root}/net.d/10-cluster.conflist`);
    await agent.kill('SIGTERM');
    const again = await keeper(node);
    await again.kill('SIGTERM');
    expect(stampOf(node, conf)).toBe(followed);
  });

  it('is the old or the new one, whole and first in its directory, whenever the agent is killed; node.json is never behind [CNI-456]', {
    timeout: 120_000,
  }, async ({ expect }) => {
    const node = newNode();
    const versions: { readonly conf: string; readonly node: string }[] = [];
    for (const network of [bridgeConflist, otherConflist]) {
      node.write('net.d/10-cluster.conflist', network);
      await (await keeper(node)).kill('SIGKILL');
      versions.push({ conf: node.read(conf), node: node.read('state/node.json') });
    }
    const [old, fresh] = versions;
    expect(old?.conf).not.toBe(fresh?.conf);
    const seen = new Set<string>();
    // Three files, four slow calls each.
    const moments: readonly Moment[] = [0, 40, 80, 120, 160, 200, 240, () => node.read(conf) === fresh?.conf];
    for (const moment of moments) {
      node.write(conf, old?.conf ?? '');
      node.write('state/node.json', old?.node ?? '');
      rmSync(`${node.root}/bin/weft`, { force: true });
      await killedAt(node, moment);
      expect([old?.conf, fresh?.conf]).toContain(node.read(conf));
      // What a killed one left half-written has a name that no runtime reads.
      const read = readdirSync(`${node.root}/net.d`).filter((name) => /\.(conf|conflist|json)$/.test(name));
      expect(read.toSorted()).toEqual(['00-weft.conflist', '10-cluster.conflist']);
      expect([old?.node, fresh?.node]).toContain(node.read('state/node.json'));
      if (node.read(conf) === fresh?.conf) expect(node.read('state/node.json')).toBe(fresh?.node);
      if (node.read('state/node.json') === fresh?.node)
        expect(readdirSync(`${node.root}/bin`)).toContain('weft');
      seen.add(
        node.read(conf) === fresh?.conf
          ? 'all'
          : node.read('state/node.json') === old?.node
            ? 'none'
            : 'half',
      );
    }
    // The kills met the time before the last rename, and the time after it.
    expect(seen.size).toBeGreaterThan(1);
    expect(seen).toContain('all');
  });
});

describe('an agent without capabilities, in a pod', () => {
  let node: AgentNode;
  beforeEach(() => {
    node = newNode(withCapabilities());
    for (const path of ['', '/bin']) chmodSync(`${node.root}${path}`, 0o755);
    chownSync(`${node.root}/bin`, 1234, 1234);
  });

  it('is content with a directory of plugins of another user if an init container put ours there', async () => {
    copyFileSync(weftBinary(), `${node.root}/bin/weft`);
    chmodSync(`${node.root}/bin/weft`, 0o755);
    const agent = await ready(node, ({ msg }) => msg === 'installation in order');
    expect(agent.log().filter(({ msg }) => msg === 'installation')).toEqual([]);
    expect(node.read(conf)).toContain('portMappings');
  });

  it('says who owns it if the plugin is an older one, which goes on serving', async () => {
    writeFileSync(`${node.root}/bin/weft`, 'the older plugin', { mode: 0o755 });
    const agent = await ready(node, ({ msg }) => msg === 'installation');
    const [row] = agent.log().filter(({ msg }) => msg === 'installation');
    expect(row?.['problem']).toMatch(
      /\/bin\/weft: EACCES .* belongs to user 1234.*give the directory to root/,
    );
    expect(node.read('bin/weft')).toBe('the older plugin');
    expect(node.read(conf)).toContain('portMappings');
  });
});

/** Starts an agent whose durable writes are slow, and kills it at that moment. */
async function killedAt(node: AgentNode, moment: Moment): Promise<void> {
  const { root, socket } = node;
  const flags = [
    ...[`--socket=${socket}`, '--metrics-address=off', '--node-name=node-a'],
    ...[`--networks-dir=${root}/networks`, `--network-conf-dir=${root}/files`],
    ...[`--cni-conf-dir=${root}/net.d`, `--cni-bin-dir=${root}/bin`],
    ...[`--state-dir=${root}/state`, `--run-dir=${root}/run`],
  ];
  const argv = [process.execPath, ...interpreterFlags(agentBundle()), agentBundle(), ...flags];
  await killedWhileWriting(argv, [`${root}/bin`, `${root}/state`, `${root}/net.d`], moment);
}
