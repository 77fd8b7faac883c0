import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CniVersion, cniVersions, resultFamily, runtimeVersions } from '../../../src/cni/version.ts';
import { expectRefusal, expectSuccess } from '../../harness/refusal.ts';
import type { CniCall } from '../../harness/runtime.ts';
import type { Pod } from '../../harness/sandbox.ts';
import { PluginBench, three } from './fixture.ts';

type Document = Readonly<Record<string, unknown>>;

interface Golden {
  /** What a plugin prints, by the shape or version that it speaks. */
  readonly printed: Readonly<Record<string, Document>>;
  /** What weft answers then, by that and by the shape of its own configuration's version. */
  readonly answered: Readonly<Record<string, Readonly<Record<string, Document>>>>;
}

/** One attachment of two families with two interfaces on the host, written by hand from the specifications' texts. */
const golden = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../fixtures/results/golden.json'), 'utf8'),
) as Golden;

let bench: PluginBench;
beforeAll(() => {
  bench = new PluginBench();
});
afterAll(() => bench.dispose());

/** The golden entry that stands for a version: only 1.0.0 and 1.1.0 share a shape and differ. */
function sourceOf(version: CniVersion): string {
  return resultFamily(version) === 'ips' ? version : resultFamily(version);
}

/** The golden document with the sandbox's own path in it. */
function withNetns(document: Document | undefined, netns: string): Document {
  return JSON.parse(JSON.stringify(document).replaceAll('NETNS', netns)) as Document;
}

function stdinOf(cniVersion: string, more: Document = {}): string {
  return JSON.stringify({ ...bench.runtime.conflist.plugins[0], name: 'weft', cniVersion, ...more });
}

/** ADD in version `own` with a default network in `version` whose plugin prints this. */
async function addPrinting(
  pod: Pod,
  printed: Document | string,
  version: string,
  own: string,
  more: Document = {},
): Promise<CniCall> {
  const text = typeof printed === 'string' ? printed : JSON.stringify(printed);
  const plugins = [{ type: 'alpha', script: `ADD: print ${text}` }];
  await bench.serve([{ ifname: 'eth0', cniVersion: version, plugins }]);
  return bench.runtime.add(pod, { stdin: stdinOf(own, more) });
}

/** What it answered; the sandbox is deleted again. */
async function answerTo(printed: Document | string, version = '1.0.0', own = '1.0.0'): Promise<Document> {
  const pod = bench.freshPod();
  const added = await addPrinting(pod, printed, version, own);
  expectSuccess(added);
  expectSuccess(await bench.runtime.del(pod));
  return JSON.parse(added.stdout) as Document;
}

const eth0 = { name: 'eth0', sandbox: '/run/netns/x' };

describe.each(runtimeVersions)('an answer in version %s', (own) => {
  it.each(cniVersions)(
    'to a default network of version %s is that of the golden file, key for key [CNI-130] [CNI-131] [CNI-132] [CNI-133] [CNI-134] [CNI-041] [CNI-050] [CNI-454]',
    async (version) => {
      const pod = bench.freshPod();
      const printed = withNetns(golden.printed[sourceOf(version)], pod.netns);
      const added = await addPrinting(pod, { cniVersion: version, ...printed }, version, own);
      expectSuccess(added);
      const wanted = golden.answered[sourceOf(version)]?.[resultFamily(own)];
      expect(JSON.parse(added.stdout)).toEqual({ cniVersion: own, ...withNetns(wanted, pod.netns) });
      expectSuccess(await bench.runtime.del(pod));
    },
  );
});

