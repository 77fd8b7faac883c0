import { describe, expect, it } from 'vitest';
import type { DelegateStep } from '../../../src/attachment/plan.ts';
import { checkPlanShape } from '../../../src/wire/plan-shape.ts';
import { planFor } from '../../fakes/plan.ts';
import { reasonOf } from '../attachment/reason-of.ts';
import { sandbox } from '../attachment/records.ts';

const base = planFor(
  sandbox,
  [
    { ifname: 'eth0', plugins: [{ type: 'bridge' }] },
    {
      ifname: 'net1',
      plugins: [{ type: 'macvlan' }],
      disableGC: true,
      informed: ['macvlan'],
      device: { resource: 'intel.com/sriov', id: '0000:18:02.5' },
    },
  ],
  { ifname: 'net1', gateways: ['10.0.0.1'] },
);
const nad = { namespace: 'ns1', name: 'net-a', hash: 'ff' };
const plan = {
  ...base,
  steps: base.steps.map((step, index) => (index === 1 && step.kind === 'delegate' ? withNad(step) : step)),
};

function withNad(step: DelegateStep): DelegateStep {
  return { ...step, nad, plugins: step.plugins.map((call) => ({ ...call, gcConfig: call.config })) };
}

/** Every key of the plan by its path. What is below `config` is text. */
function pathsOf(
  value: unknown,
  path: readonly (string | number)[] = [],
): readonly (readonly (string | number)[])[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => pathsOf(item, [...path, index]));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [[...path, key], ...pathsOf(inner, [...path, key])]);
}

/** A copy with one value put in place of another; undefined removes it. */
function withValue(path: readonly (string | number)[], value: unknown): unknown {
  const copy = JSON.parse(JSON.stringify(plan)) as Record<string, unknown>;
  let at = copy as Record<string | number, unknown>;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string | number, unknown>;
  const last = path.at(-1) ?? '';
  if (value === undefined) delete at[last];
  else at[last] = value;
  return copy;
}

const paths = pathsOf(plan).map((path) => ({ path, name: path.join('.') }));
/** What a plan may do without. */
const optional = [
  'pod',
  'steps.1.nad',
  'steps.1.device',
  'steps.1.disableGC',
  'steps.1.plugins.0.deviceInfoFile',
  'steps.1.plugins.0.gcConfig',
];

describe('the shape of a plan', () => {
  it('is what the fake agent sends', () => {
    expect(checkPlanShape(plan)).toEqual(plan);
    expect(paths.length).toBeGreaterThan(30);
  });

  it.each(paths)('without $name is refused, unless it is optional', ({ path, name }) => {
    const expected = optional.includes(name) ? undefined : 'AgentProtocol';
    expect(reasonOf(() => checkPlanShape(withValue(path, undefined)))).toBe(expected);
  });

  it.each(paths)('with $name of another kind is refused by its name', ({ path, name }) => {
    const field = `plan.${path.join('.')}`.replaceAll(/\.(\d+)/g, '[$1]').replace(/gateways.*/, 'gateways');
    const number = name.endsWith('deadlineMs') ? ['5', 0] : [];
    for (const wrong of [null, Number.NaN, -1, ...number]) {
      const check = (): unknown => checkPlanShape(withValue(path, wrong));
      expect(reasonOf(check), String(wrong)).toBe('AgentProtocol');
      expect(check, String(wrong)).toThrow(field);
    }
  });

  it('with one gateway of several that is no text is refused', () => {
    expect(() => checkPlanShape(withValue(['steps', 2, 'gateways'], ['10.0.0.1', 5]))).toThrow('gateways');
  });

  it('with unknown keys anywhere is read', () => {
    for (const { path } of [{ path: [] }, ...paths]) {
      const parent = path.slice(0, -1);
      expect(() => checkPlanShape(withValue([...parent, 'novelty'], { a: 1 }))).not.toThrow();
    }
  });

  it('with a step of an unknown kind is refused, because leaving it out would be a missing network', () => {
    expect(() => checkPlanShape(withValue(['steps', 1, 'kind'], 'ruleset'))).toThrow('plan.steps[1].kind');
  });

  it.each([undefined, null, 1, 'x', [], {}])('that is %j is refused', (value) => {
    expect(reasonOf(() => checkPlanShape(value))).toBe('AgentProtocol');
  });

  it('says what was being read and which part of it is no good', () => {
    expect(() => checkPlanShape([])).toThrow(/^read the plan: plan is missing or mistyped;/);
  });
});
