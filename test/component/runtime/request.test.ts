import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { expectSuccess } from '../../harness/refusal.ts';
import { type CniCall, podArgs } from '../../harness/runtime.ts';
import type { Pod } from '../../harness/sandbox.ts';
import { DelegateBench, type Stdin } from './delegate-bench.ts';

const cluster = JSON.stringify({
  cniVersion: '1.0.0',
  name: 'cluster',
  plugins: [
    {
      type: 'alpha',
      capabilities: {
        ...{ dns: true, ips: true, mac: true, aliases: false },
        ...{ cgroupPath: true, ipRanges: true, 'example.com/new': true },
      },
      dns: { nameservers: ['192.0.2.53'], search: ['static.test'] },
      args: { cni: { kept: 'by its author' } },
    },
  ],
});

/** Two plugins: one that declares everything a pod can ask for, and one that declares nothing. */
const wishful = {
  cniVersion: '1.0.0',
  plugins: [
    {
      type: 'beta',
      capabilities: { ips: true, mac: true, dns: true },
      args: { cni: { labels: [{ key: 'app', value: 'author' }], kept: 1 }, other: true },
    },
    { type: 'gamma' },
  ],
};

const asking = [
  {
    name: 'wishful',
    ips: ['10.7.0.9/24'],
    mac: '02:00:00:00:00:09',
    'cni-args': { ips: ['10.7.0.9'], labels: [{ key: 'app', value: 'pod' }] },
  },
];

let bench: DelegateBench;
let pods: Pod[] = [];
beforeAll(async () => {
  bench = await DelegateBench.start(cluster);
  bench.writeNetwork('wishful', wishful);
  bench.writeNetwork('plain', { cniVersion: '1.0.0', type: 'delta' });
});
afterEach(async () => {
  bench.bin.unscript('alpha');
  for (const pod of pods) expectSuccess(await bench.runtime.del(pod));
  pods = [];
});
afterAll(() => bench?.dispose());

function freshPod(): Pod {
  const pod = bench.freshPod();
  pods.push(pod);
  return pod;
}

/** Runs every verb of an attachment. */
async function wholeLife(pod: Pod, add: Promise<CniCall>): Promise<void> {
  expectSuccess(await add);
  expectSuccess(await bench.runtime.check(pod));
  expectSuccess(await bench.runtime.del(pod));
}

describe('CNI_ARGS of every delegate', () => {
  const received = `${podArgs};EXAMPLE_KEY=a;Other=`;

  it('are those received, with the identity of the pod, IgnoreUnknown and keys that weft does not know [CNI-403]', async () => {
    const pod = freshPod();
    await wholeLife(pod, bench.add(pod, 'plain', { args: received }));
    const args = bench.bin.calls().map((call) => call.env['CNI_ARGS']);
    expect(args).toEqual(new Array(6).fill(received));
    expect(received).toMatch(/^IgnoreUnknown=1;.*K8S_POD_NAME=pod-a;/);
  });

  it('let a plugin ignore keys that it does not know, where the caller does not say [CNI-403]', async () => {
    const pod = freshPod();
    const args = 'K8S_POD_NAMESPACE=test;K8S_POD_NAME=pod-a';
    await wholeLife(pod, bench.add(pod, 'plain', { args }));
    for (const call of bench.bin.calls()) expect(call.env['CNI_ARGS']).toBe(`IgnoreUnknown=1;${args}`);
  });

  it('hold no IP and no MAC, whatever the pod asks for: that goes by capability [CNI-239]', async () => {
    const pod = freshPod();
    await wholeLife(pod, bench.add(pod, asking));
    for (const call of bench.bin.calls()) expect(call.env['CNI_ARGS']).toBe(podArgs);
    expect(bench.stdinsOf('net1', 'ADD')[0]?.['runtimeConfig']).toEqual({
      ips: ['10.7.0.9/24'],
      mac: '02:00:00:00:00:09',
    });
  });

  it('keep the address that the caller asks for with them from all but its own interface [CNI-239] [CNI-237]', async () => {
    const pod = freshPod();
    const args = `IP=10.9.0.9;${podArgs};MAC=02:00:00:00:00:01;GATEWAY=10.9.0.1;IPX=1`;
    await wholeLife(pod, bench.add(pod, asking, { args }));
    for (const call of bench.callsOf('eth0')) expect(call.env['CNI_ARGS']).toBe(args);
    const others = bench.callsOf('net1');
    expect(others).toHaveLength(6);
    for (const call of others) expect(call.env['CNI_ARGS']).toBe(`${podArgs};IPX=1`);
  });
});

