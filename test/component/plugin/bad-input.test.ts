import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Plan } from '../../../src/attachment/plan.ts';
import { type FakeAttachment, planFor } from '../../fakes/plan.ts';
import { refuseAll, servePlans } from '../../fakes/scripted-agent.ts';
import { expectRefusal, expectSuccess } from '../../harness/refusal.ts';
import { mustRun } from '../../harness/run.ts';
import type { Pod } from '../../harness/sandbox.ts';
import { PluginBench, sandboxOf, three } from './fixture.ts';

let bench: PluginBench;
beforeAll(() => {
  bench = new PluginBench();
});
afterAll(() => bench.dispose());

/** The runtime's DEL after a refused ADD runs nothing and leaves nothing. */
async function expectNothingLeft(pod: Pod): Promise<void> {
  bench.bin.clearLog();
  expectSuccess(await bench.runtime.del(pod));
  expect(bench.bin.trace()).toEqual([]);
  expect(bench.remainsOf(pod)).toEqual([]);
  expect(bench.resourcesOf(pod)).toEqual([]);
}

/** Serves the plan that `change` makes of a good one. */
function serveChanged(change: (plan: Plan) => unknown): Promise<unknown> {
  return bench.withAgent(servePlans((request) => change(planFor(sandboxOf(request), three())) as Plan));
}

describe('a refusal by the agent', () => {
  it('reaches the runtime with its code, message and reason, and nothing is run', async () => {
    const msg = 'network test/nope, read the annotation: it does not exist; create it or correct its name';
    await bench.withAgent(refuseAll(7, msg, 'reason=NetworkNotFound'));
    const pod = bench.freshPod();
    const error = expectRefusal(await bench.runtime.add(pod), { reason: 'NetworkNotFound' });
    expect(error.msg).toBe(msg);
    expect(bench.bin.trace()).toEqual([]);
    await expectNothingLeft(pod);
  });

  it('is cut to a message that a person can read, whatever the agent sent', async () => {
    await bench.withAgent(
      refuseAll(7, `network a\n\u001b[31m${'x'.repeat(5000)}; y`, 'reason=NetworkInvalid'),
    );
    const pod = bench.freshPod();
    const call = await bench.runtime.add(pod);
    expect(call.error?.code).toBe(7);
    expect(call.error?.msg.length).toBeLessThan(300);
    expect(call.error?.msg).not.toMatch(/[\u0000-\u001f]/);
    await expectNothingLeft(pod);
  });
});

describe('a plan that does not fit the request', () => {
  const netnsOther = '/run/netns/somebody-else';
  it.each<[string, (plan: Plan) => unknown]>([
    ['another container', (plan) => ({ ...plan, sandbox: { ...plan.sandbox, containerId: 'other' } })],
    ['another namespace', (plan) => ({ ...plan, sandbox: { ...plan.sandbox, netns: netnsOther } })],
    ['another interface', (plan) => ({ ...plan, sandbox: { ...plan.sandbox, ifname: 'eth7' } })],
    ['no attachment', (plan) => ({ ...plan, steps: [] })],
    ['a plugin with a path', (plan) => withPlugin(plan, '../bin/alpha')],
    ['a plugin that is a directory', (plan) => withPlugin(plan, '..')],
    ['a plugin without a name', (plan) => withPlugin(plan, '')],
    ['weft itself as plugin [CNI-453]', (plan) => withPlugin(plan, 'weft')],
    ['33 attachments', (plan) => planFor(plan.sandbox, many(33))],
    [
      'an interface name of 16 bytes',
      (plan) => planFor(plan.sandbox, [...three(), other('abcdefghijklmnop')]),
    ],
    ['an interface name with a slash', (plan) => planFor(plan.sandbox, [...three(), other('a/b')])],
    ['a default network that is not first', (plan) => ({ ...plan, steps: [...plan.steps].reverse() })],
    ['a default network on another interface', (plan) => planFor(plan.sandbox, [other('eth5')])],
  ])('is refused before anything runs: %s', async (_what, change) => {
    await serveChanged(change);
    const pod = bench.freshPod();
    expectRefusal(await bench.runtime.add(pod), { reason: 'PlanRefused' });
    expect(bench.bin.trace()).toEqual([]);
    await expectNothingLeft(pod);
  });

  it('is refused when two attachments want one interface, naming network and interface', async () => {
    await bench.serve([...three(), { ...other('net1'), network: 'prod/second' }]);
    const pod = bench.freshPod();
    expectRefusal(await bench.runtime.add(pod), {
      reason: 'DuplicateInterface',
      names: ['prod/second', 'net1'],
    });
    expect(bench.bin.trace()).toEqual([]);
    await expectNothingLeft(pod);
  });

  it('may have 32 attachments', async () => {
    await bench.serve(many(32));
    const pod = bench.freshPod();
    expectSuccess(await bench.runtime.add(pod));
    expectSuccess(await bench.runtime.del(pod));
    expect(bench.bin.trace()).toHaveLength(64);
    expect(bench.remainsOf(pod)).toEqual([]);
  });
});