describe('the interfaces of an answer', () => {
  it('name the sandbox letter by letter as CNI_NETNS does; those on the host name none; each address has one [CNI-053] [CNI-054]', async () => {
    await bench.serve(three());
    const pod = bench.freshPod();
    // The same namespace, spelled as nobody but this caller does.
    const netns = pod.netns.replace('/run/netns/', '/run/../run//netns/./');
    for (const own of ['0.4.0', '1.0.0']) {
      const added = await bench.runtime.add(pod, { netns, stdin: stdinOf(own) });
      expectSuccess(added);
      expect(added.result?.interfaces).toMatchObject([{ name: 'eth0', sandbox: netns }]);
      expect(added.result?.ips).toMatchObject([{ interface: 0 }]);
      expectSuccess(await bench.runtime.del(pod, { netns }));
    }
    const host = { name: 'veth1', mac: '02:00:00:00:00:01' };
    const inside = { ...eth0, sandbox: netns };
    const printed = {
      cniVersion: '0.4.0',
      interfaces: [host, inside],
      ips: [{ version: '4', interface: 1, address: '10.0.0.5/24' }],
    };
    const added = await addPrinting(pod, printed, '0.4.0', '1.0.0');
    expect(added.result?.interfaces).toEqual([host, inside]);
    expect(added.result?.ips).toEqual([{ interface: 1, address: '10.0.0.5/24' }]);
    expectSuccess(await bench.runtime.del(pod, { netns }));
  });

  it.each([-1, 1, 99])(
    'are never pointed past by the index %s, though the plugin does: the address is unbound then [CNI-054] [CNI-136]',
    async (index) => {
      const ips = [{ interface: index, address: '10.0.0.5/24' }];
      for (const own of ['1.0.0', '0.4.0']) {
        const answer = await answerTo({ cniVersion: '1.0.0', interfaces: [eth0], ips }, '1.0.0', own);
        const label = own === '0.4.0' ? { version: '4' } : {};
        expect(answer['interfaces']).toEqual([eth0]);
        expect(answer['ips']).toEqual([{ ...label, address: '10.0.0.5/24' }]);
      }
    },
  );

  it('may lack, as in the answer of an IPAM plugin: its addresses stand alone [CNI-136] [CNI-137]', async () => {
    const printed = { cniVersion: '1.0.0', ips: [{ address: '10.0.0.5/24', gateway: '10.0.0.1' }], dns: {} };
    expect(await answerTo(printed)).toEqual(printed);
    expect(await answerTo(printed, '1.0.0', '0.3.1')).toEqual({
      cniVersion: '0.3.1',
      ips: [{ version: '4', address: '10.0.0.5/24', gateway: '10.0.0.1' }],
      dns: {},
    });
    expect(await answerTo(printed, '1.0.0', '0.2.0')).toEqual({
      cniVersion: '0.2.0',
      ip4: { ip: '10.0.0.5/24', gateway: '10.0.0.1' },
      dns: {},
    });
  });
});

describe('what is empty', () => {
  it('is left out of an answer, DNS from 1.0.0 on; plugins may write it or not [CNI-135]', async () => {
    const bare = { interfaces: [eth0], ips: [{ interface: 0, address: '10.0.0.5/24' }] };
    const wordy = { ...bare, routes: [], dns: { nameservers: [], domain: '', search: [], options: [] } };
    for (const printed of [bare, wordy]) {
      expect(await answerTo({ cniVersion: '1.0.0', ...printed }, '1.0.0', '0.4.0')).toEqual({
        cniVersion: '0.4.0',
        interfaces: [eth0],
        ips: [{ version: '4', interface: 0, address: '10.0.0.5/24' }],
        dns: {},
      });
      expect(await answerTo({ cniVersion: '0.4.0', ...printed }, '0.4.0', '1.0.0')).toEqual({
        cniVersion: '1.0.0',
        ...bare,
      });
    }
  });

  it('is something else than a zero that means something [CNI-133]', async () => {
    const route = { dst: '10.9.0.0/16', table: 0, scope: 0 };
    const zeros = { ...route, mtu: 0, advmss: 0, priority: 0 };
    const ips = [{ interface: 0, address: '10.0.0.5/24' }];
    const answer = await answerTo(
      { cniVersion: '1.1.0', interfaces: [{ ...eth0, mtu: 0 }], ips, routes: [zeros] },
      '1.1.0',
      '0.4.0',
    );
    expect(answer['routes']).toEqual([route]);
    expect(answer['interfaces']).toEqual([eth0]);
    expect(answer['ips']).toEqual([{ version: '4', interface: 0, address: '10.0.0.5/24' }]);
  });

  it('are routes, however many gateways there are: none is made up [CNI-138]', async () => {
    const ips = [
      { address: '10.0.0.5/24', gateway: '10.0.0.1' },
      { address: 'fd00::5/64', gateway: 'fd00::1' },
    ];
    for (const own of runtimeVersions) {
      const answer = await answerTo({ cniVersion: '1.0.0', ips }, '1.0.0', own);
      expect(JSON.stringify(answer), own).not.toContain('dst');
    }
  });
});

