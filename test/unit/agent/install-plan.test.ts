import { describe, expect, it } from 'vitest';
import { filesBefore } from '../../../src/agent/install/conf-order.ts';
import { wantedFiles } from '../../../src/agent/install/install-plan.ts';
import { ownConfName, ownConfText } from '../../../src/agent/install/own-conf.ts';
import { defaultWeftConfig } from '../../../src/api/weft-config.ts';
import { decodeNodeFile } from '../../../src/attachment/node-file.ts';
import { parseNetwork } from '../../../src/cni/network-list.ts';
import { WeftError } from '../../../src/errors/weft-error.ts';
import { chooseDefaultNetwork } from '../../../src/netconf/default-network.ts';
import { parseOwnConf } from '../../../src/plugin/own-conf.ts';

const { timeBudgets } = defaultWeftConfig();
const paths = { socket: '/s', stateDir: '/state', runDir: '/run', binDir: '/bin', confDir: '/conf' };

describe('the files before ours', () => {
  it('are those that the runtime reads and that are lower in byte order', () => {
    const names = [
      '00-multus.conf',
      '00-genie.conflist',
      '00-weft.conflist',
      '00-weft.conf',
      '00-x.conf',
      '00-a.txt',
      '10-a.json',
      '00-WEFT.json',
    ];
    expect(filesBefore(names, ownConfName)).toEqual([
      '00-WEFT.json',
      '00-genie.conflist',
      '00-multus.conf',
      '00-weft.conf',
    ]);
  });

  it('are compared by bytes, not by UTF-16 units', () => {
    expect(filesBefore(['\u{1F600}.conf', '\uFFFD.conf'], '\uFFFE.conflist')).toEqual(['\uFFFD.conf']);
  });
});

describe('our configuration', () => {
  it('declares what the default network declares, and the annotations of the pod', () => {
    const text = ownConfText({
      socket: '/s',
      stateDir: '/a',
      runDir: '/b',
      capabilities: ['portMappings', 'bandwidth'],
      timeBudgets,
    });
    const { plugins } = JSON.parse(text) as { plugins: { capabilities: object; timeBudgets: object }[] };
    expect(plugins).toHaveLength(1);
    expect(plugins[0]?.capabilities).toEqual({
      bandwidth: true,
      'io.kubernetes.cri.pod-annotations': true,
      portMappings: true,
    });
    expect(plugins[0]?.timeBudgets).toEqual(timeBudgets);
  });

  it('is the same text whatever the order of the capabilities', () => {
    const conf = { socket: '/s', stateDir: '/a', runDir: '/b', timeBudgets };
    expect(ownConfText({ ...conf, capabilities: ['a', 'b', 'a'] })).toBe(
      ownConfText({ ...conf, capabilities: ['b', 'a'] }),
    );
  });

  it('is never taken for the default network itself', () => {
    const text = ownConfText({ socket: '/s', stateDir: '/a', runDir: '/b', capabilities: [], timeBudgets });
    expect(() => chooseDefaultNetwork([{ name: ownConfName, text }])).toThrow(WeftError);
  });
});

describe('the plugin', () => {
  const defaultNetwork = parseNetwork('{"cniVersion":"1.0.0","name":"n","plugins":[{"type":"a"}]}', 'x');
  const files = wantedFiles({
    paths,
    version: '1.2.3',
    defaultNetwork,
    timeBudgets: { ...timeBudgets, del: 7_000 },
  });

  it('reads the configuration that the runtime derives from ours', () => {
    const list = JSON.parse(files?.ownConf ?? '') as { name: string; cniVersion: string; plugins: object[] };
    const derived = { ...list.plugins[0], name: list.name, cniVersion: list.cniVersion };
    expect(parseOwnConf(JSON.stringify(derived))).toMatchObject({
      name: 'weft',
      cniVersion: '1.0.0',
      type: 'weft',
      socket: '/s',
      stateDir: '/state',
      runDir: '/run',
      budgets: { ...timeBudgets, del: 7_000 },
    });
  });

  it('reads our node.json', () => {
    expect(decodeNodeFile(files?.nodeFile ?? '').defaultNetwork.networkName).toBe('n');
  });
});

describe('the wanted files', () => {
  it('are none while no default network is known', () => {
    const defaultNetwork = new WeftError('DefaultNetworkMissing', { cause: 'none' });
    expect(wantedFiles({ paths, version: '1.2.3', defaultNetwork, timeBudgets })).toBeUndefined();
  });

  it("hold the default network's chain as it stands, numbers above 2^53 included", () => {
    const defaultNetwork = parseNetwork(
      '{"cniVersion":"1.0.0","name":"n","plugins":[{"type":"a","big":9007199254740993}]}',
      'x',
    );
    const files = wantedFiles({ paths, version: '1.2.3', defaultNetwork, timeBudgets });
    const node = JSON.parse(files?.nodeFile ?? '') as {
      defaultNetwork: { plugins: { config: string }[]; ifname: string };
    };
    expect(node).toMatchObject({ format: 1, weft: '1.2.3', cniPath: ['/bin'] });
    expect(node.defaultNetwork.ifname).toBe('');
    expect(node.defaultNetwork.plugins[0]?.config).toContain('9007199254740993');
  });
});
