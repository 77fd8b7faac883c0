import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodeNodeFile } from '../../../src/attachment/node-file.ts';
import type { Plan } from '../../../src/attachment/plan.ts';
import { AgentNode, nadJson, until } from './agent-node.ts';
import { RawAgentClient, requestFrame, wholeAdd } from './raw-client.ts';

let node: AgentNode;
beforeEach(() => {
  node = new AgentNode();
});
afterEach(() => node.remove());

function configure(spec: object): void {
  node.write('config.json', JSON.stringify({ apiVersion: 'weft.dev/v1alpha1', kind: 'WeftConfig', spec }));
}

const withConfig = (): readonly string[] => [`--config=${node.root}/config.json`];

const installing = (): readonly string[] => [...withConfig(), '--install'];

function first({ steps }: Plan): object | undefined {
  return steps[0];
}

async function refusal(): Promise<{ readonly msg: string; readonly code: number; readonly ms: number }> {
  const client = await RawAgentClient.open(node.socket);
  const start = performance.now();
  try {
    client.send(requestFrame({ annotations: {} }));
    return { ...(await client.refusal()), ms: performance.now() - start };
  } finally {
    client.close();
  }
}

describe('the default network', () => {
  const nad = { cniVersion: '1.0.0', name: 'pods', type: 'ptp', capabilities: { portMappings: true } };

  it('comes from the runtime\u2019s directory, from the network directory, from a path or from a NAD, as WeftConfig says at the moment', async () => {
    node.write('files/20-extra.conf', '{"cniVersion":"1.0.0","name":"extra","type":"macvlan"}');
    node.write('elsewhere.conflist', '{"cniVersion":"1.0.0","name":"away","plugins":[{"type":"ipvlan"}]}');
    node.write('networks/pods.json', nadJson('pods-conf', nad, 'kube-system'));
    configure({});
    await node.start(withConfig());
    const wanted: readonly (readonly [string | undefined, string, string])[] = [
      [undefined, 'cluster', 'bridge'],
      ['cluster', 'cluster', 'bridge'],
      ['extra', 'extra', 'macvlan'],
      [`${node.root}/elsewhere.conflist`, 'away', 'ipvlan'],
      ['kube-system/pods-conf', 'kube-system/pods-conf', 'ptp'],
    ];
    for (const [defaultNetwork, network, type] of wanted) {
      configure({ defaultNetwork });
      const plan = await wholeAdd(node.socket, { annotations: {} });
      expect(plan.steps).toHaveLength(1);
      expect(first(plan)).toMatchObject({ network, isDefault: true, ifname: 'eth0' });
      expect(first(plan)).toHaveProperty('plugins[0].type', type);
    }
  });

  it.each([
    ['nowhere', 'nowhere'],
    ['kube-system/nothing', 'no such NetworkAttachmentDefinition'],
    ['/nowhere/10-a.conflist', 'ENOENT'],
  ])('that is not there is missed by the name that WeftConfig has: %s', async (defaultNetwork, cause) => {
    configure({ defaultNetwork });
    await node.start(withConfig());
    const { code, msg } = await refusal();
    expect(code).toBe(11);
    expect(msg).toContain(defaultNetwork);
    expect(msg).toContain(cause);
  });

  it('is looked for, and our configuration written, in the directory that --cni-conf-dir names [NPWG-105]', async () => {
    mkdirSync(`${node.root}/other`);
    node.write('other/10-there.conflist', '{"cniVersion":"1.0.0","name":"there","plugins":[{"type":"ptp"}]}');
    const agent = await node.start(['--install', `--cni-conf-dir=${node.root}/other`]);
    await until(() => existsSync(`${node.root}/other/00-weft.conflist`) || undefined, agent.stderr);
    expect(readdirSync(`${node.root}/net.d`)).toEqual(['10-cluster.conflist']);
    expect(first(await wholeAdd(node.socket, { annotations: {} }))).toMatchObject({ network: 'there' });
  });

  it('from a NAD is in node.json with the text of the NAD, and follows it', async () => {
    node.write('networks/pods.json', nadJson('pods-conf', nad, 'kube-system'));
    configure({ defaultNetwork: 'kube-system/pods-conf', pluginDirs: ['/usr/libexec/cni'] });
    const agent = await node.start(installing());
    const nodeFile = (): ReturnType<typeof decodeNodeFile> => decodeNodeFile(node.read('state/node.json'));
    await until(() => existsSync(`${node.root}/net.d/00-weft.conflist`) || undefined, agent.stderr);
    expect(nodeFile()).toMatchObject({
      cniPath: [`${node.root}/bin`, '/usr/libexec/cni'],
      source: { namespace: 'kube-system', name: 'pods-conf', config: JSON.stringify(nad) },
      defaultNetwork: { network: 'kube-system/pods-conf', networkName: 'pods', plugins: [{ type: 'ptp' }] },
    });
    expect(nodeFile()).not.toHaveProperty('confDir');
    expect(JSON.parse(node.read('net.d/00-weft.conflist'))).toMatchObject({
      plugins: [{ capabilities: { portMappings: true }, pluginDirs: ['/usr/libexec/cni'] }],
    });
    node.write('networks/pods.json', nadJson('pods-conf', { ...nad, type: 'bridge' }, 'kube-system'));
    await wholeAdd(node.socket, { annotations: {} });
    await until(() => nodeFile().defaultNetwork.plugins[0]?.type === 'bridge' || undefined, 'the new NAD');
  });
});

describe('the readiness indicator file', () => {
  const file = (): string => `${node.root}/ready`;

  it('not there: no configuration of ours is written, and it is once the file is there [NPWG-103]', async () => {
    configure({ readinessIndicatorFile: file() });
    const agent = await node.start(installing());
    const conf = `${node.root}/net.d/00-weft.conflist`;
    await agent.logged(({ problem }) => String(problem).includes('is not written until'));
    expect(existsSync(conf)).toBe(false);
    expect(existsSync(`${node.root}/state/node.json`)).toBe(false);
    node.write('ready', '');
    await wholeAdd(node.socket, { annotations: {} });
    await until(() => existsSync(conf) || undefined, `${conf} in ${agent.stderr}`);
  });

  it('not there: ADD waits for it within bounds, then fails to be tried again', async () => {
    configure({ readinessIndicatorFile: file(), timeBudgets: { plan: 1000 } });
    await node.start(withConfig());
    const { code, msg, ms } = await refusal();
    expect(code).toBe(11);
    expect(msg).toContain(`readiness indicator file ${file()}`);
    expect(ms).toBeGreaterThan(350);
    expect(ms).toBeLessThan(1000);
  });

  it('that comes while an ADD waits lets it through', async () => {
    configure({ readinessIndicatorFile: file() });
    await node.start(withConfig());
    const client = await RawAgentClient.open(node.socket);
    client.send(requestFrame({ annotations: {} }));
    await new Promise((resolve) => setTimeout(resolve, 300));
    node.write('ready', '');
    expect(first(await client.plan())).toMatchObject({ network: 'cluster' });
    client.close();
  });

  it('that goes again stops ADDs, and what is installed stays', async () => {
    node.write('ready', '');
    configure({ readinessIndicatorFile: file(), timeBudgets: { plan: 1000 } });
    const agent = await node.start(installing());
    const conf = `${node.root}/net.d/00-weft.conflist`;
    await until(() => existsSync(conf) || undefined, `${conf} in ${agent.stderr}`);
    const before = node.read('net.d/00-weft.conflist');
    rmSync(file());
    expect((await refusal()).code).toBe(11);
    expect(node.read('net.d/00-weft.conflist')).toBe(before);
  });
});