describe('an interface name that is taken in the sandbox [CNI-052] [NPWG-111]', () => {
  it.each(['eth0', 'net1', 'net2'])(
    'refuses ADD for %s, and DEL leaves the stranger alone',
    async (ifname) => {
      await bench.serve(three());
      const pod = bench.freshPod();
      mustRun(['ip', '-n', pod.netnsName, 'link', 'add', ifname, 'type', 'veth', 'peer', 'name', 'stranger']);
      const network = three().findIndex((attachment) => attachment.ifname === ifname);
      expectRefusal(await bench.runtime.add(pod), {
        reason: 'InterfaceTaken',
        names: [`test/net-${three()[network]?.ifname}`, ifname],
      });
      expect(bench.bin.trace()).toEqual([]);
      await expectNothingLeft(pod);
      expect(mustRun(['ip', '-n', pod.netnsName, '-br', 'link', 'show', ifname])).toContain(ifname);
    },
  );
});

describe('a plugin that cannot be run', () => {
  it('is refused by name when it is missing, and nothing stays attached', async () => {
    await bench.serve([...three(), { ifname: 'net3', network: 'prod/lost', plugins: [{ type: 'nosuch' }] }]);
    const pod = bench.freshPod();
    expectRefusal(await bench.runtime.add(pod), {
      reason: 'PluginMissing',
      names: ['prod/lost', 'ADD net3', 'nosuch'],
    });
    expect(bench.resourcesOf(pod)).toEqual([]);
    await expectNothingLeft(pod);
  });

  it.each<[string, string, number]>([
    ['not executable', '#!/bin/sh\n', 0o644],
    ['a script without its interpreter [CNI-261]', '#!/no/such/interpreter\n', 0o755],
    ['not a program', 'hello', 0o755],
    ['empty', '', 0o755],
  ])('is refused by name when it is %s', async (_what, content, mode) => {
    const path = join(bench.node.dirs.bin, 'broken');
    writeFileSync(path, content);
    chmodSync(path, mode);
    await bench.serve([...three(), { ifname: 'net3', network: 'prod/lost', plugins: [{ type: 'broken' }] }]);
    const pod = bench.freshPod();
    expectRefusal(await bench.runtime.add(pod), {
      reason: 'PluginNotRunnable',
      names: ['prod/lost', 'ADD net3', 'broken'],
    });
    expect(bench.resourcesOf(pod)).toEqual([]);
    expectSuccess(await bench.runtime.del(pod));
    expect(bench.remainsOf(pod)).toEqual([]);
  });
});

function withPlugin(plan: Plan, type: string): unknown {
  const steps = plan.steps.map((step) =>
    step.kind === 'delegate' && step.ifname === 'net2'
      ? { ...step, plugins: [{ type, config: '{}' }] }
      : step,
  );
  return { ...plan, steps };
}

function other(ifname: string): FakeAttachment {
  return { ifname, plugins: [{ type: 'delta' }] };
}

function many(count: number): readonly FakeAttachment[] {
  return Array.from({ length: count }, (_, index) => other(index === 0 ? 'eth0' : `net${index}`));
}
