import { readlinkSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planFor } from '../../fakes/plan.ts';
import { servePlans } from '../../fakes/scripted-agent.ts';
import { expectSuccess } from '../../harness/refusal.ts';
import { podArgs } from '../../harness/runtime.ts';
import { PluginBench, sandboxOf, three } from './fixture.ts';

let bench: PluginBench;
beforeAll(() => {
  bench = new PluginBench();
});
afterAll(() => bench.dispose());

describe('ADD and DEL of three attachments', () => {
  it('adds in the order of the plan and deletes in reverse, each with its own names and nothing of another [CNI-280] [CNI-283] [CNI-330] [NPWG-106] [NPWG-107] [NPWG-112] [NPWG-125]', async () => {
    await bench.serve(three());
    const pod = bench.freshPod();
    expectSuccess(await bench.runtime.add(pod));
    expectSuccess(await bench.runtime.del(pod));
    expect(bench.bin.trace()).toEqual([
      'ADD alpha eth0',
      'ADD beta net1',
      'ADD gamma net2',
      'DEL gamma net2',
      'DEL beta net1',
      'DEL alpha eth0',
    ]);
    const calls = bench.bin.calls();
    for (const [index, call] of calls.entries()) {
      const next = calls[index + 1];
      if (next !== undefined)
        expect(next.startUs).toBeGreaterThanOrEqual(call.endUs ?? Number.POSITIVE_INFINITY);
    }
    const parts = calls.map(({ verb, name, env, stdin }) => {
      const conf = JSON.parse(stdin.toString()) as { name: string; prevResult?: { interfaces: unknown } };
      const identity = [name, conf.name, env['CNI_CONTAINERID'], env['CNI_IFNAME']];
      return { verb, identity, previous: conf.prevResult?.interfaces };
    });
    const [adds, dels] = ['ADD', 'DEL'].map((verb) => parts.filter((part) => part.verb === verb));
    expect(dels?.map(({ identity }) => identity).reverse()).toEqual(adds?.map(({ identity }) => identity));
    expect(adds?.map(({ previous }) => previous)).toEqual([undefined, undefined, undefined]);
    expect(dels?.map(({ previous }) => previous)).toEqual(
      ['net2', 'net1', 'eth0'].map((name) => [expect.objectContaining({ name }) as object]),
    );
    expect(bench.remainsOf(pod)).toEqual([]);
  });

  it('answers with the default network alone, and says nothing on DEL [CNI-018] [CNI-077] [CNI-450]', async () => {
    await bench.serve(three());
    const pod = bench.freshPod();
    const added = await bench.runtime.add(pod);
    expect(added.result?.cniVersion).toBe('1.0.0');
    expect(added.result?.interfaces).toEqual([
      { name: 'eth0', mac: expect.stringMatching(/^02:/) as string, sandbox: pod.netns },
    ]);
    expect(added.result?.ips).toHaveLength(1);
    const deleted = await bench.runtime.del(pod);
    expect({ status: deleted.status, stdout: deleted.stdout }).toEqual({ status: 0, stdout: '' });
  });

  it('gives each delegate its own variables and our whole environment [CNI-252] [CNI-254] [CNI-263] [CNI-401] [CNI-403] [CNI-452]', async () => {
    await bench.serve(three());
    const pod = bench.freshPod();
    await bench.runtime.add(pod, { env: { WEFT_TEST_INHERITED: 'yes' } });
    const inode = Number(/\[(\d+)\]/.exec(readlinkSync('/proc/self/ns/net'))?.[1]);
    for (const [index, call] of bench.bin.calls().entries()) {
      expect(call.argc).toBe(1);
      expect(call.netnsInode).toBe(inode);
      expect(call.pgid).toBe(call.pid);
      expect(call.env).toMatchObject({
        CNI_COMMAND: 'ADD',
        CNI_CONTAINERID: pod.containerId,
        CNI_NETNS: pod.netns,
        CNI_IFNAME: ['eth0', 'net1', 'net2'][index],
        CNI_ARGS: podArgs,
        CNI_PATH: bench.node.dirs.bin,
        WEFT_TEST_INHERITED: 'yes',
      });
    }
    await bench.runtime.del(pod);
  });

  it('passes configurations on byte for byte, numbers above 2^53 too [CNI-214]', async () => {
    const text =
      '{ "cniVersion":"1.0.0", "name":"big", "type":"beta", "n":9007199254740993123, "f":1.50, "s":"\\u00e9\\/<>&" }';
    await bench.serve([
      { ifname: 'eth0', plugins: [{ type: 'alpha' }] },
      { ifname: 'net1', plugins: [text] },
    ]);
    const pod = bench.freshPod();
    expectSuccess(await bench.runtime.add(pod));
    expect(
      bench.bin
        .calls()
        .find((call) => call.name === 'beta')
        ?.stdin.toString(),
    ).toBe(text);
    expectSuccess(await bench.runtime.del(pod));
    const deleted = bench.bin.calls().find((call) => call.name === 'beta' && call.verb === 'DEL');
    expect(deleted?.stdin.toString()).toContain('9007199254740993123');
    expect(deleted?.stdin.toString()).toContain('\\u00e9\\/<>&');
  });

  it('hands the previous result along a chain, and the final one to every DEL [CNI-221]', async () => {
    const last = '{"cniVersion":"1.0.0","interfaces":[{"name":"eth0","sandbox":"NETNS"}],"marker":"final"}';
    const pod = bench.freshPod();
    const print = `ADD: print ${last.replace('NETNS', pod.netns)}`;
    await bench.serve([
      { ifname: 'eth0', plugins: [{ type: 'alpha' }, { type: 'beta' }, { type: 'gamma', script: print }] },
    ]);
    expectSuccess(await bench.runtime.add(pod));
    expectSuccess(await bench.runtime.del(pod));
    const previous = bench.bin.calls().map((call) => {
      const stdin = JSON.parse(call.stdin.toString()) as { prevResult?: { marker?: string; ips?: unknown } };
      if (stdin.prevResult === undefined) return `${call.verb} ${call.name} none`;
      return `${call.verb} ${call.name} ${stdin.prevResult.marker ?? 'first'}`;
    });
    expect(previous.slice(0, 3)).toEqual(['ADD alpha none', 'ADD beta first', 'ADD gamma first']);
    expect(bench.bin.trace().slice(3)).toEqual(['DEL gamma eth0', 'DEL beta eth0', 'DEL alpha eth0']);
    for (const call of bench.bin.calls().slice(3)) {
      const stdin = JSON.parse(call.stdin.toString()) as {
        prevResult?: { interfaces?: unknown; ips?: unknown };
      };
      expect(stdin.prevResult?.interfaces).toEqual([{ name: 'eth0', sandbox: pod.netns }]);
      expect(stdin.prevResult?.ips).toBeUndefined();
    }
  });

  it('sends prevResult to a DEL only from 0.4.0 on [CNI-222]', async () => {
    await bench.serve([
      { ifname: 'eth0', plugins: [{ type: 'alpha' }] },
      { ifname: 'net1', cniVersion: '0.3.1', plugins: [{ type: 'beta' }] },
    ]);
    const pod = bench.freshPod();
    expectSuccess(await bench.runtime.add(pod));
    expectSuccess(await bench.runtime.del(pod));
    const dels = bench.bin.calls().filter((call) => call.verb === 'DEL');
    const has = dels.map((call) => `${call.name} ${call.stdin.includes('prevResult')}`);
    expect(has).toEqual(['beta false', 'alpha true']);
  });

  it('converts a default network of another version to ours [CNI-050] [CNI-454]', async () => {
    for (const version of ['0.1.0', '0.2.0', '0.3.0', '0.3.1', '0.4.0']) {
      await bench.serve([{ ifname: 'eth0', cniVersion: version, plugins: [{ type: 'alpha' }] }]);
      const pod = bench.freshPod();
      const added = await bench.runtime.add(pod);
      expectSuccess(added);
      expect(added.result?.cniVersion, version).toBe('1.0.0');
      expect(added.result?.ips?.[0]?.address, version).toMatch(/^10\..*\/24$/);
      expect(added.stdout).not.toContain('"version"');
      expectSuccess(await bench.runtime.del(pod));
    }
  });

  it('records the plan durably before the first delegate and the results after the last [CNI-335] [CNI-284] [NPWG-110]', async () => {
    const pod = bench.freshPod();
    await bench.serve(three({ gamma: [`ADD: await ${bench.node.dirs.root}/go`] }));
    const adding = bench.runtime.add(pod);
    await expect.poll(() => bench.bin.trace(), { timeout: 5000 }).toContain('ADD gamma net2');
    const during = bench.record(pod);
    expect(during.steps.map((step) => step.step.ifname)).toEqual(['eth0', 'net1', 'net2']);
    expect(during.sandbox).toEqual({ containerId: pod.containerId, ifname: 'eth0', netns: pod.netns });
    expect(during.cniArgs).toBe(podArgs);
    expect(during.cniPath).toBe(bench.node.dirs.bin);
    const { writeFileSync } = await import('node:fs');
    writeFileSync(`${bench.node.dirs.root}/go`, '');
    expectSuccess(await adding);
    const after = bench.record(pod);
    expect(after.steps.map((step) => step.state)).toEqual(['attached', 'attached', 'attached']);
    expect(after.steps.every((step) => step.result?.includes('"ips"'))).toBe(true);
    expect(after.sequence).toBeGreaterThan(during.sequence);
    // The second copy stays as ADD began it; its journal makes up the difference.
    expect(bench.filesOf(pod, 'run')).toEqual([
      `${pod.containerId}:eth0.journal`,
      `${pod.containerId}:eth0.json`,
    ]);
    expect(bench.record(pod, 'run').sequence).toBe(during.sequence);
    expectSuccess(await bench.runtime.del(pod));
    expect(bench.remainsOf(pod)).toEqual([]);
  });

  it('tells the agent the outcome of ADD and of DEL, without waiting for an answer to DEL', async () => {
    const agent = await bench.serve(three());
    const pod = bench.freshPod();
    agent.outcomes.length = 0;
    await bench.runtime.add(pod);
    await bench.runtime.del(pod);
    await expect
      .poll(() => agent.outcomes.map(({ verb, ok }) => `${verb} ${ok}`))
      .toEqual(['ADD true', 'DEL true']);
    expect(agent.outcomes[0]?.record.steps.map((step) => step.state)).toEqual([
      'attached',
      'attached',
      'attached',
    ]);
    expect(agent.outcomes[0]?.record.sandbox.containerId).toBe(pod.containerId);
    expect(agent.requests.at(-1)).toMatchObject({
      v: 1,
      op: 'cni',
      type: 'request',
      verb: 'ADD',
      features: ['device-info'],
    });
  });

  it('tells the agent of a DEL that fails, with what is left', async () => {
    const agent = await bench.serve(three());
    const pod = bench.freshPod();
    await bench.runtime.add(pod);
    agent.outcomes.length = 0;
    bench.bin.scriptFor('beta', ['DEL: error 100 stuck']);
    await bench.runtime.del(pod);
    await expect.poll(() => agent.outcomes.map(({ verb, ok }) => `${verb} ${ok}`)).toEqual(['DEL false']);
    const [outcome] = agent.outcomes;
    expect(outcome?.record.steps.map((step) => step.state)).toEqual(['pending', 'deleting', 'pending']);
    expect(outcome?.record.steps[1]?.error?.msg).toContain('stuck');
    bench.bin.unscript('beta');
    expectSuccess(await bench.runtime.del(pod));
  });

  it('asks the agent nothing on DEL', async () => {
    const agent = await bench.serve(three());
    const pod = bench.freshPod();
    await bench.runtime.add(pod);
    const asked = agent.requests.length;
    await bench.runtime.del(pod);
    expect(agent.requests).toHaveLength(asked);
  });

  it('uses the configuration of ADD for DEL, though the plan would be another now [CNI-332] [NPWG-126]', async () => {
    const pod = bench.freshPod();
    await bench.serve(three());
    await bench.runtime.add(pod);
    await bench.serve([{ ifname: 'eth0', plugins: [{ type: 'delta' }] }]);
    expectSuccess(await bench.runtime.del(pod));
    expect(bench.bin.trace().slice(3)).toEqual(['DEL gamma net2', 'DEL beta net1', 'DEL alpha eth0']);
  });

  it('finds delegates with CNI_ARGS, netns and path of ADD when DEL brings none [CNI-072]', async () => {
    const pod = bench.freshPod();
    await bench.serve(three());
    await bench.runtime.add(pod);
    const deleted = await bench.runtime.del(pod, {
      netns: '',
      env: { CNI_ARGS: undefined, CNI_PATH: undefined },
    });
    expectSuccess(deleted);
    const dels = bench.bin.calls().filter((call) => call.verb === 'DEL');
    expect(dels.map((call) => call.name)).toEqual(['gamma', 'beta', 'alpha']);
    expect(dels.every((call) => call.env['CNI_ARGS'] === podArgs)).toBe(true);
    expect(bench.remainsOf(pod)).toEqual([]);
  });

  it('succeeds on DEL of what was never added, and of what is deleted already [CNI-070] [CNI-071]', async () => {
    const pod = bench.freshPod();
    await bench.serve(three());
    expectSuccess(await bench.runtime.del(pod));
    expect(bench.bin.trace()).toEqual([]);
    await bench.runtime.add(pod);
    expectSuccess(await bench.runtime.del(pod));
    expectSuccess(await bench.runtime.del(pod));
    expect(bench.bin.trace().filter((line) => line.startsWith('DEL'))).toHaveLength(3);
    expect(bench.remainsOf(pod)).toEqual([]);
  });

  it('tears down when namespace and agent are gone and the previous result is no result [CNI-072] [CNI-076] [CNI-079]', async () => {
    const pod = bench.freshPod();
    await bench.serve(three());
    await bench.runtime.add(pod);
    bench.node.removePod(pod);
    await bench.stopAgent();
    const deleted = await bench.runtime.del(pod, { prevResult: { cniVersion: '9.9.9', ips: 5 } });
    expectSuccess(deleted);
    expect(deleted.ms).toBeLessThan(1000);
    expect(bench.bin.trace().slice(3)).toEqual(['DEL gamma net2', 'DEL beta net1', 'DEL alpha eth0']);
    expect(bench.remainsOf(pod)).toEqual([]);
  });

  it('keeps two interfaces of one container apart [CNI-296]', async () => {
    const pod = bench.freshPod();
    await bench.withAgent(
      servePlans((request) => {
        const sandbox = sandboxOf(request);
        return planFor(sandbox, [{ ifname: sandbox.ifname, plugins: [{ type: 'alpha' }] }]);
      }),
    );
    expectSuccess(await bench.runtime.add(pod, { ifname: 'eth0' }));
    expectSuccess(await bench.runtime.add(pod, { ifname: 'eth9' }));
    expectSuccess(await bench.runtime.del(pod, { ifname: 'eth9' }));
    expect(bench.bin.trace()).toEqual(['ADD alpha eth0', 'ADD alpha eth9', 'DEL alpha eth9']);
    expectSuccess(await bench.runtime.del(pod, { ifname: 'eth0' }));
    expect(bench.remainsOf(pod)).toEqual([]);
  });

  it('forwards what delegates say on stderr [CNI-258] [CNI-019]', async () => {
    const pod = bench.freshPod();
    await bench.serve(three({ beta: ['ADD: stderr hello from beta'] }));
    const added = await bench.runtime.add(pod);
    expectSuccess(added);
    expect(added.stderr).toContain('hello from beta');
    await bench.runtime.del(pod);
  });
});