describe('args.cni', () => {
  it("has the pod's values over the author's in every plugin, and CNI_ARGS says nothing else [CNI-237]", async () => {
    const pod = freshPod();
    await wholeLife(pod, bench.add(pod, asking));
    const wanted = { ips: ['10.7.0.9'], labels: [{ key: 'app', value: 'pod' }] };
    const [beta, gamma] = bench.stdinsOf('net1', 'ADD');
    expect(beta?.['args']).toEqual({ cni: { ...wanted, kept: 1 }, other: true });
    expect(gamma?.['args']).toEqual({ cni: wanted });
    expect(bench.stdinsOf('net1').map((stdin) => stdin['args'])).toEqual([
      ...[beta?.['args'], gamma?.['args']],
      ...[beta?.['args'], gamma?.['args']],
      ...[gamma?.['args'], beta?.['args']],
    ]);
    expect(bench.stdinsOf('eth0', 'ADD')[0]?.['args']).toEqual({ cni: { kept: 'by its author' } });
    for (const { env } of bench.bin.calls()) expect(env['CNI_ARGS']).not.toMatch(/\b(ips|labels|kept)=/);
  });
});

describe('DNS', () => {
  const runtimeDns = { servers: ['198.51.100.1'], searches: ['pod.test'], options: ['ndots:5'] };
  const resultDns = { nameservers: ['203.0.113.7'], domain: 'd.test', search: ['result.test'] };

  it('of the runtime, of the configuration and of the result keep their own keys [CNI-236]', async () => {
    const pod = freshPod();
    const interfaces = [{ name: 'eth0', sandbox: pod.netns }];
    const result = { cniVersion: '1.0.0', interfaces, dns: resultDns };
    bench.bin.scriptFor('alpha', [`ADD: print ${JSON.stringify(result)}`]);
    const added = await bench.add(pod, 'wishful', { capabilityArgs: { dns: runtimeDns } });
    expectSuccess(added);
    const [stdin] = bench.stdinsOf('eth0', 'ADD');
    expect(stdin?.['runtimeConfig']).toEqual({ dns: runtimeDns });
    expect(stdin?.['dns']).toEqual({ nameservers: ['192.0.2.53'], search: ['static.test'] });
    expect(added.result?.dns).toEqual(resultDns);
    // The other network's plugin can take DNS too, but nobody asked it to.
    expect(bench.stdinsOf('net1', 'ADD')[0]).not.toHaveProperty('runtimeConfig');
  });

  it('of the result keeps its keys in every older version [CNI-236]', async () => {
    const answer = {
      cniVersion: '1.0.0',
      ips: [{ address: '10.1.0.5/16' }],
      dns: resultDns,
    };
    bench.bin.scriptFor('alpha', [`ADD: print ${JSON.stringify(answer)}`]);
    for (const cniVersion of ['0.2.0', '0.3.1', '0.4.0']) {
      const pod = freshPod();
      const stdin = JSON.stringify({ ...bench.runtime.conflist.plugins[0], name: 'weft', cniVersion });
      const added = await bench.runtime.add(pod, { stdin });
      expectSuccess(added);
      expect(added.result?.dns, cniVersion).toEqual(resultDns);
    }
  });
});

