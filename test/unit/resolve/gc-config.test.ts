import { describe, expect, it } from 'vitest';
import { type DelegateStep, delegatesOf } from '../../../src/attachment/plan.ts';
import { parseNetwork } from '../../../src/cni/network-list.ts';
import { defaultSteps } from '../../../src/resolve/delegate-step.ts';
import { resolve } from '../../../src/resolve/resolve.ts';
import { snapshotOf } from './snapshots.ts';

const chain = [
  { type: 'macvlan', capabilities: { mac: true }, args: { cni: { own: 1, both: 'the network' } } },
  { type: 'tuning' },
];

/** The additional step of a pod that asks for a MAC and hands arguments over. */
function stepOf(network: Readonly<Record<string, unknown>>, asking: object = {}): DelegateStep | undefined {
  const networks = [{ name: 'a', ...asking }];
  const plan = resolve(snapshotOf({ networks, nads: { 'ns1/a': { plugins: chain, ...network } } }));
  return delegatesOf(plan.steps)[1];
}

const asking = { mac: '02:00:00:00:00:07', 'cni-args': { both: 'the pod' } };

describe('what a plan carries for GC', () => {
  it('is the configuration without what the pod asked for [CNI-227]', () => {
    const [first, second] = stepOf({ cniVersion: '1.1.0' }, asking)?.plugins ?? [];
    expect(JSON.parse(first?.config ?? '')).toMatchObject({
      args: { cni: { own: 1, both: 'the pod' } },
      runtimeConfig: { mac: '02:00:00:00:00:07' },
    });
    expect(JSON.parse(first?.gcConfig ?? '')).toEqual({
      cniVersion: '1.1.0',
      name: 'a',
      type: 'macvlan',
      args: { cni: { own: 1, both: 'the network' } },
    });
    expect(JSON.parse(second?.config ?? '')).toHaveProperty('args.cni.both', 'the pod');
    expect(second?.gcConfig).toBe('{"type":"tuning","name":"a","cniVersion":"1.1.0"}');
  });

  it('is nothing for a plugin that gets nothing of what the pod asked for', () => {
    const [first, second] = stepOf({ cniVersion: '1.1.0' }, { mac: asking.mac })?.plugins ?? [];
    expect(first).toHaveProperty('gcConfig');
    expect(second).not.toHaveProperty('gcConfig');
  });

  it('is nothing where the pod asked for nothing, below 1.1.0, and with disableGC', () => {
    const steps = [
      stepOf({ cniVersion: '1.1.0' }),
      stepOf({ cniVersion: '1.0.0' }, asking),
      stepOf({ cniVersion: '1.1.0', disableGC: true }, asking),
    ];
    for (const step of steps) {
      expect(step?.plugins).toHaveLength(2);
      for (const call of step?.plugins ?? []) expect(call).not.toHaveProperty('gcConfig');
    }
  });

  it('is the same for one pod after another', () => {
    const before = stepOf({ cniVersion: '1.1.0' }, asking);
    const plain = stepOf({ cniVersion: '1.1.0' });
    expect(plain?.plugins.map(({ config }) => config)).toEqual(
      before?.plugins.map(({ gcConfig }) => gcConfig),
    );
  });

  it('is that the list wants no GC [CNI-311]', () => {
    expect(stepOf({ cniVersion: '1.1.0', disableGC: true })?.disableGC).toBe(true);
    expect(stepOf({ cniVersion: '1.1.0', disableGC: 'true' })?.disableGC).toBe(true);
    expect(stepOf({ cniVersion: '1.1.0' })).not.toHaveProperty('disableGC');
  });

  it('is in node.json for the default network', () => {
    const list = { cniVersion: '1.1.0', name: 'pods', disableGC: true, plugins: chain };
    const [step] = defaultSteps(parseNetwork(JSON.stringify(list), 'a list'), '', 1000);
    expect(step?.disableGC).toBe(true);
  });
});
