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

  it('escape what stands in labels', async () => {
    const metrics = new Metrics();
    metrics.info({ name: 'i', help: 'I.', labels: ['v'] }, { v: 'a"b\nc' });
    expect(await metrics.render()).toContain('i{v="a\\"b\\nc"} 1');
  });
});
