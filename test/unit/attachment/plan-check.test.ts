import { describe, expect, it } from 'vitest';
import type { DelegateStep, Plan, Step } from '../../../src/attachment/plan.ts';
import { checkPlan } from '../../../src/attachment/plan-check.ts';
import { WeftError } from '../../../src/errors/weft-error.ts';
import { planFor } from '../../fakes/plan.ts';
import { reasonOf } from './reason-of.ts';
import { sandbox } from './records.ts';

const context = { sandbox, ownType: 'weft' };
const bridge = { type: 'bridge' };
const plan = planFor(
  sandbox,
  [
    { ifname: 'eth0', plugins: [bridge] },
    { ifname: 'net1', plugins: [bridge] },
  ],
  { ifname: 'net1', gateways: [] },
);

const [first, second, route] = plan.steps as readonly [DelegateStep, DelegateStep, Step];

/** The plan with other steps. */
function withSteps(...steps: readonly Step[]): Plan {
  return { ...plan, steps };
}

function attachments(count: number): Plan {
  return planFor(
    sandbox,
    Array.from({ length: count }, (_, index) => ({
      ifname: index === 0 ? 'eth0' : `net${index}`,
      plugins: [bridge],
    })),
  );
}

describe('a plan', () => {
  it('for this sandbox passes', () => {
    expect(() => checkPlan(plan, context)).not.toThrow();
  });

  it.each(['containerId', 'ifname', 'netns'] as const)(
    'for another sandbox by its %s is refused',
    (field) => {
      const other = { ...plan, sandbox: { ...sandbox, [field]: 'other' } };
      expect(reasonOf(() => checkPlan(other, context))).toBe('PlanRefused');
    },
  );

  it.each(['', 'a/b', '../x', 'a b', '-a'])('with the network name %j is refused', (networkName) => {
    const step = { ...second, networkName };
    expect(reasonOf(() => checkPlan(withSteps(first, step), context))).toBe('PlanRefused');
  });

  it('is searched for its plugins behind the check of their types and before that of the names', () => {
    const missing = (): never => {
      throw new WeftError('PluginMissing', { cause: 'x' });
    };
    const bare = { ...second, plugins: [{ type: 'a/b', config: '{}' }] };
    const named = { ...second, networkName: 'a/b' };
    const looking = { ...context, lookForPlugins: missing };
    expect(reasonOf(() => checkPlan(withSteps(first, bare), looking))).toBe('PlanRefused');
    expect(reasonOf(() => checkPlan(withSteps(first, named), looking))).toBe('PluginMissing');
  });

  it('of 32 attachments passes, of 33 is refused', () => {
    expect(() => checkPlan(attachments(32), context)).not.toThrow();
    expect(reasonOf(() => checkPlan(attachments(33), context))).toBe('PlanRefused');
  });

  it.each(['', '.', '..', 'a/b', '/bin/sh', '../sh', 'a\0b'])(
    'that calls the plugin %j is refused',
    (type) => {
      const step = { ...first, plugins: [{ type, config: '{}' }] };
      expect(reasonOf(() => checkPlan(withSteps(step), context))).toBe('PlanRefused');
    },
  );

  it('that calls weft itself is refused [CNI-453]', () => {
    const step = { ...first, plugins: [{ type: 'weft', config: '{}' }] };
    expect(reasonOf(() => checkPlan(withSteps(step), context))).toBe('PlanRefused');
  });

  it('that calls weft itself somewhere in a chain is refused', () => {
    const step = { ...second, plugins: [...second.plugins, { type: 'weft', config: '{}' }] };
    expect(reasonOf(() => checkPlan(withSteps(first, step), context))).toBe('PlanRefused');
  });

  it.each([
    ['without steps', withSteps()],
    ['with a default route alone', withSteps(route)],
    [
      'whose default network is second',
      withSteps({ ...first, isDefault: false }, { ...second, isDefault: true }),
    ],
    ['with two default networks', withSteps(first, { ...second, isDefault: true })],
    ['whose default network has another interface name', withSteps({ ...first, ifname: 'eth9' })],
    ['with a step twice', withSteps(first, { ...second, id: first.id })],
    ['with a chain without plugins', withSteps({ ...first, plugins: [] })],
    ['that routes over an interface that nothing makes', withSteps(first, route)],
    ['that routes before the interface is made', withSteps(first, route, second)],
    ['with an interface name of 16 bytes', withSteps(first, { ...second, ifname: 'abcdefghijklmnop' })],
    ['with an interface name that is a path', withSteps(first, { ...second, ifname: 'a/b' })],
  ])('%s is refused', (_, bad) => {
    expect(reasonOf(() => checkPlan(bad, context))).toBe('PlanRefused');
  });

  it('with an interface name twice is refused and names the network', () => {
    const twice = withSteps(first, { ...second, ifname: 'eth0', network: 'ns1/net-b' });
    expect(reasonOf(() => checkPlan(twice, context))).toBe('DuplicateInterface');
    expect(() => checkPlan(twice, context)).toThrow('ns1/net-b');
  });
});
