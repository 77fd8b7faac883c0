import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Plan } from '../../../src/attachment/plan.ts';
import { planFor } from '../../fakes/plan.ts';
import { servePlans } from '../../fakes/scripted-agent.ts';
import { expectRefusal, expectSuccess } from '../../harness/refusal.ts';
import { PluginBench, sandboxOf, three } from '../plugin/fixture.ts';

let bench: PluginBench;
beforeAll(() => {
  bench = new PluginBench();
});
afterAll(() => bench.dispose());

/** What can be wrong with a plan for three networks, in the order in which libcni looks. */
const faults = {
  plugin: { reason: 'PluginMissing', says: 'nosuch' },
  container: { reason: 'PlanRefused', says: 'containerId "another"' },
  network: { reason: 'PlanRefused', says: 'CNI name "a/b"' },
  interface: { reason: 'PlanRefused', says: 'interface of step delegate-1' },
} as const;

type Fault = keyof typeof faults;

const order = Object.keys(faults) as Fault[];

/** A good plan but for these. */
function spoilt(plan: Plan, wrong: readonly Fault[]): Plan {
  const steps = plan.steps.map((step) => {
    if (step.kind !== 'delegate' || step.ifname !== 'net1') return step;
    return {
      ...step,
      ...(wrong.includes('plugin') && { plugins: [{ type: 'nosuch', config: '{}' }] }),
      ...(wrong.includes('network') && { networkName: 'a/b' }),
      ...(wrong.includes('interface') && { ifname: 'a b' }),
    };
  });
  const containerId = wrong.includes('container') ? 'another' : plan.sandbox.containerId;
  return { ...plan, sandbox: { ...plan.sandbox, containerId }, steps };
}

function serveSpoilt(wrong: readonly Fault[]): Promise<unknown> {
  return bench.withAgent(servePlans((request) => spoilt(planFor(sandboxOf(request), three()), wrong)));
}

describe('before ADD runs anything', () => {
  it.each(order.map((fault, index) => [fault, order.slice(index)] as const))(
    'the %s is refused first where also everything behind it is wrong: plugin, container ID, network name, interface name [CNI-281]',
    async (fault, wrong) => {
      await serveSpoilt(wrong);
      const pod = bench.freshPod();
      const { reason, says } = faults[fault];
      expectRefusal(await bench.runtime.add(pod), { reason, names: [says] });
      expectSuccess(await bench.runtime.del(pod));
      expect(bench.bin.trace()).toEqual([]);
    },
  );

  it('nothing is wrong with the plan that the others are made of [CNI-281]', async () => {
    await serveSpoilt([]);
    const pod = bench.freshPod();
    expectSuccess(await bench.runtime.add(pod));
    expect(bench.bin.trace()).toEqual(['ADD alpha eth0', 'ADD beta net1', 'ADD gamma net2']);
    expectSuccess(await bench.runtime.del(pod));
  });

  it("the runtime's own container ID and interface are judged with code 4, a plugin being there or not [CNI-281]", async () => {
    await serveSpoilt(['plugin']);
    const pod = bench.freshPod();
    for (const [variable, value] of [
      ['CNI_CONTAINERID', ''],
      ['CNI_CONTAINERID', 'a/b'],
      ['CNI_IFNAME', 'a b'],
    ] as const) {
      const call = await bench.runtime.add(pod, { env: { [variable]: value } });
      expectRefusal(call, { reason: 'InvalidEnvironment', code: 4, names: [variable] });
    }
    expect(bench.bin.trace()).toEqual([]);
  });
});
