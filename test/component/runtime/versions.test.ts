import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CniVersion, cniVersions, runtimeVersions } from '../../../src/cni/version.ts';
import { expectSuccess } from '../../harness/refusal.ts';
import { PluginBench } from '../plugin/fixture.ts';

let bench: PluginBench;
beforeAll(() => {
  bench = new PluginBench();
});
afterAll(() => bench.dispose());

const [v4, v6] = [{ address: '10.1.0.5/16', gateway: '10.1.0.1' }, { address: 'fd00::5/64' }];
const [route4, route6] = [
  { dst: '0.0.0.0/0', gw: '10.1.0.1' },
  { dst: 'fd01::/64', gw: 'fd00::1' },
];
const dns = { nameservers: ['10.1.0.53'], domain: 'd.test', search: ['s.test'], options: ['ndots:1'] };

type Answer = Readonly<Record<string, unknown>>;

/** One and the same outcome as a plugin of each version prints it (CNI-130, 131, 132). */
function answerOf(cniVersion: CniVersion, netns: string): Answer {
  if (cniVersion === '0.1.0' || cniVersion === '0.2.0') {
    const ip4 = { ip: v4.address, gateway: v4.gateway, routes: [route4] };
    return { cniVersion, ip4, ip6: { ip: v6.address, routes: [route6] }, dns };
  }
  const interfaces = [{ name: 'eth0', mac: '02:00:00:00:00:01', sandbox: netns }];
  const label = (version: string): object => (cniVersion.startsWith('0.') ? { version } : {});
  const ips = [
    { ...label('4'), interface: 0, ...v4 },
    { ...label('6'), interface: 0, ...v6 },
  ];
  return { cniVersion, interfaces, ips, routes: [route4, route6], dns };
}

/** The same after it was said in version `from`: what that has no place for is lost. */
function convertedAnswer(from: CniVersion, to: CniVersion, netns: string): Answer {
  const answer = answerOf(to, netns);
  if (!/^0\.[12]\./.test(from) || /^0\.[12]\./.test(to)) return answer;
  const { interfaces: _lost, ips, ...rest } = answer;
  const unbound = (ips as readonly { interface: number }[]).map(({ interface: _index, ...ip }) => ip);
  return { ...rest, ips: unbound };
}

/** Our configuration in a version, as the runtime derives it. */
function ownStdin(cniVersion: string, prevResult?: unknown): string {
  return JSON.stringify({ ...bench.runtime.conflist.plugins[0], name: 'weft', cniVersion, prevResult });
}

function knowsCheck(version: CniVersion): boolean {
  return ['0.4.0', '1.0.0', '1.1.0'].includes(version);
}

function toldTo(name: string, verb: string): readonly (Answer & { readonly prevResult?: Answer })[] {
  const calls = bench.bin.calls().filter((call) => call.name === name && call.verb === verb);
  return calls.map((call) => JSON.parse(call.stdin.toString()) as Answer);
}

/** A chain of alpha, which prints `answer`, and beta, which hands on what it got. */
async function serveChain(cniVersion: CniVersion, answer: Answer): Promise<void> {
  const alpha = { type: 'alpha', script: `ADD: print ${JSON.stringify(answer)}` };
  await bench.serve([{ ifname: 'eth0', cniVersion, plugins: [alpha, { type: 'beta' }] }]);
}

describe('weft and its delegates', () => {
  it('speak all seven versions, both of them', () => {
    expect(cniVersions).toHaveLength(7);
    expect(runtimeVersions).toEqual(cniVersions);
  });

  it.each(runtimeVersions)(
    'may differ: called in %s weft runs networks of every version and answers in its own [CNI-454] [CNI-050] [NPWG-333]',
    async (ours) => {
      const pod = bench.node.pod();
      for (const theirs of cniVersions) {
        const where = `${ours} with a network of ${theirs}`;
        bench.bin.clearLog();
        const answer = answerOf(theirs, pod.netns);
        await serveChain(theirs, answer);
        const added = await bench.runtime.add(pod, { stdin: ownStdin(ours) });
        expectSuccess(added);
        expect(added.result, where).toEqual(convertedAnswer(theirs, ours, pod.netns));
        if (knowsCheck(ours)) {
          expectSuccess(await bench.runtime.check(pod, { stdin: ownStdin(ours, added.result) }));
        }
        expectSuccess(await bench.runtime.del(pod, { stdin: ownStdin(ours, added.result) }));
        // Towards the network everything is in its own version, whatever ours is.
        const told = (verb: string): readonly unknown[] =>
          toldTo('alpha', verb).map(({ cniVersion, prevResult }) => ({ cniVersion, prevResult }));
        const whole = { cniVersion: theirs, prevResult: answer };
        expect(told('ADD'), where).toEqual([{ cniVersion: theirs, prevResult: undefined }]);
        expect(told('CHECK'), where).toEqual(knowsCheck(ours) && knowsCheck(theirs) ? [whole] : []);
        expect(told('DEL'), where).toEqual([knowsCheck(theirs) ? whole : { cniVersion: theirs }]);
        expect(bench.remainsOf(pod)).toEqual([]);
      }
    },
  );
});

describe('the previous result within a chain', () => {
  it.each(cniVersions)(
    "is in the chain's version, %s, whatever version the plugin before answered in [CNI-228] [CNI-259]",
    async (version) => {
      const pod = bench.node.pod();
      for (const answered of cniVersions) {
        bench.bin.clearLog();
        await serveChain(version, answerOf(answered, pod.netns));
        expectSuccess(await bench.runtime.add(pod));
        const converted = convertedAnswer(answered, version, pod.netns);
        const [beta] = toldTo('beta', 'ADD');
        expect(beta?.prevResult, `${answered} under ${version}`).toEqual(converted);
        expectSuccess(await bench.runtime.del(pod));
        for (const { prevResult } of [...toldTo('beta', 'DEL'), ...toldTo('alpha', 'DEL')]) {
          expect(prevResult).toEqual(knowsCheck(version) ? converted : undefined);
        }
      }
    },
  );

  it.each(cniVersions)(
    'is of version %s, that of the configuration, where the plugin names none [CNI-259]',
    async (version) => {
      const pod = bench.node.pod();
      for (const said of [{}, { cniVersion: '' }, { cniVersion: null }]) {
        bench.bin.clearLog();
        const { cniVersion: _named, ...answer } = answerOf(version, '/run/netns/x');
        await serveChain(version, { ...answer, ...said });
        const added = await bench.runtime.add(pod, { stdin: ownStdin(version) });
        expectSuccess(added);
        const whole = answerOf(version, '/run/netns/x');
        expect(toldTo('beta', 'ADD')[0]?.prevResult).toEqual(whole);
        expect(added.result).toEqual(whole);
        expectSuccess(await bench.runtime.del(pod));
      }
    },
  );

  it('that was 0.4.0 under 1.0.0 is 1.0.0 for CHECK and DEL too [CNI-228] [CNI-290]', async () => {
    await serveChain('1.0.0', answerOf('0.4.0', '/run/netns/x'));
    const pod = bench.freshPod();
    expectSuccess(await bench.runtime.add(pod));
    expectSuccess(await bench.runtime.check(pod));
    expectSuccess(await bench.runtime.del(pod));
    for (const verb of ['CHECK', 'DEL']) {
      for (const name of ['alpha', 'beta']) {
        expect(toldTo(name, verb).map(({ prevResult }) => prevResult)).toEqual([
          answerOf('1.0.0', '/run/netns/x'),
        ]);
      }
    }
  });
});
