import { describe, expect, it } from 'vitest';
import { Metrics } from '../../../src/daemon/metrics.ts';

describe('metrics', () => {
  it('show counters as 0 before the first event', async () => {
    const metrics = new Metrics();
    const count = metrics.count({
      name: 'x_total',
      help: 'X.',
      labels: ['a'],
      initial: [{ a: '1' }, { a: '2' }],
    });
    count.add({ a: '2' }, 3);
    const text = await metrics.render();
    expect(text).toContain('x_total{a="1"} 0');
    expect(text).toContain('x_total{a="2"} 3');
  });

  it('read gauges when they are scraped, and leave out what cannot be read', async () => {
    const metrics = new Metrics();
    let value: number | undefined = 1;
    metrics.gauge({ name: 'g', help: 'G.' }, () => value);
    expect(await metrics.render()).toContain('\ng 1\n');
    value = 7;
    expect(await metrics.render()).toContain('\ng 7\n');
    value = undefined;
    expect(await metrics.render()).not.toMatch(/\ng \d/);
  });

  it('put durations into buckets from a millisecond to a minute', async () => {
    const metrics = new Metrics();
    const durations = metrics.durations({
      name: 'd_seconds',
      help: 'D.',
      labels: ['s'],
      initial: [{ s: 'a' }],
    });
    durations.observe({ s: 'a' }, 0.0012);
    const text = await metrics.render();
    expect(text).toContain('d_seconds_bucket{le="0.001",s="a"} 0');
    expect(text).toContain('d_seconds_bucket{le="0.0025",s="a"} 1');
    expect(text).toContain('d_seconds_bucket{le="60",s="a"} 1');
  });

  it('show every duration, however many come between two looks', async () => {
    const metrics = new Metrics();
    const durations = metrics.durations({ name: 'd_seconds', help: 'D.', labels: ['s'] });
    for (const total of [1_300, 2_600]) {
      for (let count = 0; count < 1_300; count += 1) durations.observe({ s: 'a' }, 0.002);
      expect(await metrics.render()).toContain(`d_seconds_count{s="a"} ${total}\n`);
    }
  });

  it('show a count that its owner keeps', async () => {
    const metrics = new Metrics();
    let seen = 0;
    metrics.tally({ name: 't_total', help: 'T.' }, () => seen);
    expect(await metrics.render()).toMatch(/# TYPE t_total counter\nt_total 0\n/);
    seen = 41;
    await metrics.render();
    expect(await metrics.render()).toContain('\nt_total 41\n');
  });

  it('escape what stands in labels', async () => {
    const metrics = new Metrics();
    metrics.info({ name: 'i', help: 'I.', labels: ['v'] }, { v: 'a"b\nc' });
    expect(await metrics.render()).toContain('i{v="a\\"b\\nc"} 1');
  });
});