describe('fields that no version knows', () => {
  const unknown = {
    cniVersion: '1.0.0',
    custom: { n: [1] },
    interfaces: [{ ...eth0, x: 1 }],
    ips: [{ address: '10.0.0.5/24', y: 2 }],
  };

  it('stay where the answer is what the plugin printed, every byte of it [CNI-495] [CNI-155]', async () => {
    expect(await answerTo(unknown, '1.0.0', '1.0.0')).toEqual(unknown);
    expect(await answerTo(unknown, '1.0.0', '1.1.0')).toEqual({ ...unknown, cniVersion: '1.1.0' });
    const pod = bench.freshPod();
    const text = '{ "custom":9007199254740993,"cniVersion": "1.0.0", "dns":{}}';
    const added = await addPrinting(pod, text, '1.0.0', '1.0.0');
    expect(added.stdout).toBe(`${text}\n`);
    expectSuccess(await bench.runtime.del(pod));
  });

  it('go wherever weft writes it anew: in another shape, and merged [CNI-495]', async () => {
    const known = { interfaces: [eth0], ips: [{ version: '4', address: '10.0.0.5/24' }], dns: {} };
    for (const own of ['0.3.0', '0.3.1', '0.4.0'])
      expect(await answerTo(unknown, '1.0.0', own)).toEqual({ cniVersion: own, ...known });
    const pod = bench.freshPod();
    const prevResult = { cniVersion: '1.0.0', custom: 1 };
    const added = await addPrinting(pod, unknown, '1.0.0', '1.0.0', { prevResult });
    expect(JSON.parse(added.stdout)).toEqual({
      cniVersion: '1.0.0',
      interfaces: [eth0],
      ips: [{ address: '10.0.0.5/24' }],
    });
    expectSuccess(await bench.runtime.del(pod));
  });
});

