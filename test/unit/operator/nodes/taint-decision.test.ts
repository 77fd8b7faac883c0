import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type TaintFacts, taintDecision } from '../../../../src/operator/nodes/taint-decision.ts';

const graceMs = 30_000;
const facts: fc.Arbitrary<TaintFacts> = fc.record({
  enabled: fc.boolean(),
  reported: fc.boolean(),
  awayMs: fc.option(fc.integer({ min: 0, max: 3 * graceMs }), { nil: undefined }),
  seen: fc.boolean(),
  tainted: fc.boolean(),
});

/** Whether the node has the taint once the decision is carried out. */
function taintedAfter({ tainted }: TaintFacts, { change }: ReturnType<typeof taintDecision>): boolean {
  return change === 'none' ? tainted : change === 'add';
}

describe('taintDecision', () => {
  it('taints no node whose agent is there, that is none of weft\u2019s, or where it is switched off', () => {
    fc.assert(
      fc.property(facts, (known) => {
        fc.pre(!known.enabled || !known.reported || known.awayMs === undefined);
        const decision = taintDecision(known, graceMs);
        expect(taintedAfter(known, decision)).toBe(false);
        expect(decision.againInMs).toBeUndefined();
      }),
    );
  });

  it('taints a node whose agent has been away for the grace, and none before, nor where none was ever seen', () => {
    fc.assert(
      fc.property(facts, fc.integer({ min: 0, max: 3 * graceMs }), ({ seen, tainted }, awayMs) => {
        const known = { enabled: true, reported: true, awayMs, seen, tainted };
        expect(taintedAfter(known, taintDecision(known, graceMs))).toBe(
          tainted || (seen && awayMs >= graceMs),
        );
      }),
    );
  });

  it('looks again exactly when the grace is over, and not where nothing would follow', () => {
    fc.assert(
      fc.property(facts, (known) => {
        const { change, againInMs } = taintDecision(known, graceMs);
        if (againInMs === undefined) return;
        expect(change).toBe('none');
        expect(againInMs).toBeGreaterThan(0);
        const then = { ...known, awayMs: (known.awayMs ?? 0) + againInMs };
        expect(taintDecision(then, graceMs)).toEqual({ change: 'add' });
        const before = { ...then, awayMs: then.awayMs - 1 };
        expect(taintDecision(before, graceMs).change).toBe('none');
      }),
    );
  });

  it('never adds what is there nor removes what is not, and is at rest once it is carried out', () => {
    fc.assert(
      fc.property(facts, (known) => {
        const decision = taintDecision(known, graceMs);
        expect(decision.change === 'add' && known.tainted).toBe(false);
        expect(decision.change === 'remove' && !known.tainted).toBe(false);
        expect(taintDecision({ ...known, tainted: taintedAfter(known, decision) }, graceMs).change).toBe(
          'none',
        );
      }),
    );
  });
});
