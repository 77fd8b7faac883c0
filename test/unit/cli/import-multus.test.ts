import { describe, expect, it } from 'vitest';
import { parseWeftConfig } from '../../../src/api/weft-config.ts';
import { isUnsupported } from '../../../src/cli/import-multus/import-multus.ts';
import { becomes, importOf, multusConf, noteOf, specOf } from './import-fixture.ts';

describe('importing Multus, thin, whose entrypoint makes the configuration', () => {
  it('turns the arguments of its container into a WeftConfig and flags', async () => {
    const result = await importOf(['thin-auto.yaml']);
    expect(specOf(result)).toEqual({
      isolation: { enabled: true, globalNamespaces: ['default', 'shared-nets'] },
      readinessIndicatorFile: '/run/flannel/subnet.env',
      pluginDirs: ['/usr/libexec/cni'],
    });
    expect(result.flags).toEqual(['--log-level=debug']);
    expect(result.rows.filter(isUnsupported)).toEqual([]);
  });

  it('does not read the ConfigMap that the entrypoint does not read', async () => {
    const result = await importOf(['thin-auto.yaml']);
    expect(result.rows.map(({ setting }) => setting.origin)).not.toContain('configmap multus-cni-config');
    expect(result.documents).toHaveLength(1);
  });
});

describe('importing Multus, thin, with a configuration written by hand', () => {
  it('makes the delegates networks, their texts byte by byte', async () => {
    const { documents } = await importOf(['thin-file.yaml']);
    expect(documents.map(({ kind, metadata }) => [kind, metadata.namespace, metadata.name])).toEqual([
      ['NetworkAttachmentDefinition', 'kube-system', 'pod-net'],
      ['NetworkAttachmentDefinition', 'kube-system', 'storage'],
      ['WeftConfig', undefined, 'default'],
    ]);
    const { config } = (documents[0]?.spec ?? { config: '' }) as { config: string };
    expect(config).toContain('"uid": 9007199254740993');
    expect(JSON.parse(config)).toMatchObject({ name: 'pod_net', cniVersion: '0.3.1' });
  });

  it('gives the further delegates to pods of all namespaces, as Multus does', async () => {
    expect(specOf(await importOf(['thin-file.yaml']))).toEqual({
      defaultNetwork: 'kube-system/pod-net',
      defaultNetworks: ['kube-system/storage'],
      systemNamespaces: [],
    });
  });

  it('says which arguments and keys Multus does not heed then', async () => {
    const result = await importOf(['thin-file.yaml']);
    expect(noteOf(result, '--namespace-isolation')).toContain('--multus-conf-file=auto only');
    expect(noteOf(result, 'defaultNetworks[0]')).toContain('where delegates are written out');
  });

  it('knows the directories of the node by the mounts', async () => {
    expect((await importOf(['thin-file.yaml'])).flags).toEqual(['--cni-conf-dir=/etc/kubernetes/cni/net.d']);
  });
});

describe('importing Multus, thick', () => {
  it('turns daemon-config.json into a WeftConfig and flags', async () => {
    const result = await importOf(['thick.yaml']);
    expect(specOf(result)).toEqual({
      defaultNetwork: '/etc/cni/net.d/10-main.conflist',
      defaultNetworks: ['networks/storage'],
      defaultNetworkNamespace: 'networks',
      systemNamespaces: ['kube-system', 'infra'],
      readinessIndicatorFile: '/run/main/ready',
      isolation: { enabled: true },
    });
    expect(result.flags).toEqual(['--metrics-address=:9091', '--max-plans=40']);
    expect(result.rows.filter(isUnsupported)).toEqual([]);
  });

  it('lets daemon-config.json win over the configuration of the shim, whichever is named first', async () => {
    const daemon = '{"namespaceIsolation": true, "logLevel": "debug"}';
    for (const texts of [
      ['shim.conf', daemon],
      [daemon, 'shim.conf'],
    ]) {
      const result = await importOf(texts);
      expect(specOf(result)).toMatchObject({ isolation: { enabled: true } });
      expect(
        result.rows.find((row) => row.setting.origin === 'shim.conf' && row.setting.key === 'logLevel')?.note,
      ).toMatch(/^text \d says it, and that counts$/);
    }
  });

  it('wants the file that is copied, unless it is there', async () => {
    const daemon = '{"multusConfigFile": "/tmp/x.conf", "multusMasterCNI": "10-a.conf"}';
    expect(becomes(await importOf([daemon]))['multusConfigFile']).toBe('NOT SUPPORTED');
    const both = await importOf([daemon, 'shim.conf']);
    expect(becomes(both)['multusConfigFile']).toBe('nothing');
    expect(noteOf(both, 'multusMasterCNI')).toContain('multusConfigFile auto only');
  });
});

