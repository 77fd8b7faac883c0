import { describe, expect, it } from 'vitest';
import { runDelegate } from '../../../src/executor/delegate.ts';
import { missingInterface, speaksOfInterface } from '../../../src/executor/missing-interface.ts';
import { SysError } from '../../../src/executor/sys.ts';
import { caught } from '../cni/caught.ts';
import { failed, ScriptedSys } from './scripted-sys.ts';

const table = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:  139084    1520    0    0    0     0          0         0   139084    1520    0    0    0     0       0          0
  eth0: 9999999  123456    0    0    0     0          0         0  9999999  123456    0    0    0     0       0          0
bond0.12:      0       0    0    0    0     0          0         0        0       0    0    0    0     0       0          0
`;

/** A node with the links of `table`. */
class NodeWithLinks extends ScriptedSys {
  override readText(path: string, limit: number): string {
    return path === '/proc/net/dev' ? table : super.readText(path, limit);
  }
}

function missing(config: object | string): string | undefined {
  const stdin = typeof config === 'string' ? config : JSON.stringify(config);
  return missingInterface(new NodeWithLinks(), stdin);
}

describe('missingInterface', () => {
  it.each([
    [{ type: 'macvlan', master: 'eth9' }, 'eth9'],
    [{ type: 'host-device', device: 'ens1f0' }, 'ens1f0'],
    [{ type: 'macvlan', master: 'bond0' }, 'bond0'],
    [{ type: 'macvlan', master: 'eth9', linkInContainer: false }, 'eth9'],
  ])('of %j is %s', (config, name) => {
    expect(missing(config)).toBe(name);
  });

  it.each([
    [{ type: 'macvlan', master: 'eth0' }],
    [{ type: 'macvlan', master: 'bond0.12' }],
    [{ type: 'vlan', master: 'net1', linkInContainer: true }],
    [{ type: 'macvlan' }],
    [{ type: 'macvlan', master: '' }],
    [{ type: 'macvlan', master: 9 }],
    ['{"master": "eth9"'],
  ])('of %j is not known', (config) => {
    expect(missing(config)).toBeUndefined();
  });

  it('is not known where the links cannot be read', () => {
    expect(missingInterface(new ScriptedSys(), '{"master":"eth9"}')).toBeUndefined();
    const closed = {
      readText: (path: string): string => {
        throw new SysError('EACCES', 'readText', path);
      },
    };
    expect(missingInterface(closed, '{"master":"eth9"}')).toBeUndefined();
  });
});

describe('a plugin that says', () => {
  it.each([
    'Link not found',
    'failed to lookup master "eth9": Link not found',
    'failed to find host device: Link not found',
    'could not find the device: no such device',
    'route ip+net: no such network interface',
  ])('%s speaks of an interface', (message) => {
    expect(speaksOfInterface(message)).toBe(true);
  });

  it.each([
    'failed to find plugin "whereabouts" in path [/opt/cni/bin]',
    'no IP addresses available in range set: 10.1.1.1-10.1.1.9',
    'network not found',
    'open /run/flannel/subnet.env: no such file or directory',
  ])('%s does not', (message) => {
    expect(speaksOfInterface(message)).toBe(false);
  });
});

describe('the failure of a delegate', () => {
  const context = { containerId: 'c1', netns: '/run/netns/a', cniArgs: '', cniPath: ['/bin'] };
  const failure = (msg: string, config: object): string => {
    const sys = new NodeWithLinks([failed({ code: 999, msg })]);
    const deadline = sys.monotonicMs() + 30_000;
    const onFork = (): void => {};
    const call = {
      verb: 'ADD',
      type: 'bridge',
      stdin: JSON.stringify(config),
      ifname: 'net1',
      deadline,
    } as const;
    return caught(() => runDelegate(sys, context, { ...call, onFork })).message;
  };

  it('names the interface that it did not find', () => {
    expect(failure('Link not found', { master: 'eth9' })).toBe(
      "plugin bridge: Link not found; the node has no interface eth9; see that the node has eth9, or name another interface in the network's configuration",
    );
  });

  it('is in its own words where it is another one, or where the interface is there', () => {
    const words = 'plugin bridge: Link not found; follow what the plugin says';
    expect(failure('Link not found', { master: 'eth0' })).toBe(words);
    expect(failure('range is full', { master: 'eth9' })).toBe(
      'plugin bridge: range is full; follow what the plugin says',
    );
  });
});
