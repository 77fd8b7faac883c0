import { describe, expect, it } from 'vitest';
import { LeaderElection } from '../../../src/controller/leader-election.ts';
import type { Clock } from '../../../src/daemon/clock.ts';
import { silentLog } from '../../../src/daemon/log.ts';
import { Metrics } from '../../../src/daemon/metrics.ts';
import { Writer } from '../../../src/kube/writer.ts';
import { FakeClock, settle } from '../../fakes/fake-clock.ts';
import { LeaseServer, type LeaseTransport } from './lease-server.ts';

/** One replica that wants to lead. */
class Candidate {
  readonly transport: LeaseTransport;
  readonly election: LeaderElection;
  readonly metrics: Metrics = new Metrics();
  readonly end: AbortController = new AbortController();
  /** `monotonic()` of each beginning and end of what needs the leader. */
  readonly terms: { begun: number; ended?: number }[] = [];
  running: Promise<void> = Promise.resolve();
  /** What needs the leader takes so long to end, milliseconds. */
  slow = 0;
  readonly #clock: FakeClock;

  constructor(name: string, server: LeaseServer, clock: FakeClock, skewMs = 0) {
    this.#clock = clock;
    this.transport = server.transport();
    const random = (): number => 0.5;
    const skewed: Clock = {
      now: () => clock.now() + skewMs,
      monotonic: () => clock.monotonic(),
      after: (ms, call) => clock.after(ms, call),
      every: (ms, call) => clock.every(ms, call),
    };
    const writer = new Writer({ transport: this.transport, clock: skewed, random, fieldManager: 'x' });
    this.election = new LeaderElection({
      writer,
      clock: skewed,
      random,
      log: silentLog,
      metrics: this.metrics,
      namespace: 'ns',
      lease: 'x',
      identity: name,
    });
  }

