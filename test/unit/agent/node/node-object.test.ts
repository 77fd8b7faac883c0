import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Complaint } from '../../../../src/agent/complaint.ts';
import type { NodeCounts, NodeState } from '../../../../src/agent/node/node-facts.ts';
import {
  type FoundNode,
  isAsWanted,
  nodeObject,
  nodeStatus,
  projectNode,
} from '../../../../src/agent/node/node-object.ts';
import type { Condition } from '../../../../src/api/condition.schema.ts';
import { weftNodeSchema } from '../../../../src/api/weft-node.schema.ts';
import { parseWeftNode, type WeftNodeStatus } from '../../../../src/api/weft-node.ts';
import type { RawObject } from '../../../../src/kube/raw-object.ts';

const node = { name: 'node-a', uid: 'u-1' };

/** Plain objects, as JSON gives them. */
function recordOf<T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record<T>(model, { noNullPrototype: true });
}

const word = fc.stringMatching(/^[a-z][a-z0-9]{0,9}$/);
const complaint: fc.Arbitrary<Complaint> = recordOf({
  reason: fc.constantFrom('NotFirst', 'NotInstalled', 'DefaultNetworkMissing'),
  message: fc.string({ maxLength: 400 }),
});
const state: fc.Arbitrary<NodeState> = recordOf({
  version: word,
  defaultNetwork: fc.option(recordOf({ name: word, source: word }), { nil: undefined }),
  conf: fc.oneof(
    fc.constant({ first: true }),
    fc.array(word, { minLength: 1 }).map((remove) => ({ first: false, remove })),
  ),
  complaints: fc.array(complaint, { maxLength: 5 }),
  warnings: fc.array(fc.string({ maxLength: 400 }), { maxLength: 5 }),
});
const counts: fc.Arbitrary<NodeCounts> = recordOf({
  plugins: fc.array(word).map((types) => ({ count: types.length, types })),
  links: fc.uniqueArray(word).map((names) => names.map((name) => ({ name }))),
  attachments: fc.nat().map((count) => ({ count, outdated: 0 })),
  leftovers: fc.nat().map((count) => ({ count })),
});
/** Wall clock. */
const time = fc.integer({ min: 1_700_000_000_000, max: 1_900_000_000_000 });

/** As the API server gives it back. */
function stored(status: WeftNodeStatus): FoundNode {
  const metadata = { resourceVersion: '1' };
  const object = nodeObject(node, status) as { metadata: object };
  const raw = { ...object, metadata: { ...object.metadata, ...metadata } };
  return projectNode(JSON.parse(JSON.stringify(raw)) as RawObject);
}

function ofType(status: WeftNodeStatus, type: string): Condition | undefined {
  return status.conditions?.find((one) => one.type === type);
}

describe('the object of a node', () => {
  it('is one that its schema, its validator and the limits of conditions take', () => {
    fc.assert(
      fc.property(state, counts, time, (said, counted, now) => {
        const object = nodeObject(node, nodeStatus(said, counted, undefined, now));
        expect(weftNodeSchema.safeParse(object).error).toBeUndefined();
        expect(parseWeftNode(object)).toBe(object);
      }),
    );
  });

  it('is as wanted once it is written, at whatever time, and not before', () => {
    fc.assert(
      fc.property(state, counts, time, time, (said, counted, first, later) => {
        const status = nodeStatus(said, counted, undefined, first);
        expect(isAsWanted(node, status, undefined)).toBe(false);
        const found = stored(status);
        expect(isAsWanted(node, nodeStatus(said, counted, found, later), found)).toBe(true);
        expect(isAsWanted({ ...node, uid: 'u-2' }, status, found)).toBe(false);
      }),
    );
  });

  it('differs as soon as anything that is said does', () => {
    fc.assert(
      fc.property(state, counts, state, time, (said, counted, next, now) => {
        const found = stored(nodeStatus(said, counted, undefined, now));
        const wanted = nodeStatus(next, counted, found, now + 60_000);
        const again = stored(wanted);
        expect(isAsWanted(node, wanted, found)).toBe(
          JSON.stringify(sorted(found.status)) === JSON.stringify(sorted(again.status)),
        );
      }),
    );
  });

  it('moves the time of a condition with its status only', () => {
    fc.assert(
      fc.property(state, state, counts, time, time, (said, next, counted, first, later) => {
        const found = stored(nodeStatus(said, counted, undefined, first));
        const status = nodeStatus(next, counted, found, later);
        for (const type of ['Ready', 'Degraded']) {
          const old = ofType(found.status, type);
          const now = ofType(status, type);
          const same = old?.status === now?.status;
          expect(now?.lastTransitionTime).toBe(same ? old?.lastTransitionTime : rfc3339(later));
        }
      }),
    );
  });

  it('is Ready unless there is a complaint, whose first gives the reason', () => {
    fc.assert(
      fc.property(state, counts, time, (said, counted, now) => {
        const ready = ofType(nodeStatus(said, counted, undefined, now), 'Ready');
        const [first] = said.complaints;
        expect([ready?.status, ready?.reason]).toEqual(
          first === undefined ? ['True', 'Ready'] : ['False', first.reason],
        );
      }),
    );
  });

  it('does not look at conditions of others', () => {
    const said: NodeState = {
      version: '1',
      defaultNetwork: undefined,
      conf: { first: true },
      complaints: [],
      warnings: [],
    };
    const counted: NodeCounts = {
      plugins: { count: 0, types: [] },
      links: [],
      attachments: { count: 0, outdated: 0 },
      leftovers: { count: 0 },
    };
    const status = nodeStatus(said, counted, undefined, 0);
    const theirs = {
      type: 'Theirs',
      status: 'True',
      reason: 'A',
      message: '',
      lastTransitionTime: '',
    } as const;
    const found = stored({ ...status, conditions: [theirs, ...(status.conditions ?? [])] });
    expect(isAsWanted(node, nodeStatus(said, counted, found, 9_000), found)).toBe(true);
  });

  it('has no owner where the uid of the Node is not known', () => {
    expect(nodeObject({ name: 'a', uid: undefined }, {})).toMatchObject({ metadata: { name: 'a' } });
    expect(nodeObject({ name: 'a', uid: undefined }, {})).not.toHaveProperty('metadata.ownerReferences');
  });
});

function rfc3339(at: number): string {
  return new Date(Math.floor(at / 1000) * 1000).toISOString().replace('.000Z', 'Z');
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, one]) => [key, sorted(one)]));
}
