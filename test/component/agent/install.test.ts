import {
  chmodSync,
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Installer } from '../../../src/agent/install/installer.ts';
import { PluginBinary } from '../../../src/agent/install/plugin-binary.ts';
import { defaultWeftConfig, type TimeBudgets } from '../../../src/api/weft-config.ts';
import type { NetworkList } from '../../../src/cni/network-list.ts';
import { parseNetwork } from '../../../src/cni/network-list.ts';
import { silentLog } from '../../../src/daemon/log.ts';
import { Metrics } from '../../../src/daemon/metrics.ts';
import { WeftError } from '../../../src/errors/weft-error.ts';
import { fakeElf } from '../../fakes/fake-elf.ts';
import { AgentNode, bridgeConflist } from './agent-node.ts';

let node: AgentNode;
let network: NetworkList | WeftError;
let timeBudgets: TimeBudgets;

beforeEach(() => {
  node = new AgentNode();
  shipped('plugin of version one');
  network = parseNetwork(bridgeConflist, 'the default network');
  timeBudgets = defaultWeftConfig().timeBudgets;
});
afterEach(() => node.remove());

function installer(writes = true): Installer {
  const { root } = node;
  const paths = {
    socket: `${root}/run/agent.sock`,
    stateDir: `${root}/state/weft`,
    runDir: `${root}/run`,
    binDir: `${root}/bin`,
    confDir: `${root}/net.d`,
  };
  return new Installer({
    writes,
    binary: new PluginBinary(`${root}/weft-source`, `${root}/bin/weft`),
    paths,
    inputs: () => ({
      paths,
      version: '0.1.0',
      defaultNetwork: network,
      timeBudgets,
      newestVersion: '1.1.0',
      wasReady: true,
    }),
    prepared: async () => {},
    log: silentLog,
    metrics: new Metrics(),
  });
}

/** The plugin that came with the agent. */
function shipped(text: string): void {
  writeFileSync(`${node.root}/weft-source`, fakeElf(text));
}

function inode(path: string): number {
  return statSync(`${node.root}/${path}`).ino;
}