  async start(): Promise<this> {
    this.running = this.election.run((signal) => this.#lead(signal), this.end.signal);
    await settle();
    return this;
  }

  get working(): boolean {
    const last = this.terms.at(-1);
    return last !== undefined && last.ended === undefined;
  }

  async #lead(signal: AbortSignal): Promise<void> {
    const term: { begun: number; ended?: number } = { begun: this.#clock.monotonic() };
    this.terms.push(term);
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    if (this.slow > 0) await new Promise<void>((resolve) => this.#clock.after(this.slow, resolve));
    term.ended = this.#clock.monotonic();
  }
}

function scene(): { server: LeaseServer; clock: FakeClock } {
  return { server: new LeaseServer(), clock: new FakeClock() };
}

describe('LeaderElection', () => {
  it('makes one of two the leader, and renews every two seconds', async () => {
    const { server, clock } = scene();
    const a = await new Candidate('a', server, clock).start();
    const b = await new Candidate('b', server, clock).start();
    await clock.pass(60_000);
    expect([a.working, b.working, server.holder]).toEqual([true, false, 'a']);
    expect([a.terms.length, b.terms.length]).toEqual([1, 0]);
    expect(server.writes).toBe(31);
    // The holder needs no look: one look and the creation, then nothing but renewals.
    expect(a.transport.calls).toBe(32);
    expect(server.lease?.spec).toMatchObject({ leaseDurationSeconds: 15, leaseTransitions: 0 });
    expect(await a.metrics.render()).toContain('leader_election_master_status{name="x"} 1');
    expect(await b.metrics.render()).toContain('leader_election_master_status{name="x"} 0');
  });

  it('gives the lease back at the end, so that another leads within one round', async () => {
    const { server, clock } = scene();
    const a = await new Candidate('a', server, clock).start();
    const b = await new Candidate('b', server, clock).start();
    await clock.pass(10_000);
    a.slow = 1_000;
    a.end.abort();
    await settle();
    await clock.pass(999);
    // Not before what needs the leader has ended.
    expect(server.holder).toBe('a');
    await clock.pass(1);
    await a.running;
    expect(server.lease?.spec).not.toHaveProperty('holderIdentity');
    await clock.pass(3_200);
    expect([server.holder, b.working]).toEqual(['b', true]);
    expect(server.lease?.spec['leaseTransitions']).toBe(1);
    expect(a.terms[0]?.ended).toBeLessThan(b.terms[0]?.begun ?? 0);
  });

  it('takes over from one that was killed, not before its lease is over, whatever the clocks of both say', async () => {
    for (const skew of [0, -3_600_000, 3_600_000]) {
      const { server, clock } = scene();
      const a = await new Candidate('a', server, clock).start();
      const b = await new Candidate('b', server, clock, skew).start();
      await clock.pass(20_000);
      const killed = clock.monotonic();
      a.transport.mood = 'silent';
      await clock.pass(13_000);
      expect(b.working).toBe(false);
      await clock.pass(7_000);
      expect(b.working).toBe(true);
      // At most the lease from when b saw the last renewal, and b looks every 3.2 s.
      expect((b.terms[0]?.begun ?? 0) - killed).toBeLessThanOrEqual(15_000 + 2 * 3_200);
      // The old one has given up long before.
      expect((a.terms[0]?.ended ?? Infinity) - killed).toBeLessThanOrEqual(10_000);
      a.end.abort();
      b.end.abort();
    }
  });

  it('stops leading at the renew deadline when the API server answers with errors, and leads again afterwards', async () => {
    const { server, clock } = scene();
    const a = await new Candidate('a', server, clock).start();
    await clock.pass(4_000);
    a.transport.mood = 'failing';
    await clock.pass(9_999);
    expect(a.working).toBe(true);
    await clock.pass(1);
    expect(a.working).toBe(false);
    expect(a.election.leading).toBe(false);
    expect(a.election.warnings().join()).toContain('ns/x');
    await clock.pass(60_000);
    a.transport.mood = 'well';
    await clock.pass(3_200);
    expect([a.working, a.terms.length]).toEqual([true, 2]);
    expect(a.election.warnings()).toEqual([]);
  });

  it('survives a renewal that hangs, because it does not wait for one answer until the deadline', async () => {
    const { server, clock } = scene();
    const a = await new Candidate('a', server, clock).start();
    await clock.pass(1_000);
    a.transport.mood = 'silent';
    await clock.pass(3_000);
    a.transport.mood = 'well';
    await clock.pass(60_000);
    expect(a.terms.length).toBe(1);
    expect(a.working).toBe(true);
  });

  it('finds its own renewal again whose answer was lost', async () => {
    const { server, clock } = scene();
    const a = await new Candidate('a', server, clock).start();
    await clock.pass(1_000);
    a.transport.mood = 'mute';
    await clock.pass(2_000);
    a.transport.mood = 'well';
    await clock.pass(60_000);
    expect([a.terms.length, a.working, server.holder]).toEqual([1, true, 'a']);
  });

  it('stops at the next renewal when somebody else has taken the lease', async () => {
    const { server, clock } = scene();
    const a = await new Candidate('a', server, clock).start();
    await clock.pass(3_000);
    server.lease = {
      metadata: { name: 'x', uid: 'u1', resourceVersion: '999' },
      spec: { holderIdentity: 'thief', leaseDurationSeconds: 15 },
    };
    await clock.pass(4_000);
    expect(a.working).toBe(false);
    await clock.pass(10_000);
    expect(a.working).toBe(false);
    await clock.pass(10_000);
    // The thief never renews.
    expect([a.working, server.holder]).toEqual([true, 'a']);
  });

  it('waits a whole lease from when it first saw it, though the times in it are long past', async () => {
    const { server, clock } = scene();
    server.lease = {
      metadata: { name: 'x', uid: 'u1', resourceVersion: '7' },
      spec: { holderIdentity: 'old', leaseDurationSeconds: 15, renewTime: '2001-01-01T00:00:00.000000Z' },
    };
    const a = await new Candidate('a', server, clock).start();
    await clock.pass(14_900);
    expect(a.working).toBe(false);
    await clock.pass(3_200);
    expect(a.working).toBe(true);
  });

  it('leads again where the lease was deleted', async () => {
    const { server, clock } = scene();
    const a = await new Candidate('a', server, clock).start();
    await clock.pass(3_000);
    server.lease = undefined;
    await clock.pass(10_000);
    expect([a.working, server.holder]).toEqual([true, 'a']);
  });

  it('never has two that work at a time, whatever happens to their connections', async () => {
    const moods = ['well', 'silent', 'failing', 'mute', 'well', 'well'] as const;
    const { server, clock } = scene();
    const candidates: Candidate[] = [];
    for (const [index, name] of ['a', 'b', 'c'].entries())
      candidates.push(await new Candidate(name, server, clock, (index - 1) * 86_400_000).start());
    let seed = 42;
    let changes = 0;
    const random = (): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed / 2_147_483_648;
    };
    let last: Candidate | undefined;
    for (let step = 0; step < 600; step += 1) {
      const chosen = candidates[Math.floor(random() * 3)];
      if (random() < 0.15 && chosen) chosen.transport.mood = moods[Math.floor(random() * 6)] ?? 'well';
      await clock.pass(500 + Math.floor(random() * 1_000));
      const working = candidates.filter((candidate) => candidate.working);
      expect(working.length).toBeLessThanOrEqual(1);
      if (working[0] !== undefined && working[0] !== last) {
        changes += 1;
        last = working[0];
      }
    }
    // Otherwise nothing was tried.
    expect(changes).toBeGreaterThan(5);
    for (const { end, transport } of candidates) {
      transport.mood = 'failing';
      end.abort();
    }
    await clock.pass(60_000);
    await Promise.all(candidates.map(({ running }) => running));
  });
});