describe('importing files of a node', () => {
  it('makes a network of the configuration inside of 00-multus.conf', async () => {
    const result = await importOf(['00-multus.conf']);
    expect(specOf(result)).toEqual({ defaultNetwork: 'kube-system/k8s-pod-network' });
    expect(noteOf(result, 'delegates[0]')).toContain('--first-delegate=file');
    expect(noteOf(result, 'cniConf')).toContain('does not read it');
  });

  it('names the file instead where one of that name lies beside, or where the user says so', async () => {
    const neighbours = new Set(['k8s-pod-network']);
    for (const facts of [{ neighbours }, { firstDelegate: 'file' as const }]) {
      const result = await importOf(['00-multus.conf'], facts);
      expect(specOf(result)).toEqual({ defaultNetwork: 'k8s-pod-network' });
      expect(result.documents).toHaveLength(1);
    }
    const forced = await importOf(['00-multus.conf'], { neighbours, firstDelegate: 'network' });
    expect(forced.documents).toHaveLength(2);
  });

  it('reads a list with Multus in it, and refuses the other plugins of it', async () => {
    const result = await importOf(['00-multus.conflist']);
    expect(specOf(result)).toEqual({
      defaultNetwork: '/etc/cni/net.d/10-flat.conflist',
      defaultNetworks: ['kube-system/storage', 'kube-system/backup'],
    });
    expect(result.rows.filter(isUnsupported).map(({ setting }) => setting.key)).toEqual(['plugins[1]']);
  });

  it('ignores delegates beside clusterNetwork, as Multus does', async () => {
    const result = await importOf([multusConf({ clusterNetwork: 'main', delegates: [{ type: 'bridge' }] })]);
    expect(result.documents).toHaveLength(1);
    expect(noteOf(result, 'delegates[0]')).toContain('clusterNetwork is set');
  });
});

describe('a network that is named without a path', () => {
  const conf = multusConf({ clusterNetwork: 'main', defaultNetworks: ['a', 'b'], multusNamespace: 'nets' });

  it('is an object in the namespace of Multus where nothing else is known, and the note says what else it may be', async () => {
    const result = await importOf([conf]);
    expect(specOf(result)).toMatchObject({
      defaultNetwork: 'nets/main',
      defaultNetworks: ['nets/a', 'nets/b'],
    });
    expect(noteOf(result, 'clusterNetwork')).toContain('--default-network=main');
    expect(noteOf(result, 'defaultNetworks[0]')).toContain('write a');
  });

  it('is an object or a file as the cluster says', async () => {
    const networks = new Set(['nets/a']);
    expect(specOf(await importOf([conf], { networks }))).toMatchObject({
      defaultNetwork: 'main',
      defaultNetworks: ['nets/a', 'b'],
    });
  });
});

describe('the default network that the user names', () => {
  it('wins over everything that would have chosen one', async () => {
    for (const keys of [
      { clusterNetwork: 'main' },
      { delegates: [{ type: 'bridge', name: 'x' }] },
      { multusMasterCNI: '10-a.conf' },
      {},
    ]) {
      const result = await importOf([multusConf(keys)], { defaultNetwork: 'mine' });
      expect(specOf(result)).toEqual({ defaultNetwork: 'mine' });
      expect(result.documents).toHaveLength(1);
    }
  });
});

describe('keys that weft cannot do', () => {
  it.each([
    ['auxiliaryCNIChainName', { auxiliaryCNIChainName: 'extra' }],
    ['clusterNetwork', { clusterNetwork: '/run/other/net.d/' }],
    ['clusterNetwork', { clusterNetwork: 'relative/path.conf' }],
    ['defaultNetworks[0]', { defaultNetworks: ['/etc/cni/multus/net.d/a.conf'] }],
    ['cniDir', { cniDir: '/var/lib/elsewhere' }],
    ['multusAutoconfigDir', { multusAutoconfigDir: '/run/multus/net.d' }],
  ])('%s is refused, with a note that says what to do', async (key, keys) => {
    const result = await importOf([multusConf(keys)]);
    expect(becomes(result)[key]).toBe('NOT SUPPORTED');
    expect(noteOf(result, key)?.length).toBeGreaterThan(10);
    expect(JSON.stringify(specOf(result))).toBe('{}');
  });

  it('takes another directory for the default network where that is named', async () => {
    const result = await importOf([
      multusConf({ multusAutoconfigDir: '/run/multus/net.d', multusMasterCNI: '10-a.conf' }),
    ]);
    expect(specOf(result)).toEqual({ defaultNetwork: '/run/multus/net.d/10-a.conf' });
    expect(noteOf(result, 'multusMasterCNI')).toContain('mount its directory');
  });

  it('names keys that Multus does not have, and takes those that differ in case only for its own, as Go does', async () => {
    const result = await importOf([multusConf({ NamespaceISOLATION: true, namespaceIsolatoin: true })]);
    expect(becomes(result)).toMatchObject({
      NamespaceISOLATION: 'spec.isolation.enabled: true',
      namespaceIsolatoin: 'UNKNOWN',
    });
  });
});

