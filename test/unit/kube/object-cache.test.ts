import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Delivery, ObjectCache } from '../../../src/kube/object-cache.ts';
import { dataOf, type ObjectSpec, rawObject } from './objects.ts';

/** One thing that happens to a cache. */
type Action =
  | { readonly type: 'put'; readonly spec: ObjectSpec }
  | { readonly type: 'remove'; readonly spec: ObjectSpec }
  | { readonly type: 'relist'; readonly specs: readonly ObjectSpec[] }
  | { readonly type: 'abandoned list'; readonly specs: readonly ObjectSpec[] };

const spec: fc.Arbitrary<ObjectSpec> = fc.record({
  name: fc.constantFrom('a', 'b', 'c', 'd'),
  uid: fc.constantFrom('1', '2'),
  version: fc.integer({ min: 1, max: 9 }),
  data: fc.constantFrom('x', 'y'),
});
const specs = fc.uniqueArray(spec, { selector: ({ name }) => name });
const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ type: fc.constant('put' as const), spec }),
  fc.record({ type: fc.constant('remove' as const), spec }),
  fc.record({ type: fc.constantFrom('relist' as const, 'abandoned list' as const), specs }),
);

function perform(cache: ObjectCache<string>, step: Action): readonly Delivery<string>[] {
  if (step.type === 'put') return cache.put(rawObject(step.spec));
  if (step.type === 'remove') return cache.remove(rawObject(step.spec));
  const list = cache.list();
  for (const entry of step.specs) list.add(rawObject(entry));
  return step.type === 'relist' ? cache.replace() : [];
}

/** What somebody knows who only listens. Fails on anything that is no news to him. */
function listen(known: Map<string, string>, deliveries: readonly Delivery<string>[]): void {
  for (const delivery of deliveries) {
    const before = known.get(delivery.key);
    if (delivery.type === 'added') expect(before).toBeUndefined();
    else expect(before).toBe(delivery.type === 'changed' ? delivery.old : delivery.value);
    if (delivery.type === 'changed') expect(delivery.value).not.toBe(before);
    if (delivery.type === 'removed') known.delete(delivery.key);
    else known.set(delivery.key, delivery.value);
  }
}

describe('ObjectCache', () => {
  it('whoever only listens knows at any time what the cache holds, and hears nothing twice', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 30 }), (actions) => {
        const cache = new ObjectCache(dataOf);
        const known = new Map<string, string>();
        for (const step of actions) {
          listen(known, perform(cache, step));
          expect([...known.values()].sort()).toEqual([...cache.values()].sort());
          for (const [key, value] of known) expect(cache.get(key)).toBe(value);
          expect(cache.size).toBe(known.size);
        }
      }),
    );
  });

  it('a relist of what it holds already tells nothing, whatever the versions are now', () => {
    fc.assert(
      fc.property(specs, (entries) => {
        const cache = new ObjectCache(dataOf);
        perform(cache, { type: 'relist', specs: entries });
        const renewed = entries.map((entry) => ({ ...entry, version: 100 }));
        expect(perform(cache, { type: 'relist', specs: renewed })).toEqual([]);
      }),
    );
  });

  it('tells removals of a relist first, then what came', () => {
    const cache = new ObjectCache(dataOf);
    perform(cache, {
      type: 'relist',
      specs: [
        { name: 'old', version: 1 },
        { name: 'kept', version: 2 },
      ],
    });
    const told = perform(cache, {
      type: 'relist',
      specs: [
        { name: 'new', version: 3 },
        { name: 'kept', version: 2 },
      ],
    });
    expect(told.map(({ type, key }) => `${type} ${key}`)).toEqual([
      'removed default/old',
      'added default/new',
    ]);
  });

  it('an object that was deleted and made again under its name while nobody looked is removed and added', () => {
    const cache = new ObjectCache(dataOf);
    cache.put(rawObject({ name: 'a', uid: '1', version: 1, data: 'same' }));
    const told = perform(cache, {
      type: 'relist',
      specs: [{ name: 'a', uid: '2', version: 9, data: 'same' }],
    });
    expect(told.map(({ type }) => type)).toEqual(['removed', 'added']);
  });

  it('another object is another one, whatever its version and its data are', () => {
    const cache = new ObjectCache(dataOf);
    cache.put(rawObject({ name: 'a', uid: '1', version: 'opaque', data: 'same' }));
    const told = cache.put(rawObject({ name: 'a', uid: '2', version: 'opaque', data: 'same' }));
    expect(told.map(({ type }) => type)).toEqual(['removed', 'added']);
  });

  it('does not project again what has not changed, and keeps the value itself where the projection is equal', () => {
    let projected = 0;
    const cache = new ObjectCache((object) => {
      projected += 1;
      return { data: dataOf(object) };
    });
    cache.put(rawObject({ name: 'a', version: 1, data: 'x' }));
    const value = cache.get('default/a');
    cache.put(rawObject({ name: 'a', version: 1, data: 'x' }));
    expect(projected).toBe(1);
    cache.put(rawObject({ name: 'a', version: 2, data: 'x' }));
    expect(projected).toBe(2);
    expect(cache.get('default/a')).toBe(value);
    cache.put(rawObject({ name: 'a', version: 2, data: 'x' }));
    expect(projected).toBe(2);
  });

  it('what the projection refuses does not exist', () => {
    const cache = new ObjectCache((object) => (dataOf(object) === 'no' ? undefined : dataOf(object)));
    expect(cache.put(rawObject({ name: 'a', version: 1, data: 'no' }))).toEqual([]);
    expect(cache.put(rawObject({ name: 'a', version: 2, data: 'yes' })).map(({ type }) => type)).toEqual([
      'added',
    ]);
    expect(cache.put(rawObject({ name: 'a', version: 3, data: 'no' })).map(({ type }) => type)).toEqual([
      'removed',
    ]);
    expect(cache.size).toBe(0);
  });

  it('names objects of cluster scope without a namespace', () => {
    const cache = new ObjectCache(() => 1);
    cache.put({ metadata: { name: 'default', resourceVersion: '1' } });
    expect(cache.get('default')).toBe(1);
  });
});