describe('a previous result that comes with ADD', () => {
  const earlier = { name: 'A', mac: '02:00:00:00:00:0a', sandbox: '/run/netns/x' };
  const own = { cniVersion: '1.0.0', interfaces: [eth0], ips: [{ interface: 0, address: '10.0.0.5/24' }] };

  it('is in the answer, before what weft made, and no delegate sees it [CNI-051] [CNI-402]', async () => {
    const pod = bench.freshPod();
    const prevResult = {
      cniVersion: '1.0.0',
      interfaces: [earlier],
      ips: [{ interface: 0, address: '10.7.0.5/24', gateway: '10.7.0.1' }],
      routes: [{ dst: '10.8.0.0/16' }],
      dns: { nameservers: ['10.7.0.9'] },
    };
    const added = await addPrinting(pod, { ...own, routes: [{ dst: '0.0.0.0/0' }] }, '1.0.0', '1.0.0', {
      prevResult,
    });
    expectSuccess(added);
    expect(added.result).toEqual({
      cniVersion: '1.0.0',
      interfaces: [earlier, eth0],
      ips: [
        { interface: 0, address: '10.7.0.5/24', gateway: '10.7.0.1' },
        { interface: 1, address: '10.0.0.5/24' },
      ],
      routes: [{ dst: '10.8.0.0/16' }, { dst: '0.0.0.0/0' }],
      dns: { nameservers: ['10.7.0.9'] },
    });
    expect(bench.bin.calls().map(({ stdin }) => stdin.includes('prevResult'))).toEqual([false]);
    expectSuccess(await bench.runtime.check(pod));
    expectSuccess(await bench.runtime.del(pod));
    expect(bench.remainsOf(pod)).toEqual([]);
  });

  it.each(runtimeVersions)(
    'of the same family of versions is merged in version %s [CNI-051]',
    async (version) => {
      const pod = bench.freshPod();
      const one = resultFamily(version) === 'ip4';
      const ip = { ...(resultFamily(version) === 'ips' ? {} : { version: '6' }), address: 'fd00::7/64' };
      const prevResult = { cniVersion: version, ...(one ? { ip6: { ip: 'fd00::7/64' } } : { ips: [ip] }) };
      const added = await addPrinting(pod, own, '1.0.0', version, { prevResult });
      expectSuccess(added);
      expect(added.result?.cniVersion).toBe(version);
      expect(added.stdout).toContain('10.0.0.5/24');
      expect(added.stdout).toContain('fd00::7/64');
      expectSuccess(await bench.runtime.del(pod));
    },
  );

  it("yields to the pod's own address only where the version has room for one [CNI-051]", async () => {
    const pod = bench.freshPod();
    const prevResult = { cniVersion: '0.2.0', ip4: { ip: '10.7.0.5/24' }, ip6: { ip: 'fd00::7/64' } };
    const added = await addPrinting(pod, own, '1.0.0', '0.2.0', { prevResult });
    expect(JSON.parse(added.stdout)).toEqual({
      cniVersion: '0.2.0',
      ip4: { ip: '10.0.0.5/24' },
      ip6: { ip: 'fd00::7/64' },
      dns: {},
    });
    expectSuccess(await bench.runtime.del(pod));
  });

  it.each<[string, Document, CniVersion]>([
    ['0.2.0 under 1.0.0', { cniVersion: '0.2.0' }, '1.0.0'],
    ['0.4.0 under 1.0.0', { cniVersion: '0.4.0' }, '1.0.0'],
    ['1.0.0 under 0.4.0', { cniVersion: '1.0.0' }, '0.4.0'],
    ['an unknown version', { cniVersion: '9.9.9' }, '1.0.0'],
    ['no result', { cniVersion: '1.0.0', ips: 5 }, '1.0.0'],
  ])(
    'is refused before anything runs where it is %s, and so it is by CHECK [CNI-156]',
    async (_what, prevResult, version) => {
      const pod = bench.freshPod();
      const added = await addPrinting(pod, own, '1.0.0', version, { prevResult });
      expectRefusal(added, { reason: 'InvalidConfig', names: ['prevResult'] });
      expect(bench.bin.trace()).toEqual([]);
      const checked = await bench.runtime.check(pod, { stdin: stdinOf(version, { prevResult }) });
      expectRefusal(checked, { reason: 'InvalidConfig', names: ['prevResult'] });
      expectSuccess(await bench.runtime.del(pod));
      expect(bench.remainsOf(pod)).toEqual([]);
    },
  );

  it.each<[string, Document]>([
    ['without a version', {}],
    ['of 1.0.0 under 1.1.0, or the other way round', { cniVersion: '1.1.0' }],
  ])('is taken %s [CNI-156]', async (_what, version) => {
    const pod = bench.freshPod();
    const prevResult = { ...version, interfaces: [earlier] };
    const added = await addPrinting(pod, own, '1.0.0', '1.0.0', { prevResult });
    expect(added.result?.interfaces).toEqual([earlier, eth0]);
    expectSuccess(await bench.runtime.del(pod));
  });
});
