import { existsSync, mkdirSync, readdirSync, rmSync, statSync, watch } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { offersStatus } from '../../../src/agent/install/own-conf.ts';
import { sleep } from '../../harness/run.ts';
import { AgentNode, type AgentProcess, bridgeConflist, nadJson, until } from './agent-node.ts';
import { wholeAdd } from './raw-client.ts';

let node: AgentNode;
beforeEach(() => {
  node = new AgentNode();
});
afterEach(() => node.remove());

function start(extra: readonly string[] = []): Promise<AgentProcess> {
  return node.start(['--install', ...extra]);
}

function ready(): boolean {
  return existsSync(`${node.root}/run/ready`);
}

function ownConf(): string {
  return node.read('net.d/00-weft.conflist');
}

function readyAndOffered(): Promise<true> {
  const conf = `${node.root}/net.d/00-weft.conflist`;
  return until(
    () => (ready() && existsSync(conf) && offersStatus(ownConf()) ? true : undefined),
    'STATUS on offer',
  );
}

/** Counts how often our configuration is written. */
function writes(): { readonly count: number; close(): void } {
  let last = 0;
  let count = 0;
  const look = (): void => {
    const inode = statSync(`${node.root}/net.d/00-weft.conflist`, { throwIfNoEntry: false })?.ino ?? 0;
    if (inode !== 0 && inode !== last) count += 1;
    last = inode;
  };
  look();
  count = 0;
  const watcher = watch(`${node.root}/net.d`, look);
  return {
    get count() {
      return count;
    },
    close: () => watcher.close(),
  };
}

describe('STATUS of a node', () => {
  it('is offered to the runtime as soon as the agent is ready, beside the version of older ones', async () => {
    const seen = writes();
    const agent = await start();
    await readyAndOffered();
    expect(seen.count).toBe(1);
    seen.close();
    expect(JSON.parse(ownConf())).toMatchObject({
      cniVersion: '1.0.0',
      cniVersions: ['1.0.0', '1.1.0'],
      name: 'weft',
    });
    expect(statSync(`${node.root}/run/ready`).mode & 0o7777).toBe(0o600);
    await agent.kill('SIGTERM');
    expect(ready()).toBe(true);
  });

  it('is not offered by an agent that is not ready, and no pod passes weft by meanwhile', async () => {
    rmSync(`${node.root}/networks`, { recursive: true });
    await start();
    await until(
      () => (existsSync(`${node.root}/net.d/00-weft.conflist`) ? true : undefined),
      'the configuration',
    );
    await sleep(700);
    expect(ready()).toBe(false);
    expect(offersStatus(ownConf())).toBe(false);
    mkdirSync(`${node.root}/networks`);
    await wholeAdd(node.socket);
    await until(() => (ready() ? true : undefined), 'the mark', 15_000);
    await readyAndOffered();
  });

  it('stays as it is while agents come and go, whether they are ready or not: nothing is written', async () => {
    const first = await start();
    await readyAndOffered();
    await first.kill('SIGKILL');
    rmSync(`${node.root}/networks`, { recursive: true });
    const seen = writes();
    const second = await start();
    await second.logged(({ msg }) => msg === 'installation in order');
    await sleep(700);
    await second.kill('SIGTERM');
    const third = await start();
    await third.logged(({ msg }) => msg === 'installation in order');
    expect(ready()).toBe(true);
    expect(offersStatus(ownConf())).toBe(true);
    expect(seen.count).toBe(0);
    seen.close();
  });

  it('is waited for after a boot: the offer stays, the mark comes when the agent is ready again', async () => {
    const first = await start();
    await readyAndOffered();
    await first.kill('SIGKILL');
    // What a boot takes away.
    for (const name of readdirSync(`${node.root}/run`))
      rmSync(`${node.root}/run/${name}`, { recursive: true });
    rmSync(`${node.root}/networks`, { recursive: true });
    const second = await start();
    await second.logged(({ msg }) => msg === 'installation in order');
    await sleep(700);
    expect(offersStatus(ownConf())).toBe(true);
    expect(ready()).toBe(false);
    mkdirSync(`${node.root}/networks`);
    await wholeAdd(node.socket);
    await until(() => (ready() ? true : undefined), 'the mark', 15_000);
  });

  it('is never asked with --runtime-cni-version=1.0.0, also where it was before', async () => {
    const first = await start();
    await readyAndOffered();
    await first.kill('SIGTERM');
    await start(['--runtime-cni-version=1.0.0']);
    await until(() => (offersStatus(ownConf()) ? undefined : true), 'the older configuration');
    expect(JSON.parse(ownConf())).not.toHaveProperty('cniVersions');
  });

  it('comes back where something removes the mark under a ready agent', async () => {
    await start();
    await readyAndOffered();
    rmSync(`${node.root}/run/ready`);
    await until(() => (ready() ? true : undefined), 'the mark', 15_000);
  });

  it('hears from the agent that the NAD which is the default network is gone, and that it is back', async () => {
    const config = { cniVersion: '1.1.0', type: 'bridge' };
    node.write('networks/base.json', nadJson('base', config));
    await start(['--default-network=default/base']);
    await readyAndOffered();
    const gone = `${node.root}/run/default-network-gone`;
    expect(existsSync(gone)).toBe(false);
    expect(JSON.parse(node.read('state/node.json'))).not.toHaveProperty('confDir');
    rmSync(`${node.root}/networks/base.json`);
    await expect(wholeAdd(node.socket)).rejects.toThrow('there is no such NetworkAttachmentDefinition');
    await until(() => (existsSync(gone) ? true : undefined), 'the word of the agent', 15_000);
    expect(node.read('run/default-network-gone')).toContain('there is no such NetworkAttachmentDefinition');
    expect(ready()).toBe(true);
    node.write('networks/base.json', nadJson('base', config));
    await wholeAdd(node.socket);
    await until(() => (existsSync(gone) ? undefined : true), 'the end of it', 15_000);
  });

  it('knows from node.json where the default network has to be', async () => {
    await start();
    await readyAndOffered();
    expect(JSON.parse(node.read('state/node.json'))).toMatchObject({
      confDir: `${node.root}/net.d`,
      defaultNetwork: { networkName: (JSON.parse(bridgeConflist) as { name: string }).name },
    });
  });
});
