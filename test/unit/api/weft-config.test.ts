import { describe, expect, it } from 'vitest';
import { networkReference } from '../../../src/api/network-reference.ts';
import { defaultWeftConfig, parseWeftConfig } from '../../../src/api/weft-config.ts';
import { expectThrown } from '../../harness/thrown.ts';

const head = { apiVersion: 'weft.dev/v1alpha1', kind: 'WeftConfig' };

describe('WeftConfig', () => {
  it('has the time budgets of DESIGN §3.1 and no isolation where nothing is said', () => {
    expect(defaultWeftConfig()).toEqual({
      defaultNetworks: [],
      defaultNetworkNamespace: 'kube-system',
      systemNamespaces: ['kube-system'],
      pluginDirs: [],
      isolation: { enabled: false, globalNamespaces: ['default'] },
      tenancy: {
        enabled: false,
        exemptNamespaces: ['kube-system'],
        pluginTypes: [],
        parentInterfaces: [],
        ipamDirectories: [],
      },
      agentAwayTaint: true,
      timeBudgets: {
        connect: 100,
        plan: 4800,
        lock: 20_000,
        delegate: 30_000,
        add: 60_000,
        del: 50_000,
        status: 1000,
        done: 1000,
      },
    });
  });

  it('gives each call defaults of its own', () => {
    const [first, second] = [defaultWeftConfig(), defaultWeftConfig()];
    expect(first).toEqual(second);
    expect(first.defaultNetworks).not.toBe(second.defaultNetworks);
    expect(first.timeBudgets).not.toBe(second.timeBudgets);
  });

  it('keeps what is said and fills in the rest', () => {
    const spec = {
      defaultNetwork: 'cbr0',
      defaultNetworks: ['kube-system/storage'],
      isolation: { enabled: true },
      timeBudgets: { done: 0 },
    };
    const config = parseWeftConfig({ ...head, metadata: { name: 'default', uid: 'x' }, spec });
    expect(config).toMatchObject({
      defaultNetwork: 'cbr0',
      defaultNetworks: ['kube-system/storage'],
      isolation: { enabled: true, globalNamespaces: ['default'] },
      timeBudgets: { done: 0, add: 60_000 },
    });
    expect(spec.isolation).toEqual({ enabled: true });
  });

  it.each([
    ['cbr0', { kind: 'named', name: 'cbr0' }],
    ['kube-system/calico', { kind: 'nad', namespace: 'kube-system', name: 'calico' }],
    ['/etc/cni/net.d/10-calico.conflist', { kind: 'file', path: '/etc/cni/net.d/10-calico.conflist' }],
  ])('takes the default network %s', (defaultNetwork, reference) => {
    const config = parseWeftConfig({ ...head, spec: { defaultNetwork } });
    expect(networkReference(config.defaultNetwork ?? '')).toEqual(reference);
  });

  it.each([
    [{ isolation: { enabeld: true } }, 'spec.isolation.enabeld is not a known key'],
    [{ 'weft.dev/x': 1 }, 'spec["weft.dev/x"] is not a known key'],
    [{ isolation: { enabled: 'yes' } }, 'spec.isolation.enabled must be a boolean, not "yes"'],
    [{ agentAwayTaint: 'false' }, 'spec.agentAwayTaint must be a boolean, not "false"'],
    [{ isolation: { globalNamespaces: ['Default'] } }, 'spec.isolation.globalNamespaces[0]'],
    [{ tenancy: { enabled: 'true' } }, 'spec.tenancy.enabled must be a boolean'],
    [{ tenancy: { pluginType: ['x'] } }, 'spec.tenancy.pluginType is not a known key'],
    [{ tenancy: { pluginTypes: ['../x'] } }, 'spec.tenancy.pluginTypes[0]'],
    [{ tenancy: { pluginTypes: ['*'] } }, 'spec.tenancy.pluginTypes[0]'],
    [{ tenancy: { parentInterfaces: ['eth1 eth2'] } }, 'spec.tenancy.parentInterfaces[0]'],
    [{ tenancy: { ipamDirectories: ['/'] } }, 'spec.tenancy.ipamDirectories[0]'],
    [{ tenancy: { ipamDirectories: ['var/lib'] } }, 'spec.tenancy.ipamDirectories[0]'],
    [{ tenancy: { ipamDirectories: ['/srv/../etc'] } }, 'spec.tenancy.ipamDirectories[0]'],
    [{ tenancy: { ipamDirectories: ['/srv/'] } }, 'spec.tenancy.ipamDirectories[0]'],
    [{ timeBudgets: { add: '60s' } }, 'spec.timeBudgets.add must be an integer, not "60s"'],
    [{ timeBudgets: { add: 1.5 } }, 'spec.timeBudgets.add'],
    [{ timeBudgets: { del: 60_000 } }, 'spec.timeBudgets.del must be <= 58000, not 60000'],
    [{ timeBudgets: { connect: 0 } }, 'spec.timeBudgets.connect must be >= 1'],
    [{ defaultNetworks: ['a/b/c'] }, 'spec.defaultNetworks[0]'],
    [{ defaultNetworks: ['/etc/cni/net.d/10-a.conf'] }, 'spec.defaultNetworks[0]'],
    [{ defaultNetwork: '' }, 'spec.defaultNetwork'],
    [{ defaultNetwork: '/etc/cni/net.d' }, 'spec.defaultNetwork'],
    [{ defaultNetwork: 'kube-system/' }, 'spec.defaultNetwork'],
    [{ defaultNetworkNamespace: 'Kube' }, 'spec.defaultNetworkNamespace'],
    [{ systemNamespaces: 'kube-system' }, 'spec.systemNamespaces must be an array'],
    [{ readinessIndicatorFile: 'run/ready' }, 'spec.readinessIndicatorFile'],
    [{ pluginDirs: ['/a:/b'] }, 'spec.pluginDirs[0]'],
    [{ defaultNetworks: new Array(32).fill('a/b') }, 'spec.defaultNetworks must have at most 31'],
    [null, 'spec must be an object, not null'],
  ])('refuses %j and names the field', (spec, text) => {
    expectThrown(() => parseWeftConfig({ ...head, spec }), { reason: 'InvalidFlag', code: 7, names: [text] });
  });

  it.each([
    [null, 'the document must be an object, not null'],
    [{ kind: 'WeftConfig' }, 'apiVersion is missing'],
    [{ ...head, apiVersion: 'weft.dev/v1' }, 'apiVersion must be "weft.dev/v1alpha1", not "weft.dev/v1"'],
    [{ ...head, sepc: {} }, 'sepc is not a known key'],
  ])('refuses the document %j', (document, text) => {
    expectThrown(() => parseWeftConfig(document), { reason: 'InvalidFlag', code: 7, names: [text] });
  });

  it('stays under 300 characters whatever the keys are', () => {
    const document = { ...head, spec: { ['k'.repeat(5000)]: 1 } };
    expectThrown(() => parseWeftConfig(document), { reason: 'InvalidFlag', code: 7, names: ['spec.kkk'] });
  });
});
