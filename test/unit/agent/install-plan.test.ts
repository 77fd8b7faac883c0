import { describe, expect, it } from 'vitest';
import { filesBefore } from '../../../src/agent/install/conf-order.ts';
import { type InstallInputs, type Present, wantedFiles } from '../../../src/agent/install/install-plan.ts';
import {
  type OfferedVersion,
  offersStatus,
  ownConfName,
  ownConfText,
} from '../../../src/agent/install/own-conf.ts';
import { defaultWeftConfig } from '../../../src/api/weft-config.ts';
import { decodeNodeFile } from '../../../src/attachment/node-file.ts';
import { parseNetwork } from '../../../src/cni/network-list.ts';
import { type CniVersion, cniVersions } from '../../../src/cni/version.ts';
import { WeftError } from '../../../src/errors/weft-error.ts';
import { chooseDefaultNetwork } from '../../../src/netconf/default-network.ts';
import { parseOwnConf } from '../../../src/plugin/own-conf.ts';

const { timeBudgets } = defaultWeftConfig();
const paths = { socket: '/s', stateDir: '/state', runDir: '/run', binDir: '/bin', confDir: '/conf' };
const defaultNetwork = parseNetwork('{"cniVersion":"1.0.0","name":"n","plugins":[{"type":"a"}]}', 'x');
const inputs: InstallInputs = {
  paths,
  version: '1.2.3',
  defaultNetwork,
  defaultDirectory: '/conf',
  timeBudgets: { ...timeBudgets, del: 7_000 },
  newestVersion: '1.1.0',
  wasReady: true,
};
const nothing: Present = { ownConf: undefined, pluginIsCurrent: true };

function confText(newest: OfferedVersion): string {
  return ownConfText({ socket: '/s', stateDir: '/a', runDir: '/b', capabilities: [], timeBudgets, newest });
}

/** The configuration that the plugin gets from a runtime which knows CNI up to `newest`, as the specification wants it. */
function derived(text: string, newest: CniVersion): string {
  const list = JSON.parse(text) as { name: string; plugins: object[] };
  const supported = cniVersions.slice(0, cniVersions.indexOf(newest) + 1);
  const { cniVersion } = parseNetwork(text, 'ours', { supported });
  return JSON.stringify({ ...list.plugins[0], name: list.name, cniVersion });
}

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
      newest: '1.0.0',
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
    const conf = { socket: '/s', stateDir: '/a', runDir: '/b', timeBudgets, newest: '1.1.0' as const };
    expect(ownConfText({ ...conf, capabilities: ['a', 'b', 'a'] })).toBe(
      ownConfText({ ...conf, capabilities: ['b', 'a'] }),
    );
  });

  it('is never taken for the default network itself', () => {
    const text = confText('1.1.0');
    expect(() => chooseDefaultNetwork([{ name: ownConfName, text }])).toThrow(WeftError);
  });
});

describe('the plugin', () => {
  const files = wantedFiles(inputs, nothing);

  it.each([
    ['1.1.0', '1.1.0'],
    ['1.0.0', '1.0.0'],
  ] as const)(
    'reads what a runtime that knows CNI %s derives from ours, in version %s',
    (newest, cniVersion) => {
      expect(parseOwnConf(derived(files?.ownConf ?? '', newest))).toMatchObject({
        name: 'weft',
        cniVersion,
        type: 'weft',
        socket: '/s',
        stateDir: '/state',
        runDir: '/run',
        budgets: { ...timeBudgets, del: 7_000 },
      });
    },
  );

  it('reads our node.json', () => {
    expect(decodeNodeFile(files?.nodeFile ?? '')).toMatchObject({
      confDir: '/conf',
      defaultNetwork: { networkName: 'n' },
    });
  });
});

describe('the wanted files', () => {
  it('are none while no default network is known', () => {
    const missing = new WeftError('DefaultNetworkMissing', { cause: 'none' });
    expect(wantedFiles({ ...inputs, defaultNetwork: missing }, nothing)).toBeUndefined();
  });

  it("hold the default network's chain as it stands, numbers above 2^53 included", () => {
    const big = parseNetwork(
      '{"cniVersion":"1.0.0","name":"n","plugins":[{"type":"a","big":9007199254740993}]}',
      'x',
    );
    const files = wantedFiles({ ...inputs, defaultNetwork: big }, nothing);
    const node = JSON.parse(files?.nodeFile ?? '') as {
      defaultNetwork: { plugins: { config: string }[]; ifname: string };
    };
    expect(node).toMatchObject({ format: 1, weft: '1.2.3', cniPath: ['/bin'] });
    expect(node.defaultNetwork.ifname).toBe('');
    expect(node.defaultNetwork.plugins[0]?.config).toContain('9007199254740993');
  });
});

describe('STATUS', () => {
  /** Whether a runtime that reads the wanted file may ask it. */
  function offered(change: Partial<InstallInputs>, present: Present): boolean {
    return offersStatus(wantedFiles({ ...inputs, ...change }, present)?.ownConf ?? '');
  }

  it('is offered once weft was ready, and by the plugin of this agent', () => {
    expect(offered({ wasReady: true }, { ownConf: undefined, pluginIsCurrent: true })).toBe(true);
    expect(offered({ wasReady: true }, { ownConf: confText('1.0.0'), pluginIsCurrent: true })).toBe(true);
    expect(offered({ wasReady: true }, { ownConf: confText('1.0.0'), pluginIsCurrent: false })).toBe(false);
  });

  it('is not offered while it would fail, on a node that did well without', () => {
    expect(offered({ wasReady: false }, { ownConf: undefined, pluginIsCurrent: true })).toBe(false);
    expect(offered({ wasReady: false }, { ownConf: confText('1.0.0'), pluginIsCurrent: true })).toBe(false);
    expect(offered({ wasReady: false }, { ownConf: '{', pluginIsCurrent: true })).toBe(false);
  });

  it('stays offered after a boot, so that the runtime waits for weft', () => {
    expect(offered({ wasReady: false }, { ownConf: confText('1.1.0'), pluginIsCurrent: true })).toBe(true);
    const byHand = '{"cniVersion": "1.1.0", "name": "weft", "plugins": [{"type": "weft"}]}';
    expect(offered({ wasReady: false }, { ownConf: byHand, pluginIsCurrent: true })).toBe(true);
  });

  it('is taken back by --runtime-cni-version=1.0.0', () => {
    const change = { newestVersion: '1.0.0' } as const;
    expect(offered(change, { ownConf: confText('1.1.0'), pluginIsCurrent: true })).toBe(false);
  });
});
