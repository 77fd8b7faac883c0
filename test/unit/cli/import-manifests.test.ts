import { describe, expect, it } from 'vitest';
import { becomes, importOf, noteOf, specOf } from './import-fixture.ts';

interface PodParts {
  readonly container: object;
  readonly volumes?: readonly object[];
  readonly others?: readonly object[];
}

/** A DaemonSet of Multus, and ConfigMaps with these texts by key, in a list. */
function manifests(
  { container, volumes = [], others = [] }: PodParts,
  configMaps: Readonly<Record<string, Readonly<Record<string, string>>>> = {},
): string {
  const template = {
    spec: { containers: [...others, { name: 'kube-multus', image: 'multus', ...container }], volumes },
  };
  const items = [
    { kind: 'DaemonSet', metadata: { name: 'kube-multus-ds', namespace: 'kube-system' }, spec: { template } },
    ...Object.entries(configMaps).map(([name, data]) => ({ kind: 'ConfigMap', metadata: { name }, data })),
  ];
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
}

const daemonVolume = { name: 'config', configMap: { name: 'multus-daemon-config' } };
const daemonMount = { name: 'config', mountPath: '/etc/cni/net.d/multus.d' };

describe('a DaemonSet of Multus', () => {
  it('is told by its image where it names no program', async () => {
    const thin = await importOf([manifests({ container: { args: ['--namespace-isolation'] } })]);
    expect(specOf(thin)).toEqual({ isolation: { enabled: true } });
    const thick = await importOf([
      manifests(
        { container: { volumeMounts: [daemonMount] }, volumes: [daemonVolume] },
        { 'multus-daemon-config': { 'daemon-config.json': '{"namespaceIsolation": true}' } },
      ),
    ]);
    expect(thick.rows.map(({ setting }) => setting.origin)).toEqual(['configmap multus-daemon-config']);
  });

  it('may have other containers before', async () => {
    const others = [{ name: 'sidecar', image: 'x', command: ['/sidecar', '--flag'] }];
    const result = await importOf([
      manifests({ others, container: { command: ['/thin_entrypoint', '--rename-conf-file'] } }),
    ]);
    expect(becomes(result)).toEqual({ '--rename-conf-file': 'by hand' });
  });

  it('may name another file for the daemon, and a single file as the mount', async () => {
    const mount = { name: 'config', mountPath: '/etc/multus.json', subPath: 'mine.json' };
    for (const args of [['--config=/etc/multus.json'], ['-config', '/etc/multus.json']]) {
      const result = await importOf([
        manifests(
          {
            container: { command: ['/multus-daemon'], args, volumeMounts: [mount] },
            volumes: [daemonVolume],
          },
          { 'multus-daemon-config': { 'mine.json': '{"systemNamespaces": ["infra"]}' } },
        ),
      ]);
      expect(specOf(result)).toEqual({ systemNamespaces: ['infra'] });
      expect(result.rows).toHaveLength(2);
    }
  });

  it('has a row for words that its program does not know', async () => {
    const thick = await importOf([
      manifests(
        {
          container: { command: ['/multus-daemon', '-v', '9'], volumeMounts: [daemonMount] },
          volumes: [daemonVolume],
        },
        { 'multus-daemon-config': { 'daemon-config.json': '{}' } },
      ),
    ]);
    expect(becomes(thick)).toEqual({ '-v': 'UNKNOWN', 9: 'UNKNOWN' });
    const thin = await importOf([
      manifests({ container: { command: ['thin_entrypoint'], args: ['--constructor', 'x'] } }),
    ]);
    expect(becomes(thin)).toEqual({ '--constructor': 'UNKNOWN', x: 'UNKNOWN' });
  });

  it('is read with the file that the daemon copies, which daemon-config.json is put over', async () => {
    const copied = '{"type": "multus-shim", "clusterNetwork": "/a/b.conf", "logLevel": "debug"}';
    const daemon = '{"multusConfigFile": "/tmp/conf/x.conf", "logLevel": "error"}';
    const result = await importOf([
      manifests(
        {
          container: {
            command: ['multus-daemon'],
            volumeMounts: [daemonMount, { name: 'own', mountPath: '/tmp/conf' }],
          },
          volumes: [
            daemonVolume,
            { name: 'own', configMap: { name: 'own', items: [{ key: 'k', path: 'x.conf' }] } },
          ],
        },
        { 'multus-daemon-config': { 'daemon-config.json': daemon }, own: { k: copied } },
      ),
    ]);
    expect(result.flags).toEqual(['--log-level=error']);
    expect(specOf(result)).toEqual({ defaultNetwork: '/a/b.conf' });
  });

  it('is refused as a whole where the file of the thin entrypoint is nowhere to be seen', async () => {
    const result = await importOf([
      manifests({ container: { command: ['thin_entrypoint'], args: ['--multus-conf-file=/tmp/x.conf'] } }),
    ]);
    expect(becomes(result)).toEqual({ '--multus-conf-file': 'NOT SUPPORTED' });
    expect(noteOf(result, '--multus-conf-file')).toContain('with -f');
  });

  it('may be given without its DaemonSet, as a ConfigMap', async () => {
    const data = { 'daemon-config.json': '{"multusNamespace": "nets"}' };
    const result = await importOf([JSON.stringify({ kind: 'ConfigMap', metadata: { name: 'c' }, data })]);
    expect(specOf(result)).toEqual({ defaultNetworkNamespace: 'nets' });
    expect(result.rows[0]?.setting.origin).toBe('configmap c, daemon-config.json');
  });

  it('must be the only one', async () => {
    const one = JSON.parse(manifests({ container: { command: ['thin_entrypoint'] } })) as { items: object[] };
    const two = JSON.stringify({ kind: 'List', items: [...one.items, ...one.items] });
    await expect(importOf([two])).rejects.toMatchObject({ reason: 'MultusConfigInvalid' });
  });
});
