import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { delegatesOf, maxAttachments, type Plan } from '../../../src/attachment/plan.ts';
import { checkPlan } from '../../../src/attachment/plan-check.ts';
import { getMember, members, removeMember } from '../../../src/cni/splice.ts';
import { WeftError } from '../../../src/errors/weft-error.ts';
import { resolve } from '../../../src/resolve/resolve.ts';
import { resultOrRefusal } from '../../harness/thrown.ts';
import { snapshotOf } from './snapshots.ts';

/** Names that meet the generated ones often. */
const ifname = fc.oneof(
  fc.integer({ min: 0, max: 12 }).map((number) => `net${number}`),
  fc.constantFrom('eth0', 'x0', 'x1'),
);
const element = fc.record(
  { name: fc.constantFrom('a', 'b', 'c'), interface: ifname },
  { requiredKeys: ['name'] },
);
const elements = fc.array(element, { maxLength: 40 });
const nads = { 'ns1/a': { type: 'x' }, 'ns1/b': { type: 'y' }, 'ns1/c': { plugins: [{ type: 'z' }] } };

type Element = { name: string; interface?: string };

function planOf(networks: readonly Element[], own = 'eth0'): Plan | WeftError {
  return resultOrRefusal(() => resolve(snapshotOf({ networks, nads, ifname: own })));
}

/** Why there can be no plan for these, by the rules alone. */
function expectedRefusal(networks: readonly Element[], own: string): string | undefined {
  if (networks.length + 1 > maxAttachments) return 'TooManyAttachments';
  const asked = networks.flatMap((network) => network.interface ?? []);
  return new Set([...asked, own]).size < asked.length + 1 ? 'DuplicateInterface' : undefined;
}

/** Fails unless the plan has what was asked for, in order, under unique names. */
function expectPlan(plan: Plan, networks: readonly Element[], own: string): void {
  const [first, ...others] = delegatesOf(plan.steps);
  expect(first).toMatchObject({ isDefault: true, ifname: own });
  expect(others.map(({ network }) => network)).toEqual(networks.map(({ name }) => `ns1/${name}`));
  const names = others.map(({ ifname }) => ifname);
  expect(new Set([own, ...names]).size).toBe(networks.length + 1);
  const generated = names.filter((_, index) => networks[index]?.interface === undefined);
  expect(names).toEqual(networks.map((network, index) => network.interface ?? names[index]));
  expect(generated.every((name) => /^net[1-9][0-9]*$/.test(name))).toBe(true);
  expect(() => checkPlan(plan, { sandbox: plan.sandbox, ownType: 'weft' })).not.toThrow();
}

function text(plan: Plan | WeftError): string {
  return plan instanceof WeftError ? plan.message : JSON.stringify(plan);
}

describe('every plan', () => {
  it('has unique names, annotation order and at most 32 attachments, or says why not [NPWG-108]', () => {
    fc.assert(
      fc.property(elements, fc.constantFrom('eth0', 'net1'), (networks, own) => {
        const plan = planOf(networks, own);
        expect(plan instanceof WeftError ? plan.reason : undefined).toBe(expectedRefusal(networks, own));
        if (!(plan instanceof WeftError)) expectPlan(plan, networks, own);
      }),
    );
  });

  it('gives a generated name its position where nobody asked for that name [NPWG-109]', () => {
    fc.assert(
      fc.property(
        fc.array(fc.option(fc.constantFrom('x', 'y'), { nil: undefined }), { maxLength: 20 }),
        (wishes) => {
          const networks = wishes.map((wish, index) =>
            wish === undefined ? { name: 'a' } : { name: 'a', interface: `${wish}${index}` },
          );
          const plan = planOf(networks);
          if (plan instanceof WeftError) throw plan;
          const names = delegatesOf(plan.steps).map((step) => step.ifname);
          expect(names).toEqual(['eth0', ...networks.map((n, index) => n.interface ?? `net${index + 1}`)]);
        },
      ),
    );
  });

  it('is the same for the same snapshot', () => {
    fc.assert(
      fc.property(elements, (networks) => {
        expect(text(planOf(networks))).toBe(text(planOf(networks)));
      }),
    );
  });

  it('takes nothing of its own from a configuration: a key that CNI does not know changes that text alone [NPWG-009]', () => {
    const plain = { type: 'x', capabilities: { mac: true } };
    const planWith = (config: object): Plan =>
      resolve(snapshotOf({ networks: [{ name: 'n', mac: '02:00:00:00:00:01' }], nads: { 'ns1/n': config } }));
    const masked = (plan: Plan): unknown =>
      JSON.parse(
        JSON.stringify(plan, (key, value: unknown) => (key === 'config' || key === 'hash' ? '' : value)),
      );
    const key = fc.oneof(
      fc.constantFrom('weft', 'weft.dev/interface', 'interface', 'default-route', 'namespace', 'deadlineMs'),
      fc.string().map((text) => `x${text}`),
    );
    fc.assert(
      fc.property(key, fc.jsonValue(), (name, value) => {
        expect(masked(planWith({ ...plain, [name]: value }))).toEqual(masked(planWith(plain)));
      }),
    );
  });

  it("keeps every other member of a NAD's text byte for byte, in its order [CNI-214]", () => {
    const number = fc.bigInt({ min: 0n, max: 2n ** 80n }).map(String);
    const value = fc.oneof(
      number,
      fc.json(),
      fc.json().map((text) => ` ${text}\n`),
    );
    const key = fc.string({ unit: 'grapheme' }).map((text) => `k-${text}`);
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(key, value), { selector: ([name]) => name }), (pairs) => {
        const body = pairs.map(([name, text]) => `${JSON.stringify(name)} :${text}`).join(',\t');
        const text = `{"type":"x"${pairs.length === 0 ? '' : ','}${body}}`;
        const plan = resolve(snapshotOf({ networks: 'n', nads: { 'ns1/n': text } }));
        const config = delegatesOf(plan.steps)[1]?.plugins[0]?.config ?? '';
        expect(getMember(config, 'name')).toBe('"n"');
        expect(getMember(config, 'cniVersion')).toBe('"1.0.0"');
        const rest = removeMember(removeMember(config, 'name'), 'cniVersion');
        expect(members(rest)).toEqual(members(text));
      }),
    );
  });

  it('of an arbitrary annotation fails with WeftError only', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (networks) => {
        const snapshot = snapshotOf({ networks, nads });
        expect(() => resultOrRefusal(() => resolve(snapshot))).not.toThrow();
      }),
    );
  });
});