describe('runtimeConfig', () => {
  it('has whatever the runtime sends and the default network declares, known to weft or not [CNI-238] [CNI-235]', async () => {
    const pod = freshPod();
    const sent = {
      ips: ['10.1.0.7/16'],
      ipRanges: [[{ subnet: '10.1.0.0/16', rangeStart: '10.1.0.7', rangeEnd: '10.1.0.9' }]],
      cgroupPath: '/kubepods/pod1',
      'example.com/new': { any: [1, null] },
    };
    const capabilityArgs = { ...sent, aliases: ['not declared as true'], bandwidth: { ingressRate: 1 } };
    await wholeLife(pod, bench.add(pod, 'wishful', { capabilityArgs }));
    for (const stdin of bench.stdinsOf('eth0')) expect(stdin['runtimeConfig']).toEqual(sent);
    for (const stdin of bench.stdinsOf('net1')) expect(stdin).not.toHaveProperty('runtimeConfig');
  });

  it('goes to the plugins that declare it, on ADD, CHECK and DEL alike [CNI-223]', async () => {
    const pod = freshPod();
    await wholeLife(pod, bench.add(pod, asking));
    const told = bench.callsOf('net1').map(({ verb, name, stdin }) => {
      const { runtimeConfig } = JSON.parse(stdin.toString()) as Stdin;
      return [`${verb} ${name}`, runtimeConfig];
    });
    const wanted = { ips: ['10.7.0.9/24'], mac: '02:00:00:00:00:09' };
    expect(told).toEqual([
      ['ADD beta', wanted],
      ['ADD gamma', undefined],
      ['CHECK beta', wanted],
      ['CHECK gamma', undefined],
      ['DEL gamma', undefined],
      ['DEL beta', wanted],
    ]);
  });
});

describe("a delegate's configuration", () => {
  /** Everything of ours, and whatever a runtime may leave in our configuration. */
  const leaking = {
    kubeconfig: '/etc/kubernetes/leak.conf',
    secret: 'leak',
    args: { cni: { leak: 1 } },
    ipam: { type: 'leak' },
    dns: { nameservers: ['192.0.2.1'] },
    prevResult: { cniVersion: '1.0.0', interfaces: [{ name: 'leak' }] },
    'cni.dev/attachments': [{ containerID: 'leak', ifname: 'eth0' }],
    'cni.dev/valid-attachments': [{ containerID: 'leak', ifname: 'eth0' }],
    'cni.dev/leak': 1,
  };

  function ownStdin(): string {
    const [own] = bench.runtime.conflist.plugins;
    const annotations = { 'k8s.v1.cni.cncf.io/networks': 'wishful,plain' };
    return JSON.stringify({
      ...own,
      ...leaking,
      name: 'weft',
      cniVersion: '1.0.0',
      runtimeConfig: {
        'io.kubernetes.cri.pod-annotations': annotations,
        mac: '02:00:00:00:00:0a',
        aliases: ['leak'],
        unknown: 'leak',
      },
    });
  }

  /** What is in it besides what its author wrote, sorted. */
  function added(stdin: Stdin, author: object): readonly string[] {
    const known = new Set(Object.keys(author));
    return Object.keys(stdin)
      .filter((key) => !known.has(key))
      .sort();
  }

  it('has nothing of ours in it, on no verb [CNI-402] [CNI-224] [CNI-483]', async () => {
    const pod = freshPod();
    const stdin = ownStdin();
    await wholeLife(pod, bench.runtime.add(pod, { stdin }));
    const calls = bench.bin.calls();
    expect(calls).toHaveLength(12);
    for (const call of calls) {
      const text = call.stdin.toString();
      expect(text, call.name).not.toMatch(/leak|cni\.dev|socket|stateDir|runDir|timeBudgets|kubeconfig/);
      expect(text, call.name).not.toContain('"capabilities"');
    }
    const authors: Readonly<Record<string, object>> = {
      alpha: { type: 'alpha', dns: {}, args: {} },
      beta: { type: 'beta', args: {} },
      gamma: { type: 'gamma' },
      delta: { type: 'delta' },
    };
    for (const { name, verb, stdin: bytes } of calls) {
      const keys = added(JSON.parse(bytes.toString()) as Stdin, authors[name] ?? {});
      const first = verb === 'ADD' && name !== 'gamma';
      const runtimeConfig = name === 'alpha' ? ['runtimeConfig'] : [];
      const wanted = ['cniVersion', 'name', ...(first ? [] : ['prevResult']), ...runtimeConfig];
      expect(keys, `${verb} ${name}`).toEqual(wanted);
    }
    expect(bench.stdinsOf('eth0')[0]?.['runtimeConfig']).toEqual({ mac: '02:00:00:00:00:0a' });
  });

  it('of a network cannot have its reserved keys from its author [CNI-225] [CNI-489]', async () => {
    bench.writeNetwork('forged', {
      type: 'beta',
      cniVersion: '1.0.0',
      runtimeConfig: { mac: 'forged' },
      prevResult: { cniVersion: '1.0.0' },
      'cni.dev/attachments': [],
      'CNI.dev/x': 1,
      RuntimeConfig: {},
    });
    const pod = freshPod();
    expectSuccess(await bench.add(pod, 'forged'));
    expect(bench.stdinsOf('net1')).toEqual([{ type: 'beta', cniVersion: '1.0.0', name: 'forged' }]);
  });
});

