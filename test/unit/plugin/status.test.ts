import { beforeEach, describe, expect, it } from 'vitest';
import { encodeNodeFile } from '../../../src/attachment/node-file.ts';
import type { DelegateStep } from '../../../src/attachment/plan.ts';
import { planFor } from '../../fakes/plan.ts';
import type { World } from '../../fakes/sys-memory/world.ts';
import { bin, call, memoryNode, type Outcome, sandbox, type VerbOptions } from './memory-node.ts';

const confDir = '/etc/cni/net.d';
const confFile = `${confDir}/10-cluster.conflist`;

let world: World;
beforeEach(() => {
  world = readyNode();
});

/** A node whose agent was ready, and is away now. */
function readyNode(cniVersion = '1.1.0'): World {
  const node = memoryNode();
  const chain = {
    ifname: 'eth0',
    network: 'cluster',
    networkName: 'cluster',
    cniVersion,
    plugins: [{ type: 'bridge' }, { type: 'portmap' }],
  };
  const step = { ...(planFor(sandbox, [chain]).steps[0] as DelegateStep), ifname: '' };
  const file = { format: 1, weft: '0.1.0', cniPath: [bin], confDir, defaultNetwork: step };
  node.disk.plant('/var/lib/weft/node.json', encodeNodeFile(file));
  node.disk.plant('/run/weft/ready', 'weft 0.1.0 was ready');
  node.disk.plant(confFile, '{"cniVersion":"1.1.0","name":"cluster","plugins":[{"type":"bridge"}]}');
  node.disk.plant(`${confDir}/00-weft.conflist`, '{"name":"weft","plugins":[{"type":"weft"}]}');
  node.agent = undefined;
  return node;
}

/** STATUS as a runtime sends it: no variable but CNI_PATH. */
function status(options: VerbOptions & { version?: string } = {}): Outcome {
  const nobody = { containerId: '', ifname: '', netns: '' };
  const { version = '1.1.0', conf, ...rest } = options;
  return call(world, 'STATUS', { sandbox: nobody, conf: { cniVersion: version, ...conf }, ...rest });
}

function verbs(): readonly string[] {
  return world.log.map(({ verb, type }) => `${verb} ${type}`);
}

