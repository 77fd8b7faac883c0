import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FaultBench } from './fault-bench.ts';
import { realScene } from './scenes.ts';
import { sweep } from './sweep.ts';

let benches: readonly FaultBench[] = [];
beforeAll(async () => {
  benches = await Promise.all([1, 2, 3].map(() => FaultBench.create(true, realScene)));
});
afterAll(() => Promise.all(benches.map((bench) => bench.dispose())));

describe('DEL with real plugins, killed', () => {
  it('leaves nothing after another DEL without an agent, whichever point it was killed at', async () => {
    const { points, failures } = await sweep(benches, {
      title: 'DEL of ptp, macvlan, tuning + portmap + bridge',
      verb: 'DEL',
      points: 'all',
      prepare: (bench, pod) => bench.mustCall('ADD', pod),
      recover: (bench, pod) => bench.mustCall('DEL', pod, { agentDead: true }),
    });
    expect(points.length).toBeGreaterThan(100);
    expect(failures).toEqual([]);
  });
});