describe('a pod', () => {
  const versions = ['0.1.0', '0.2.0', '0.3.0', '0.3.1', '0.4.0', '1.0.0', '1.1.0'];

  it('may have one network twice: two attachments with interfaces and results of their own [CNI-296]', async () => {
    const pod = freshPod();
    await wholeLife(pod, bench.add(pod, 'plain,plain'));
    const results = ['net1', 'net2'].map((ifname) => {
      const calls = bench.callsOf(ifname).map(({ verb, name }) => `${verb} ${name}`);
      expect(calls).toEqual(['ADD delta', 'CHECK delta', 'DEL delta']);
      const [, checked, deleted] = bench.stdinsOf(ifname).map((stdin) => stdin['prevResult']);
      expect(checked).toMatchObject({ interfaces: [{ name: ifname }] });
      expect(deleted).toEqual(checked);
      return JSON.stringify(checked);
    });
    expect(new Set(results).size).toBe(2);
  });

  it('may mix networks of every version, each told its own version and name [CNI-454] [CNI-485] [CNI-220] [CNI-401]', async () => {
    for (const version of versions) {
      const name = `v${version.replaceAll('.', '')}`;
      bench.writeNetwork(name, {
        cniVersion: version,
        plugins: [{ type: 'beta', name: 'x', cniVersion: '9.9.9' }, { type: 'gamma' }],
      });
    }
    const names = versions.map((version) => `v${version.replaceAll('.', '')}`);
    const pod = freshPod();
    await wholeLife(pod, bench.add(pod, names.join(',')));
    for (const [index, version] of versions.entries()) {
      const told = bench.stdinsOf(`net${index + 1}`);
      const checks = ['0.4.0', '1.0.0', '1.1.0'].includes(version) ? 2 : 0;
      expect(told, version).toHaveLength(4 + checks);
      for (const stdin of told) {
        expect(stdin, version).toMatchObject({ cniVersion: version, name: names[index] });
        const previous = stdin['prevResult'] as Stdin | undefined;
        if (previous !== undefined) expect(previous['cniVersion']).toBe(version);
      }
      const dels = bench.stdinsOf(`net${index + 1}`, 'DEL').map((stdin) => 'prevResult' in stdin);
      expect(dels, version).toEqual([checks === 2, checks === 2]);
    }
  });
});