describe('an installation', () => {
  it('puts plugin, node.json and configuration in place, and leaves no temporary file', async () => {
    const own = installer();
    await own.check();
    expect(own.problems()).toEqual([]);
    expect(node.read('bin/weft')).toMatch(/plugin of version one$/);
    expect(statSync(`${node.root}/bin/weft`).mode & 0o7777).toBe(0o755);
    expect(statSync(`${node.root}/net.d/00-weft.conflist`).mode & 0o7777).toBe(0o600);
    expect(JSON.parse(node.read('net.d/00-weft.conflist'))).toMatchObject({
      cniVersion: '1.0.0',
      name: 'weft',
      plugins: [
        {
          type: 'weft',
          socket: `${node.root}/run/agent.sock`,
          stateDir: `${node.root}/state/weft`,
          runDir: `${node.root}/run`,
          capabilities: { portMappings: true, 'io.kubernetes.cri.pod-annotations': true },
          timeBudgets: { connect: 100, del: 50_000 },
        },
      ],
    });
    expect(JSON.parse(node.read('state/weft/node.json'))).toMatchObject({
      format: 1,
      weft: '0.1.0',
      cniPath: [`${node.root}/bin`],
      defaultNetwork: {
        kind: 'delegate',
        networkName: 'cluster',
        ifname: '',
        plugins: [{ type: 'bridge' }, { type: 'portmap' }],
      },
    });
    for (const directory of ['bin', 'net.d', 'state/weft']) {
      expect(readdirSync(`${node.root}/${directory}`).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    }
  });

  it('does not touch what is in order already', async () => {
    await installer().check();
    const before = ['bin/weft', 'net.d/00-weft.conflist', 'state/weft/node.json'].map(inode);
    const again = installer();
    await again.check();
    await again.check();
    expect(['bin/weft', 'net.d/00-weft.conflist', 'state/weft/node.json'].map(inode)).toEqual(before);
  });

  it('replaces a plugin of another version, of another mode, or cut off, by rename', async () => {
    const own = installer();
    await own.check();
    for (const damage of [
      () => shipped('plugin of version two'),
      () => chmodSync(`${node.root}/bin/weft`, 0o777),
      () => node.write('bin/weft', 'plugin of ver'),
      () => rmSync(`${node.root}/bin/weft`),
    ]) {
      const old = inode('bin/weft');
      // Held, so that the file system cannot give the number to the new file.
      const held = openSync(`${node.root}/bin/weft`, 'r');
      damage();
      await own.check();
      expect(own.problems()).toEqual([]);
      expect(node.read('bin/weft')).toBe(node.read('weft-source'));
      expect(statSync(`${node.root}/bin/weft`).mode & 0o7777).toBe(0o755);
      expect(inode('bin/weft')).not.toBe(old);
      closeSync(held);
    }
  });

  it('sees a plugin that changes several times within one tick of the file system', async () => {
    const own = installer();
    for (let round = 100; round < 150; round++) {
      shipped(`plugin of round ${round}`);
      await own.check();
      expect(node.read('bin/weft')).toMatch(new RegExp(`plugin of round ${round}$`));
    }
  });

  it('removes what killed agents left half-written, and nothing that somebody else is at', async () => {
    const left = ['bin/.weft.0123456789ab.tmp', 'net.d/.00-weft.conflist.ba9876543210.tmp'];
    const kept = [
      'bin/.weft.cdefcdefcdef.tmp',
      'bin/.weft.tmp',
      'bin/.weftling.0123456789ab.tmp',
      'bin/bridge',
    ];
    const old = new Date(Date.now() - 120_000);
    for (const path of [...left, ...kept]) {
      node.write(path, 'half a plug');
      if (!path.includes('cdef')) utimesSync(`${node.root}/${path}`, old, old);
    }
    await installer().check();
    expect(readdirSync(`${node.root}/bin`).sort()).toEqual([
      '.weft.cdefcdefcdef.tmp',
      '.weft.tmp',
      '.weftling.0123456789ab.tmp',
      'bridge',
      'weft',
    ]);
    expect(readdirSync(`${node.root}/net.d`).sort()).toEqual(['00-weft.conflist', '10-cluster.conflist']);
  });

  it('does not install a plugin for another machine, and keeps the one that is there in use', async () => {
    await installer().check();
    writeFileSync(`${node.root}/weft-source`, fakeElf('of another machine', 8));
    network = parseNetwork('{"cniVersion":"1.0.0","name":"other","plugins":[{"type":"ptp"}]}', 'x');
    const own = installer();
    await own.check();
    expect(own.problems()).toEqual([expect.stringContaining('another machine (ELF 8')]);
    expect(node.read('bin/weft')).toMatch(/plugin of version one$/);
    // What does not need the new plugin goes on.
    expect(node.read('state/weft/node.json')).toContain('"other"');
  });

  it('writes no configuration for a plugin that is not there and cannot be installed', async () => {
    writeFileSync(`${node.root}/weft-source`, 'no program at all');
    const own = installer();
    await own.check();
    expect(own.problems()).toEqual([expect.stringContaining('is no program')]);
    expect(readdirSync(`${node.root}/bin`)).toEqual([]);
    expect(readdirSync(`${node.root}/net.d`)).toEqual(['10-cluster.conflist']);
  });

  it('writes no configuration while no default network is known, and keeps the one that is there', async () => {
    const known = network;
    network = new WeftError('DefaultNetworkMissing', { cause: 'nothing there' });
    const own = installer();
    await own.check();
    expect(existsSync(`${node.root}/net.d/00-weft.conflist`)).toBe(false);
    expect(existsSync(`${node.root}/state/weft/node.json`)).toBe(false);
    expect(own.problems().join()).toContain('until the default network is known');
    network = known;
    await own.check();
    expect(own.problems()).toEqual([]);
    const text = node.read('net.d/00-weft.conflist');
    network = new WeftError('DefaultNetworkMissing', { cause: 'nothing there' });
    await own.check();
    expect(node.read('net.d/00-weft.conflist')).toBe(text);
  });

  it('follows the default network: node.json first, then the configuration', async () => {
    const own = installer();
    await own.check();
    network = parseNetwork(
      '{"cniVersion":"1.0.0","name":"other","plugins":[{"type":"ptp","capabilities":{"bandwidth":true}}]}',
      'x',
    );
    await own.check();
    expect(node.read('state/weft/node.json')).toContain('"other"');
    expect(node.read('net.d/00-weft.conflist')).toContain('"bandwidth": true');
    expect(statSync(`${node.root}/state/weft/node.json`).mtimeMs).toBeLessThanOrEqual(
      statSync(`${node.root}/net.d/00-weft.conflist`).mtimeMs,
    );
  });

  it('writes no configuration when node.json cannot be written', async () => {
    node.write('state/weft', 'a file in the place of the directory');
    const own = installer();
    await own.check();
    expect(existsSync(`${node.root}/net.d/00-weft.conflist`)).toBe(false);
    expect(own.problems().join()).toMatch(/node\.json.*ENOTDIR|state\/weft.*(EEXIST|ENOTDIR)/);
  });

  it('says so when the directory of the configuration or of the plugins is gone, and goes on later', async () => {
    rmSync(`${node.root}/bin`, { recursive: true });
    const own = installer();
    await own.check();
    expect(own.problems().join()).toContain('ENOENT');
  });

  it('names every file that sorts before ours', async () => {
    node.write('net.d/00-genie.conf', '{}');
    node.write('net.d/00-multus.conf', '{}');
    node.write('net.d/00-a-note.txt', '');
    const own = installer();
    await own.check();
    expect(own.problems()).toHaveLength(2);
    expect(own.problems()[0]).toContain('00-genie.conf');
    expect(own.problems()[1]).toContain('00-multus.conf');
  });

  it('that is switched off writes nothing and says what is missing', async () => {
    const own = installer(false);
    await own.check();
    expect(readdirSync(`${node.root}/bin`)).toEqual([]);
    expect(readdirSync(`${node.root}/net.d`)).toEqual(['10-cluster.conflist']);
    expect(own.problems()).toHaveLength(3);
    await installer().check();
    await own.check();
    expect(own.problems()).toEqual([]);
  });

  it('serves calls that come while it works with one more run', async () => {
    const own = installer();
    await Promise.all([own.check(), own.check(), own.check()]);
    expect(own.problems()).toEqual([]);
  });
});
