import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FaultBench } from './fault-bench.ts';
import { realScene } from './scenes.ts';
import { sweep } from './sweep.ts';

let benches: readonly FaultBench[] = [];
beforeAll(async () => {
  benches = await Promise.all([1, 2, 3].map(() => FaultBench.create(true, realScene)));
});
afterAll(() => Promise.all(benches.map((bench) => bench.dispose())));

describe('ADD with real plugins, killed', () => {
  it('leaves nothing after DEL without an agent, whichever point it was killed at', async () => {
    const { points, failures } = await sweep(benches, {
      title: 'ADD of bridge + portmap + tuning, macvlan, ptp, default route',
      verb: 'ADD',
      points: 'all',
      recover: (bench, pod) => bench.mustCall('DEL', pod, { agentDead: true }),
    });
    expect(points.length).toBeGreaterThan(100);
    expect(failures).toEqual([]);
  });

  it('leaves much before DEL, and the auditor sees all of it', async () => {
    const [bench] = benches;
    if (bench === undefined) throw new Error('no bench');
    const before = bench.snapshot();
    const pod = bench.sandbox();
    await bench.mustCall('ADD', pod, { log: true });
    const lastReap = bench.passed().findLast((point) => point.name === 'finish:reaped');
    await bench.mustCall('DEL', pod);
    const next = bench.sandbox();
    await bench.call('ADD', next, { at: lastReap?.number ?? 0, log: true });
    bench.passed();
    const left = bench.differences(before).join('\n');
    for (const trace of [
      /^\+ state\/attachments\/.*json file/m,
      /^\+ run\/attachments\/.*journal file/m,
      /^\+ run\/locks\/sandbox/m,
      /^\+ ipam\/net-eth0\/10\.71\.0\./m,
      /^\+ ipam\/net-net2\/10\.73\.0\./m,
      /^\+ netns .*: link veth.* master cni0/m,
      /^\+ netns .*: link net1 macvlan/m,
      /^\+ netns .*: address fd00:72::7\/64 on net1/m,
      /^\+ devices\/test-net-net1-sandbox-\d+_net1/m,
      /^\+ netns .*: nft table ip nat chain CNI-.*18080/m,
    ]) {
      expect(left).toMatch(trace);
    }
    await bench.mustCall('DEL', next, { agentDead: true });
    expect(bench.differences(before)).toEqual([]);
  });
});