describe('values', () => {
  it.each([
    ['globalNamespaces', 'a, b ,a,', { isolation: { globalNamespaces: ['a', 'b'] } }],
    ['globalNamespaces', '', {}],
    ['globalNamespaces', 'Up, ok', { isolation: { globalNamespaces: ['ok'] } }],
    ['systemNamespaces', [], { systemNamespaces: [] }],
    ['binDir', '/opt/other/bin/', { pluginDirs: ['/opt/other/bin'] }],
    ['binDir', '/opt/cni/bin/', {}],
    ['readinessindicatorfile', '/run/a', { readinessIndicatorFile: '/run/a' }],
    ['clusterNetwork', '/etc/cni/net.d', {}],
    ['namespaceIsolation', null, {}],
  ])('%s %j becomes %j', async (key, value, spec) => {
    expect(specOf(await importOf([multusConf({ [key]: value })]))).toEqual(spec);
  });

  it.each([
    ['logLevel', 'verbose', []],
    ['logLevel', 'PANIC', ['--log-level=error']],
    ['logLevel', 'chatty', []],
    ['confDir', '/etc/cni/multus/net.d', []],
    ['confDir', '/etc/nets', ['--network-conf-dir=/etc/nets']],
    ['connectionLimit', 5000, ['--max-plans=1000']],
    ['metricsPort', 0, []],
  ])('%s %j makes the flags %j', async (key, value, flags) => {
    expect((await importOf([multusConf({ [key]: value })])).flags).toEqual(flags);
  });

  it.each([
    ['namespaceIsolation must be true or false, not "true"', { namespaceIsolation: 'true' }],
    ['clusterNetwork must be a text, not 3', { clusterNetwork: 3 }],
    ['systemNamespaces must be a list of texts', { systemNamespaces: ['a', 1] }],
    ['delegates[0].type must be the name of a plugin, not nothing', { delegates: [{ name: 'a' }] }],
    ['delegates[1].plugins[0].type must be', { delegates: [{ type: 'a' }, { plugins: [null] }] }],
    ['delegates[0] must be a CNI configuration, not "x"', { delegates: ['x'] }],
    ['metricsPort must be a whole number', { metricsPort: '9091' }],
  ])('with which Multus could not have started are refused: %s', async (words, keys) => {
    await expect(importOf([multusConf(keys)])).rejects.toMatchObject({
      reason: 'MultusConfigInvalid',
      message: expect.stringContaining(words),
    });
  });

  it('refuses what no WeftConfig can say', async () => {
    const defaultNetworks = Array.from({ length: 32 }, (_, index) => `n${index}`);
    await expect(importOf([multusConf({ clusterNetwork: 'a', defaultNetworks })])).rejects.toMatchObject({
      reason: 'MultusConfigInvalid',
      message: expect.stringContaining('spec.defaultNetworks must have at most 31 elements'),
    });
  });

  it('gives the network of a delegate a name that Kubernetes takes', async () => {
    const names = async (name: string | undefined): Promise<string | undefined> =>
      (await importOf([multusConf({ delegates: [{ type: 'bridge', name }] })])).documents[0]?.metadata.name;
    expect(await names('My_Net.1')).toBe('my-net.1');
    expect(await names('...')).toBe('multus-delegate-0');
    expect(await names(undefined)).toBe('multus-delegate-0');
  });
});

it('makes nothing that weft would refuse', async () => {
  for (const name of [
    'thin-auto.yaml',
    'thin-file.yaml',
    'thick.yaml',
    '00-multus.conf',
    '00-multus.conflist',
    'shim.conf',
  ]) {
    const { documents } = await importOf([name]);
    expect(() => parseWeftConfig(documents.at(-1))).not.toThrow();
  }
});