describe('STATUS', () => {
  it('succeeds without a word on a ready node whose agent is away [CNI-101]', () => {
    expect(status()).toMatchObject({ status: 0, stdout: '', stderr: '' });
    expect(verbs()).toEqual(['STATUS bridge', 'STATUS portmap']);
  });

  it.each(['0.4.0', '1.0.0'])('is not known to version %s [CNI-100]', (version) => {
    const { error, delegates } = status({ version });
    expect(error).toMatchObject({ code: 1, cniVersion: version, details: 'reason=IncompatibleVersion' });
    expect(delegates).toBe(0);
  });

  it('fails until an agent was ready after the boot, and not again [CNI-102]', () => {
    world.disk.powerLoss('all', ['/run']);
    const { error, delegates } = status();
    expect(error).toMatchObject({ code: 50, details: 'reason=NotReady' });
    expect(delegates).toBe(0);
    world.disk.plant('/run/weft/ready', 'x');
    expect(status().status).toBe(0);
  });

  it.each([
    ['is removed', () => world.disk.unlink(confFile)],
    ['has another name', () => world.disk.plant(confFile, '{"name":"other"}')],
    ['is damaged for good', () => world.disk.plant(confFile, '{"name":"cluster"')],
  ])(
    'fails with code 50 naming the default network when its file %s, without the agent [CNI-101]',
    (_how, break_) => {
      break_();
      const { error, delegates } = status();
      expect(error).toMatchObject({ code: 50, details: 'reason=DefaultNetworkMissing' });
      expect(error?.msg).toContain('cluster');
      expect(error?.msg).toContain(confDir);
      expect(delegates).toBe(0);
      world.disk.plant(`${confDir}/99-again.conf`, '{"name":"cluster"}');
      expect(status().status).toBe(0);
    },
  );

  it('bears with a file that is half written for a moment', () => {
    world.disk.plant(confFile, '{"na');
    world.in(150, () => world.disk.plant(confFile, '{"name":"cluster"}'));
    expect(status().status).toBe(0);
  });

  it('is not misled by a directory that cannot be read', () => {
    const failing = { fail: { call: readdirCall(), errno: 'EIO' } };
    expect(status(failing).status).toBe(0);
  });

  it('fails with code 50 where nothing says what the default network is', () => {
    world.disk.unlink('/var/lib/weft/node.json');
    expect(status().error).toMatchObject({ code: 50, details: 'reason=DefaultNetworkMissing' });
    world.disk.plant('/var/lib/weft/node.json', '{}');
    expect(status().error).toMatchObject({ code: 50, details: 'reason=StateUnreadable' });
  });

  it('believes the agent where the default network is no file', () => {
    const text = world.disk.find('/var/lib/weft/node.json')?.bytes.toString() ?? '';
    world.disk.plant('/var/lib/weft/node.json', text.replace(`"confDir":"${confDir}",`, ''));
    world.disk.unlink(confFile);
    expect(status().status).toBe(0);
    world.disk.plant('/run/weft/default-network-gone', 'there is no such NetworkAttachmentDefinition\n');
    const { error, delegates } = status();
    expect(error).toMatchObject({ code: 50, details: 'reason=DefaultNetworkMissing' });
    expect(error?.msg).toContain('network cluster, STATUS: there is no such NetworkAttachmentDefinition; ');
    expect(delegates).toBe(0);
  });

  it.each(['stat', 'readText'])('fails with code 50 where %s of what it knows fails', (what) => {
    const at = status().sys.calls.findIndex((line) => line.startsWith(what));
    const { error } = status({ fail: { call: at, errno: 'EIO' } });
    expect(error).toMatchObject({ code: 50, details: 'reason=StateUnreadable' });
  });

  it('runs nothing for a default network below 1.1.0 [CNI-310]', () => {
    world = readyNode('1.0.0');
    expect(status()).toMatchObject({ status: 0, stdout: '', delegates: 0 });
  });

  it('asks the plugins in order and stops at the first that fails [CNI-310]', () => {
    world.moods = [{ type: 'bridge', verb: 'STATUS', how: 'fail' }];
    const { error } = status();
    expect(error).toMatchObject({ code: 120, msg: 'bridge refuses STATUS', cniVersion: '1.1.0' });
    expect(error?.details).toBe('reason=DelegateFailed; plugin bridge of network cluster');
    expect(verbs()).toEqual(['STATUS bridge']);
  });

  it.each([
    ['missing', () => world.disk.unlink(`${bin}/portmap`), 'PluginMissing'],
    [
      'not runnable',
      () => (world.moods = [{ type: 'portmap', verb: 'STATUS', how: 'unrunnable' }]),
      'PluginNotRunnable',
    ],
  ])('fails with code 50 where a plugin of the default network is %s', (_how, break_, reason) => {
    break_();
    const { error } = status();
    expect(error).toMatchObject({ code: 50, details: `reason=${reason}` });
    expect(error?.msg).toContain('portmap');
  });

  it('kills a delegate that hangs when its time is over, and says so with code 50', () => {
    world.moods = [{ type: 'portmap', verb: 'STATUS', how: 'hang' }];
    const before = world.nowMs;
    const { error } = status({ conf: { timeBudgets: { status: 700 } } });
    expect(world.nowMs - before).toBeLessThan(705);
    expect(error).toMatchObject({ code: 50, details: 'reason=DelegateTimeout' });
    expect(error?.msg).toContain('plugin portmap did not answer STATUS in time');
  });

  it('changes nothing, whatever it finds: no file, no lock, no word to the agent [CNI-104]', () => {
    const files = () => world.disk.files('').map((path) => [path, world.disk.find(path)?.bytes.toString()]);
    const before = files();
    const calls = [status(), status()];
    world.moods = [{ type: 'bridge', verb: 'STATUS', how: 'fail' }];
    calls.push(status());
    expect(files()).toEqual(before);
    const harmless = /^(readStdin|stat|readdir|readText|fork|release|finish)\b/;
    for (const { sys } of calls) expect(sys.calls.filter((line) => !harmless.test(line))).toEqual([]);
  });

  it('has nothing to do with ADD: that is attempted while STATUS fails [CNI-104]', () => {
    world = memoryNode();
    expect(status().status).toBe(1);
    expect(call(world, 'ADD')).toMatchObject({ status: 0 });
    expect(call(world, 'DEL')).toMatchObject({ status: 0 });
  });
});

/** The number of the first readdir among the calls of a STATUS. */
function readdirCall(): number {
  return status().sys.calls.findIndex((line) => line.startsWith('readdir'));
}
