import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { silentLog } from '../../../src/daemon/log.ts';
import { endOnSignal } from '../../../src/daemon/shutdown.ts';
import { FakeClock, settle } from '../../fakes/fake-clock.ts';

class FakeProcess extends EventEmitter {
  readonly codes: number[] = [];
  exit(code: number): void {
    this.codes.push(code);
  }
}

function ending(drain: () => Promise<void>): { process: FakeProcess; clock: FakeClock } {
  const process = new FakeProcess();
  const clock = new FakeClock();
  endOnSignal(process, { drain, limitMs: 25_000, log: silentLog, clock });
  return { process, clock };
}

describe('a daemon that is told to end', () => {
  it('drains, then exits 0', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { process, clock } = ending(() => promise);
    process.emit('SIGTERM');
    await clock.pass(24_000);
    expect(process.codes).toEqual([]);
    resolve();
    await settle();
    expect(process.codes).toEqual([0]);
    expect(clock.pending).toBe(0);
  });

  it('exits 1 when draining takes too long', async () => {
    const { process, clock } = ending(() => new Promise(() => {}));
    process.emit('SIGINT');
    await clock.pass(25_000);
    expect(process.codes).toEqual([1]);
  });

  it('exits 1 when draining fails', async () => {
    const { process } = ending(() => Promise.reject(new Error('no')));
    process.emit('SIGTERM');
    await settle();
    expect(process.codes).toEqual([1]);
  });

  it('drains once, however many signals come', async () => {
    let drains = 0;
    const { process } = ending(() => {
      drains += 1;
      return Promise.resolve();
    });
    process.emit('SIGTERM');
    process.emit('SIGINT');
    await settle();
    expect(drains).toBe(1);
    expect(process.codes).toEqual([0]);
  });
});
