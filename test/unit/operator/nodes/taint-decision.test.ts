import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type TaintDecision,
  type TaintDelays,
  type TaintFacts,
  taintDecision,
} from '../../../../src/operator/nodes/taint-decision.ts';

const delays: TaintDelays = { awayMs: 30_000, backMs: 10_000 };
const times = fc.option(fc.integer({ min: 0, max: 90_000 }), { nil: undefined });
const facts: fc.Arbitrary<TaintFacts> = fc
  .record({
    enabled: fc.boolean(),
    reported: fc.boolean(),
    awayMs: times,
    thereMs: times,
    seen: fc.boolean(),
    tainted: fc.boolean(),
  })
  // It is away, or there, or neither is known.
  .map((known) => (known.awayMs === undefined ? known : { ...known, thereMs: undefined }));

/** Whether the node has the taint once the decision is carried out. */
function taintedAfter({ tainted }: TaintFacts, { change }: TaintDecision): boolean {
  return change === 'none' ? tainted : change === 'add';
}

describe('taintDecision', () => {
  it('leaves no taint on a node that is none of weft\u2019s, or where it is switched off', () => {
    fc.assert(
      fc.property(facts, (known) => {
        fc.pre(!known.enabled || !known.reported);
        const decision = taintDecision(known, delays);
        expect(taintedAfter(known, decision)).toBe(false);
        expect(decision.againInMs).toBeUndefined();
      }),
    );
  });

  it('taints a node whose agent has been away for long, and none before, nor where none was ever seen', () => {
    fc.assert(
      fc.property(facts, fc.integer({ min: 0, max: 90_000 }), ({ seen, tainted }, awayMs) => {
        const known = { enabled: true, reported: true, awayMs, thereMs: undefined, seen, tainted };
        expect(taintedAfter(known, taintDecision(known, delays))).toBe(
          tainted || (seen && awayMs >= delays.awayMs),
        );
      }),
    );
  });

  it('takes the taint from a node whose agent has been there for long, and not before', () => {
    fc.assert(
      fc.property(facts, fc.integer({ min: 0, max: 90_000 }), ({ seen, tainted }, thereMs) => {
        const known = { enabled: true, reported: true, awayMs: undefined, thereMs, seen, tainted };
        expect(taintedAfter(known, taintDecision(known, delays))).toBe(tainted && thereMs < delays.backMs);
      }),
    );
  });

  it('changes nothing where it is not known whether the agent is there', () => {
    fc.assert(
      fc.property(facts, (any) => {
        const known = { ...any, enabled: true, reported: true, awayMs: undefined, thereMs: undefined };
        expect(taintDecision(known, delays)).toEqual({ change: 'none' });
      }),
    );
  });

  it('looks again exactly when there is something to do, and not where nothing would follow', () => {
    fc.assert(
      fc.property(facts, (known) => {
        const { change, againInMs } = taintDecision(known, delays);
        if (againInMs === undefined) return;
        expect(change).toBe('none');
        expect(againInMs).toBeGreaterThan(0);
        const later = (ms: number): TaintFacts => ({
          ...known,
          awayMs: known.awayMs === undefined ? undefined : known.awayMs + ms,
          thereMs: known.thereMs === undefined ? undefined : known.thereMs + ms,
        });
        expect(taintDecision(later(againInMs), delays)).toEqual({ change: known.tainted ? 'remove' : 'add' });
        expect(taintDecision(later(againInMs - 1), delays).change).toBe('none');
      }),
    );
  });

  it('never adds what is there nor removes what is not, and is at rest once it is carried out', () => {
    fc.assert(
      fc.property(facts, (known) => {
        const decision = taintDecision(known, delays);
        expect(decision.change === 'add' && known.tainted).toBe(false);
        expect(decision.change === 'remove' && !known.tainted).toBe(false);
        expect(taintDecision({ ...known, tainted: taintedAfter(known, decision) }, delays).change).toBe(
          'none',
        );
      }),
    );
  });
});
