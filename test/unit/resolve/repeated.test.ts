import { describe, expect, it } from 'vitest';
import type { ConfFile } from '../../../src/netconf/conf-file.ts';
import { resolve } from '../../../src/resolve/resolve.ts';
import type { Snapshot } from '../../../src/resolve/snapshot.ts';
import { snapshotOf } from './snapshots.ts';

/** What is kept between requests hangs on the networks' objects; these are the ways in which it could leak. */
describe('the same networks for one request after the other', () => {
  const first = snapshotOf({
    networks: 'ns1/a',
    nads: { 'ns1/a': { type: 'portmap', capabilities: { portMappings: true } } },
  });
  const asking = (networks: Snapshot['annotations'][string]): Snapshot => ({
    ...first,
    annotations: { 'k8s.v1.cni.cncf.io/networks': networks },
  });
  const configs = (snapshot: Snapshot): readonly string[] =>
    resolve(snapshot).steps.flatMap((step) =>
      step.kind === 'delegate' && !step.isDefault ? step.plugins.map(({ config }) => config) : [],
    );

  it('give each pod its own requests and nobody the requests of another', () => {
    const plain = configs(first);
    const port = (hostPort: number): string =>
      JSON.stringify([{ name: 'a', portMappings: [{ hostPort, containerPort: 80 }] }]);
    expect(configs(asking(port(8001)))[0]).toContain('"hostPort":8001');
    expect(configs(asking(port(8002)))[0]).toContain('"hostPort":8002');
    expect(configs(asking(JSON.stringify([{ name: 'a', 'cni-args': { x: 7 } }])))[0]).toContain('"x":7');
    expect(configs(first)).toEqual(plain);
    expect(plain[0]).not.toContain('runtimeConfig');
    expect(plain[0]).not.toContain('"args"');
  });

  it('give the runtime’s values of this request to the default network', () => {
    const withPorts = (port: number): Snapshot => ({
      ...first,
      request: { ...first.request, runtimeConfig: new Map([['portMappings', `[{"hostPort":${port}}]`]]) },
    });
    const defaults = (snapshot: Snapshot): string => JSON.stringify(resolve(snapshot).steps[0]);
    expect(defaults(withPorts(1))).toContain('\\"hostPort\\":1}');
    expect(defaults(withPorts(2))).toContain('\\"hostPort\\":2}');
    expect(defaults(first)).not.toContain('hostPort');
  });

  it('inherit the version of each request', () => {
    const at = (cniVersion: string): Snapshot => ({ ...first, request: { ...first.request, cniVersion } });
    for (const version of ['0.4.0', '1.0.0', '0.4.0']) {
      expect(configs(at(version))[0]).toContain(`"cniVersion":"${version}"`);
    }
  });

  it('are looked up in the files of each request where the network has no configuration', () => {
    const named = snapshotOf({ networks: 'ns1/b', nads: { 'ns1/b': undefined } });
    const files = (type: string): readonly ConfFile[] => [
      { name: 'b.conf', text: JSON.stringify({ name: 'b', type }) },
    ];
    const [one, two] = [files('one'), files('two')];
    for (const [present, type] of [
      [one, 'one'],
      [two, 'two'],
      [one, 'one'],
    ] as const) {
      expect(configs({ ...named, files: present })[0]).toContain(`"type":"${type}"`);
    }
    expect(() => configs({ ...named, files: [] })).toThrow('b');
  });

  it('have the hash of what they are', () => {
    const hash = (snapshot: Snapshot): string | undefined =>
      resolve(snapshot).steps.map((step) => (step.kind === 'delegate' ? step.nad?.hash : undefined))[1];
    const other = snapshotOf({ networks: 'ns1/a', nads: { 'ns1/a': { type: 'other' } } });
    expect(hash(first)).toBe(hash(first));
    expect(hash(other)).not.toBe(hash(first));
    expect(hash(first)).toBe(first.sha256(first.networks('ns1', 'a')?.spec?.config ?? ''));
  });
});
