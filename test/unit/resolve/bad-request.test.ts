import { describe, expect, it } from 'vitest';
import { parseNetwork } from '../../../src/cni/network-list.ts';
import { WeftError } from '../../../src/errors/weft-error.ts';
import { resolve } from '../../../src/resolve/resolve.ts';
import { expectThrown } from '../../harness/thrown.ts';
import { type SnapshotParts, snapshotOf } from './snapshots.ts';

const nads = { 'ns1/a': { type: 'x' }, 'ns1/b': { type: 'x' } };

function attempt(parts: SnapshotParts): () => unknown {
  return () => resolve(snapshotOf({ nads, ...parts }));
}

describe('a request that cannot be met', () => {
  it('fails on a broken annotation, as a whole [NPWG-128] [NPWG-310] [NPWG-312]', () => {
    const networks = [{ name: 'a' }, { name: 'b', mac: 'x' }];
    expectThrown(attempt({ networks }), {
      reason: 'InvalidAnnotation',
      code: 7,
      names: ['annotation k8s.v1.cni.cncf.io/networks', '[1].mac is "x"', "correct the pod's annotation"],
    });
  });

  it('fails on an unknown network and may be tried again [NPWG-122]', () => {
    const error = expectThrown(attempt({ networks: 'a,ns2/nope' }), {
      reason: 'NetworkNotFound',
      code: 7,
      names: ['network ns2/nope', 'look up the network', 'item 2', 'create the NetworkAttachmentDefinition'],
    });
    expect(error.retry).toBe('later');
  });

  it('says so where WeftConfig names the unknown network', () => {
    expectThrown(attempt({ config: { defaultNetworks: ['ns1/a', 'sys/gone'] } }), {
      reason: 'NetworkNotFound',
      code: 7,
      names: ['network sys/gone', 'WeftConfig spec.defaultNetworks[1]'],
    });
  });

  it.each([
    [{ name: 'x' }, 'NetworkInvalid', 7, 'it has no plugins'],
    [{ plugins: [{ name: 'x' }] }, 'NetworkInvalid', 7, 'plugins[0].type is missing'],
    [{ type: '' }, 'NetworkInvalid', 7, 'type is missing'],
    [{ type: 'weft' }, 'NetworkInvalid', 7, '"weft"'],
    [{ plugins: [{ type: 'x' }, { type: 'multus' }] }, 'NetworkInvalid', 7, '"multus"'],
    ['{"type":', 'InvalidJson', 6, 'spec.config is not JSON'],
    [{ type: 'x', args: 'y' }, 'NetworkInvalid', 7, 'args'],
    [undefined, 'NetworkNotFound', 7, 'spec.config is empty'],
  ] as const)('fails on the NAD %j and names it', (config, reason, code, text) => {
    const parts = { networks: [{ name: 'bad', 'cni-args': { a: 1 } }], nads: { 'ns1/bad': config } };
    expectThrown(attempt(parts), { reason, code, names: ['network ns1/bad', text] });
  });

  it('fails on two attachments for one interface name [NPWG-079] [NPWG-129]', () => {
    expectThrown(attempt({ networks: 'a@x0,b@x0' }), {
      reason: 'DuplicateInterface',
      code: 7,
      names: ['network ns1/b', 'name the interfaces', '"x0"', 'item 2', 'item 1'],
    });
    expectThrown(attempt({ networks: 'a@eth0' }), {
      reason: 'DuplicateInterface',
      code: 7,
      names: ['network ns1/a', '"eth0"', 'the default network'],
    });
  });

  it('fails on an interface name of 16 bytes [NPWG-078]', () => {
    expectThrown(attempt({ networks: [{ name: 'a', interface: 'sixteen-bytes-ab' }] }), {
      reason: 'InvalidAnnotation',
      code: 7,
      names: ['[0].interface', '"sixteen-bytes-ab"', '15 bytes'],
    });
  });

  it.each([
    [{ ips: ['10.0.0.1'] }, 'ips'],
    [{ mac: '02:00:00:00:00:01' }, 'mac'],
    [{ portMappings: [{ hostPort: 1, containerPort: 1 }] }, 'portMappings'],
    [{ bandwidth: { ingressRate: 1 } }, 'bandwidth'],
    [{ 'infiniband-guid': '02:00:00:00:00:01:02:03' }, 'infinibandGUID'],
  ])('fails where no plugin can do %j [NPWG-074] [NPWG-129] [NPWG-317] [NPWG-336]', (keys, capability) => {
    const config = { type: 'x', capabilities: { [capability]: false } };
    expectThrown(attempt({ networks: [{ name: 'a', ...keys }], nads: { 'ns1/a': config } }), {
      reason: 'CapabilityMissing',
      code: 7,
      names: ['network ns1/a', 'check the capabilities', `capability "${capability}"`, '[0]'],
    });
  });

  it("fails on another namespace's network under isolation, whether it exists or not, webhook or none [NPWG-129] [NPWG-137] [NPWG-231] [NPWG-232]", () => {
    const config = { isolation: { enabled: true, globalNamespaces: [] } };
    expectThrown(attempt({ networks: 'a,ns2/secret', config }), {
      reason: 'NetworkForbidden',
      code: 7,
      names: ['network ns2/secret', 'ns1', 'namespace isolation'],
    });
  });

  it('fails on more than 32 attachments, the default network counted', () => {
    const many = (count: number): string => new Array(count).fill('a').join(',');
    expect(resolve(snapshotOf({ networks: many(31), nads })).steps).toHaveLength(32);
    expectThrown(attempt({ networks: many(32) }), {
      reason: 'TooManyAttachments',
      code: 7,
      names: ['count the attachments', '33', '32'],
    });
    const config = { defaultNetworks: ['ns1/a'] };
    expectThrown(attempt({ networks: many(31), config }), { reason: 'TooManyAttachments', code: 7 });
  });

  it('fails without a default network, with the reason why there is none', () => {
    const missing = new WeftError('DefaultNetworkMissing', {
      cause: 'no file',
      step: 'choose the default network',
    });
    expectThrown(() => resolve(snapshotOf({}, { defaultNetwork: missing })), {
      reason: 'DefaultNetworkMissing',
      code: 11,
      names: ['no file'],
    });
  });

  it('fails where the default network would call weft again [CNI-453]', () => {
    const defaultNetwork = parseNetwork('{"name":"d","type":"weft"}', 'd');
    expectThrown(() => resolve(snapshotOf({}, { defaultNetwork })), {
      reason: 'NetworkInvalid',
      code: 7,
      names: ['network d', '"weft"'],
    });
  });
});
