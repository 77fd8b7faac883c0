import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Isolation, Tenancy } from '../../../src/api/weft-config.ts';
import { expectRefusal, expectSuccess } from '../../harness/refusal.ts';
import type { TestNode } from '../../harness/sandbox.ts';
import { DelegateBench } from '../runtime/delegate-bench.ts';

const tenancy: Tenancy = {
  enabled: true,
  exemptNamespaces: ['infra'],
  pluginTypes: ['beta', 'gamma'],
  parentInterfaces: ['eth1'],
  ipamDirectories: ['/srv/tenants'],
};

interface Rules {
  readonly tenancy?: Partial<Tenancy>;
  readonly isolation?: Partial<Isolation>;
}

function configPath(node: TestNode): string {
  return join(node.dirs.networks, '..', 'weft-config.json');
}

/** Puts a configuration in force; the agent looks at the file with each request. */
function configure(node: TestNode, rules: Rules): void {
  const head = { apiVersion: 'weft.dev/v1alpha1', kind: 'WeftConfig' };
  const spec = { ...rules, tenancy: { ...tenancy, ...rules.tenancy } };
  writeFileSync(configPath(node), JSON.stringify({ ...head, spec }));
}

let bench: DelegateBench;
beforeAll(async () => {
  const cluster = { cniVersion: '1.0.0', name: 'cluster', plugins: [{ type: 'alpha' }] };
  bench = await DelegateBench.start(JSON.stringify(cluster), (node) => {
    configure(node, {});
    return ['--config', configPath(node)];
  });
});
afterAll(() => bench?.dispose());

/** Expects that a pod of the namespace `test` does not get these networks, that nothing ran, and that DEL is content. */
async function refused(
  networks: string | readonly object[],
  reason: 'NetworkRestricted' | 'NetworkForbidden',
  names: readonly string[],
): Promise<void> {
  const pod = bench.freshPod();
  expectRefusal(await bench.add(pod, networks), { reason, code: 7, names });
  expectSuccess(await bench.runtime.del(pod));
  expect(bench.bin.trace()).toEqual([]);
}

describe("a namespace's own network", () => {
  it.each([
    ['chain', { plugins: [{ type: 'beta' }, { type: 'delta' }] }, 'spec.config.plugins[1].type'],
    ['ipam', { type: 'beta', ipam: { type: 'delta' } }, 'spec.config.ipam.type'],
    ['parent', { type: 'beta', master: 'eth0' }, 'spec.config.master'],
    ['directory', { type: 'beta', ipam: { type: 'gamma', dataDir: '/etc' } }, 'spec.config.ipam.dataDir'],
    ['case', '{"type":"beta","ipam":{"DATADIR":"/etc"}}', 'must be spelled "dataDir"'],
    ['twice', '{"type":"beta","master":"eth1","MASTER":"eth0"}', 'is there twice'],
  ])('that names by its %s what it may not name reaches no plugin', async (name, config, text) => {
    bench.writeNetwork(name, config);
    await refused(name, 'NetworkRestricted', [`network test/${name}`, text]);
  });

  it('that is attached is torn down also when the rules have changed, and is not attached again', async () => {
    bench.writeNetwork('good', {
      type: 'beta',
      master: 'eth1',
      ipam: { type: 'gamma', dataDir: '/srv/tenants/a' },
    });
    const pod = bench.freshPod();
    expectSuccess(await bench.add(pod, 'good'));
    configure(bench.node, { tenancy: { pluginTypes: [] } });
    expectSuccess(await bench.runtime.del(pod));
    expect(bench.bin.trace()).toEqual(['ADD alpha eth0', 'ADD beta net1', 'DEL beta net1', 'DEL alpha eth0']);
    await refused('good', 'NetworkRestricted', ['network test/good', '"beta"']);
    configure(bench.node, {});
  });

  it('is not widened by what a pod adds', async () => {
    const add = (cniArgs: object): readonly object[] => [{ name: 'good', 'cni-args': cniArgs }];
    await refused(add({ deviceID: '0000:00:1f.6' }), 'NetworkRestricted', ['[0].cni-args.deviceID']);
    const pod = bench.freshPod();
    expectSuccess(await bench.add(pod, add({ mac: '02:00:00:00:00:01' })));
    expectSuccess(await bench.runtime.del(pod));
  });
});

describe("another namespace's network under isolation", () => {
  function writeForeign(selector: string | undefined): void {
    const annotations = selector === undefined ? {} : { 'weft.dev/allowed-namespaces': selector };
    const document = {
      apiVersion: 'k8s.cni.cncf.io/v1',
      kind: 'NetworkAttachmentDefinition',
      metadata: { namespace: 'infra', name: 'lan', annotations },
      spec: { config: '{"type":"delta","master":"eth0"}' },
    };
    writeFileSync(join(bench.node.dirs.networks, 'foreign.json'), JSON.stringify(document));
  }

  it('is attached where it opens itself to the namespace, with whatever its own namespace may name', async () => {
    configure(bench.node, { isolation: { enabled: true } });
    writeForeign(undefined);
    await refused('infra/lan', 'NetworkForbidden', ['network infra/lan', 'namespace test']);
    writeForeign('kubernetes.io/metadata.name in (other)');
    await refused('infra/lan', 'NetworkForbidden', ['network infra/lan']);
    writeForeign('kubernetes.io/metadata.name = (test)');
    await refused('infra/lan', 'NetworkForbidden', ['weft.dev/allowed-namespaces', 'open to nobody']);
    writeForeign('kubernetes.io/metadata.name in (test, other)');
    const pod = bench.freshPod();
    expectSuccess(await bench.add(pod, 'infra/lan'));
    writeForeign(undefined);
    expectSuccess(await bench.runtime.del(pod));
    expect(bench.bin.trace()).toEqual([
      'ADD alpha eth0',
      'ADD delta net1',
      'DEL delta net1',
      'DEL alpha eth0',
    ]);
  });
});
