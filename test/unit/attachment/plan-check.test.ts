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
      expect(() => checkPlan(other, context)).toThrow(
        `check the plan: it is for another sandbox (${field} "other")`,
      );
    },
  );

  it('for another sandbox is refused in few words, however long its name', () => {
    const other = { ...plan, sandbox: { ...sandbox, containerId: 'x'.repeat(200) } };
    expect(() => checkPlan(other, context)).toThrow(`(containerId "${'x'.repeat(20)}")`);
  });

  it.each(['', 'a/b', '../x', 'a b', '-a'])('with the network name %j is refused', (networkName) => {
    const step = { ...second, networkName };
    expect(reasonOf(() => checkPlan(withSteps(first, step), context))).toBe('PlanRefused');
    expect(() => checkPlan(withSteps(first, step), context)).toThrow('check the plan: its CNI name ');
  });

  it.each([
    { resource: '', id: 'x' },
    { resource: 'intel.com/sriov', id: '' },
    { resource: 'intel.com/sriov', id: 'a\nb' },
    { resource: 'intel.com/\x7f', id: 'x' },
  ])('with the device %j is refused, because its name becomes that of a file', (device) => {
    const step = { ...second, device };
    expect(reasonOf(() => checkPlan(withSteps(first, step), context))).toBe('PlanRefused');
    expect(() => checkPlan(withSteps(first, step), context)).toThrow('its device "');
  });

  it('with a device passes, and one with a long name that is none is refused in few words', () => {
    const device = { resource: 'intel.com/sriov', id: '0000:18:02.5' };
    expect(() => checkPlan(withSteps(first, { ...second, device }), context)).not.toThrow();
    const long = { resource: 'r'.repeat(50), id: `${'i'.repeat(50)}\0` };
    expect(() => checkPlan(withSteps(first, { ...second, device: long }), context)).toThrow(
      `its device "${'r'.repeat(50)} ${'i'.repeat(9)}" is no name`,
    );
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
    expect(() => checkPlan(attachments(33), context)).toThrow('it has 33 attachments, the limit is 32');
  });

  it.each(['', '.', '..', 'a/b', '/bin/sh', '../sh', 'a\0b', '/'.repeat(99)])(
    'that calls the plugin %j is refused',
    (type) => {
      const step = { ...first, plugins: [{ type, config: '{}' }] };
      expect(reasonOf(() => checkPlan(withSteps(step), context))).toBe('PlanRefused');
      const shown = type.slice(0, 40).replace('\0', ' ');
      expect(() => checkPlan(withSteps(step), context)).toThrow(`"${shown}" is no bare file name`);
    },
  );

  it('that calls weft itself is refused [CNI-453]', () => {
    const step = { ...first, plugins: [{ type: 'weft', config: '{}' }] };
    expect(reasonOf(() => checkPlan(withSteps(step), context))).toBe('PlanRefused');
    expect(() => checkPlan(withSteps(step), context)).toThrow('it calls weft itself');
  });

  it('that calls weft itself somewhere in a chain is refused', () => {
    const step = { ...second, plugins: [...second.plugins, { type: 'weft', config: '{}' }] };
    expect(reasonOf(() => checkPlan(withSteps(first, step), context))).toBe('PlanRefused');
  });

  it.each([
    ['without steps', withSteps(), 'it has no default network'],
    ['with a default route alone', withSteps(route), 'it has no default network'],
    [
      'whose default network is second',
      withSteps({ ...first, isDefault: false }, { ...second, isDefault: true }),
      'its default network is not its first step',
    ],
    ['without a default network', withSteps({ ...first, isDefault: false }), 'is not its first step'],
    ['with two default networks', withSteps(first, { ...second, isDefault: true }), 'is not its first step'],
    [
      'whose default network has another interface name',
      withSteps({ ...first, ifname: 'eth9' }),
      'its default network has another interface name',
    ],
    ['with a step twice', withSteps(first, { ...second, id: first.id }), `step ${first.id} appears twice`],
    ['with a chain without plugins', withSteps({ ...first, plugins: [] }), 'calls no plugin'],
    ['that routes over an interface that nothing makes', withSteps(first, route), 'routes over net1, which'],
    ['that routes before the interface is made', withSteps(first, route, second), 'routes over net1, which'],
    [
      'with an interface name of 16 bytes',
      withSteps(first, { ...second, ifname: 'abcdefghijklmnop' }),
      `interface of step ${second.id}`,
    ],
    [
      'with an interface name that is a path',
      withSteps(first, { ...second, ifname: 'a/b' }),
      `interface of step ${second.id}`,
    ],
  ])('%s is refused', (_, bad, words) => {
    expect(reasonOf(() => checkPlan(bad, context))).toBe('PlanRefused');
    expect(() => checkPlan(bad, context)).toThrow(words);
  });

  it('with an interface name twice is refused and names the network', () => {
    const twice = withSteps(first, { ...second, ifname: 'eth0', network: 'ns1/net-b' });
    expect(reasonOf(() => checkPlan(twice, context))).toBe('DuplicateInterface');
    expect(() => checkPlan(twice, context)).toThrow(
      'ns1/net-b: interface eth0 is taken by an earlier attachment',
    );
  });
});
