import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bundleOf,
  defaultTimings,
  type Generation,
  published,
  secretChange,
  servedGeneration,
} from '../../../../src/operator/admission/certificate-schedule.ts';

const timings = { lifeMs: 1000, renewBeforeMs: 400, settleMs: 20, keepMs: 100 };

function generation(number: number, made: number, publishedAt?: number): Generation {
  return {
    ca: `ca${number}\n`,
    certificate: `certificate${number}`,
    key: `key${number}`,
    notBefore: made - 5,
    notAfter: made + timings.lifeMs,
    ...(publishedAt !== undefined && { publishedAt }),
  };
}

describe('the schedule of certificates', () => {
  it('makes one where there is none, serves it at once, and publishes its authority', () => {
    expect(secretChange([], 0, timings)).toEqual({ keep: [], make: true });
    const first = generation(1, 0);
    expect(servedGeneration([first], 0, timings)).toBe(first);
    expect(bundleOf(published([first], 7))).toBe('ca1\n');
    expect(published([first, generation(2, 5, 6)], 7).map(({ publishedAt }) => publishedAt)).toEqual([7, 6]);
  });

  it('makes the next one in time, and serves it only when its authority has been published for long enough', () => {
    const old = generation(1, 0, 0);
    expect(secretChange([old], 599, timings)).toEqual({ keep: [old], make: false });
    expect(secretChange([old], 600, timings)).toEqual({ keep: [old], make: true });
    const next = generation(2, 600);
    expect(servedGeneration([old, next], 900, timings)).toBe(old);
    const known = { ...next, publishedAt: 610 };
    expect(servedGeneration([old, known], 629, timings)).toBe(old);
    expect(servedGeneration([old, known], 630, timings)).toBe(known);
  });

  it('takes the old authority back only when nobody serves the old certificate any more', () => {
    const both = [generation(1, 0, 0), generation(2, 600, 610)];
    expect(secretChange(both, 709, timings).keep).toEqual(both);
    expect(secretChange(both, 710, timings)).toEqual({ keep: both.slice(1), make: false });
  });

  it('goes on serving what it has where the next authority cannot be published', () => {
    const old = generation(1, 0, 0);
    const next = generation(2, 600);
    expect(secretChange([old, next], 999, timings)).toEqual({ keep: [old, next], make: false });
    expect(servedGeneration([old, next], 999, timings)).toBe(old);
    // Better one that the API server may know by now than one that is over.
    expect(servedGeneration([old, next], 1000, timings)).toBe(next);
    expect(secretChange([old, next], 1000, timings).keep).toEqual([next]);
  });

  it('makes one anew after a time in which nobody was there', () => {
    const old = generation(1, 0, 0);
    expect(secretChange([old], 5000, timings)).toEqual({ keep: [old], make: true });
    const next = generation(2, 5000);
    expect(servedGeneration([old, next], 5000, timings)).toBe(next);
    expect(secretChange([old, next], 5000, timings).keep).toEqual([next]);
  });

  it('leaves more time for each step than the one before needs', () => {
    const { lifeMs, renewBeforeMs, settleMs, keepMs } = defaultTimings;
    expect(settleMs).toBeLessThan(keepMs);
    expect(keepMs).toBeLessThan(renewBeforeMs);
    expect(renewBeforeMs).toBeLessThan(lifeMs);
  });
});

/** One thing that happens in the world below. */
type Happening =
  | {
      readonly kind: 'look';
      readonly replica: number;
      readonly reaches: 'nothing' | 'secret' | 'configuration' | 'all';
    }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'learn' };

/**
 * Two replicas, a Secret with optimistic writes, a webhook configuration, and an API server that learns of the latter
 * some time later. A look may end between any two steps.
 */
class World {
  now = 0;
  secret: readonly Generation[] = [];
  bundle = '';
  /** What the API server trusts: the bundle, or, until it learns of it, the one before. */
  trusted = '';
  pendingSince: number | undefined;
  readonly replicas: { generations: readonly Generation[] }[] = [{ generations: [] }, { generations: [] }];
  made = 0;

  look(index: number, reaches: string): void {
    const replica = this.replicas[index];
    if (replica === undefined || reaches === 'nothing') return;
    const { keep, make } = secretChange(this.secret, this.now, timings);
    this.secret = make ? [...keep, this.#make()] : keep;
    replica.generations = this.secret;
    if (reaches === 'secret') return;
    this.#publish(bundleOf(this.secret));
    if (reaches === 'configuration') return;
    this.secret = published(this.secret, this.now);
    replica.generations = this.secret;
  }

  pass(ms: number): void {
    this.now += ms;
    // An API server is told within half of the time that is left to it.
    if (this.pendingSince !== undefined && this.now - this.pendingSince >= timings.settleMs / 2) this.learn();
  }

  learn(): void {
    this.trusted = this.bundle;
    this.pendingSince = undefined;
  }

  served(index: number): Generation | undefined {
    return servedGeneration(this.replicas[index]?.generations ?? [], this.now, timings);
  }

  #publish(bundle: string): void {
    if (bundle === this.bundle) return;
    this.bundle = bundle;
    this.pendingSince ??= this.now;
  }

  #make(): Generation {
    this.made += 1;
    return generation(this.made, this.now);
  }
}

describe('two replicas that follow the schedule', () => {
  const happening: fc.Arbitrary<Happening> = fc.oneof(
    fc.record({
      kind: fc.constant('look' as const),
      replica: fc.nat(1),
      reaches: fc.constantFrom(
        'nothing' as const,
        'secret' as const,
        'configuration' as const,
        'all' as const,
      ),
    }),
    fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 9 }) }),
    fc.constant({ kind: 'learn' } as const),
  );

  it('never serve, once they began, what the API server does not trust or what is over, and keep few of them', () => {
    fc.assert(
      fc.property(fc.array(happening, { minLength: 50, maxLength: 400 }), (happenings) => {
        const world = new World();
        for (const replica of [0, 1]) world.look(replica, 'all');
        world.learn();
        let untouched = 0;
        for (const one of happenings) {
          if (one.kind === 'look') world.look(one.replica, one.reaches);
          else if (one.kind === 'learn') world.learn();
          else world.pass(one.ms);
          // However badly it goes, both get through now and then: well within what is kept for the late.
          untouched = one.kind === 'pass' ? untouched + one.ms : untouched;
          if (untouched > timings.keepMs / 2) {
            for (const replica of [0, 1]) world.look(replica, 'all');
            untouched = 0;
          }
          for (const replica of [0, 1]) {
            const served = world.served(replica);
            expect(world.trusted).toContain(served?.ca);
            expect(served?.notAfter).toBeGreaterThan(world.now);
          }
          expect(world.secret.length).toBeLessThanOrEqual(3);
        }
      }),
    );
  });

  it('do rotate, again and again', () => {
    const world = new World();
    for (let round = 0; round < 1000; round += 1) {
      world.look(round % 2, 'all');
      world.pass(9);
    }
    expect(world.made).toBeGreaterThan(10);
    expect(world.served(0)).toBe(world.served(1));
  });
});
