import { describe, expect, it } from 'vitest';
import { BoundedStatus } from '../../../src/agent/status/bounded-status.ts';
import type { AttachmentRecord } from '../../../src/attachment/record.ts';
import { silentLog } from '../../../src/daemon/log.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';

const record: AttachmentRecord = {
  format: 1,
  sequence: 1,
  weft: '0.1.0',
  bootId: 'b',
  sandbox: { containerId: 'c', ifname: 'eth0', netns: '' },
  cniArgs: '',
  cniPath: '',
  cniVersion: '1.0.0',
  createdAt: 0,
  steps: [],
};

/** Writes through a sink that takes `takesMs`; answers how long the caller waited. */
async function waited(clock: FakeClock, status: BoundedStatus, limitMs: number): Promise<number> {
  const start = clock.monotonic();
  let end: number | undefined;
  void status.write(record, limitMs).then(() => {
    end = clock.monotonic();
  });
  for (let passed = 0; passed <= 5_000 && end === undefined; passed += 50) await clock.pass(50);
  if (end === undefined) throw new Error('it never returned');
  return end - start;
}

function statusThatTakes(clock: FakeClock, takesMs: () => number): BoundedStatus {
  const write = (): Promise<void> => new Promise((resolve) => clock.after(takesMs(), resolve));
  return new BoundedStatus({ write }, clock, silentLog);
}

describe('a status write', () => {
  it('is waited for while it is quick', async () => {
    const clock = new FakeClock();
    expect(
      await waited(
        clock,
        statusThatTakes(clock, () => 200),
        1_000,
      ),
    ).toBe(200);
  });

  it('is waited for until its bound and no longer [NPWG-160]', async () => {
    const clock = new FakeClock();
    expect(
      await waited(
        clock,
        statusThatTakes(clock, () => 4_000),
        1_000,
      ),
    ).toBe(1_000);
  });

  it('is not waited for with a bound of 0', async () => {
    const clock = new FakeClock();
    expect(
      await waited(
        clock,
        statusThatTakes(clock, () => 4_000),
        0,
      ),
    ).toBeLessThanOrEqual(50);
  });

  it('is not waited for during 30 s after three slow ones in a row', async () => {
    const clock = new FakeClock();
    let takes = 4_000;
    const status = statusThatTakes(clock, () => takes);
    for (let round = 0; round < 3; round += 1) expect(await waited(clock, status, 1_000)).toBe(1_000);
    expect(await waited(clock, status, 1_000)).toBeLessThanOrEqual(50);
    takes = 100;
    await clock.pass(30_000);
    expect(await waited(clock, status, 1_000)).toBe(100);
  });

  it('that was quick in between starts the count anew', async () => {
    const clock = new FakeClock();
    let takes = 4_000;
    const status = statusThatTakes(clock, () => takes);
    for (const next of [4_000, 4_000, 100, 4_000, 4_000, 4_000]) {
      takes = next;
      expect(await waited(clock, status, 1_000)).toBe(Math.min(next, 1_000));
    }
  });

  it('that has nothing to wait for costs neither time nor a timer', async () => {
    const clock = new FakeClock();
    const status = new BoundedStatus({ write: () => undefined }, clock, silentLog);
    const written = status.write(record, 1_000);
    expect(clock.pending).toBe(0);
    await written;
  });

  it('that fails fails nobody [NPWG-160]', async () => {
    const clock = new FakeClock();
    const status = new BoundedStatus({ write: () => Promise.reject(new Error('no')) }, clock, silentLog);
    await status.write(record, 1_000);
  });
});
