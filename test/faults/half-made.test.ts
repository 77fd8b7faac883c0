import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Pod } from '../harness/sandbox.ts';
import { FaultBench } from './fault-bench.ts';
import { realScene } from './scenes.ts';

let bench: FaultBench;
beforeAll(async () => {
  bench = await FaultBench.create(true, realScene);
  const pod = bench.sandbox();
  await bench.mustCall('ADD', pod);
  await bench.mustCall('DEL', pod);
});
afterAll(() => bench.dispose());

function ip(pod: Pod, ...words: readonly string[]): string {
  return execFileSync('nsenter', [`--net=${pod.netns}`, 'ip', ...words], { encoding: 'utf8' });
}

/** As macvlan 1.9.1, ipvlan and vlan leave one that are killed before they rename it. */
function makeHalf(pod: Pod, name: string): void {
  ip(pod, 'link', 'add', name, 'type', 'ifb');
}

/** Kills an ADD while its second delegate, macvlan, is at work. */
async function killAmidMacvlan(pod: Pod): Promise<void> {
  const dry = bench.sandbox();
  await bench.mustCall('ADD', dry, { log: true });
  const points = bench.passed().filter((point) => point.name === 'finish:before');
  await bench.mustCall('DEL', dry);
  // Those before it: bridge, portmap, tuning.
  const end = await bench.call('ADD', pod, { at: points[3]?.number ?? 0 });
  expect(end.signal).toBe('SIGKILL');
}

it('a link that a killed delegate has not finished goes with DEL; one that was there before stays', async () => {
  const pod = bench.sandbox();
  makeHalf(pod, 'veth0000beef');
  const before = bench.snapshot();
  await killAmidMacvlan(pod);
  makeHalf(pod, 'veth0badcafe');
  await bench.mustCall('DEL', pod, { agentDead: true });
  expect(bench.differences(before)).toEqual([]);
  ip(pod, 'link', 'del', 'veth0000beef');
});

it('a link that a killed delegate has not finished goes with an ADD over it', async () => {
  const pod = bench.sandbox();
  const before = bench.snapshot();
  await killAmidMacvlan(pod);
  makeHalf(pod, 'veth0badcafe');
  await bench.mustCall('ADD', pod);
  expect(ip(pod, '-o', 'link', 'show')).not.toContain('veth0badcafe');
  await bench.mustCall('DEL', pod, { agentDead: true });
  expect(bench.differences(before)).toEqual([]);
});

it('DEL of an ADD that succeeded leaves links alone that others made since', async () => {
  const pod = bench.sandbox();
  const before = bench.snapshot();
  await bench.mustCall('ADD', pod);
  makeHalf(pod, 'veth0badcafe');
  await bench.mustCall('DEL', pod, { agentDead: true });
  expect(bench.differences(before).every((line) => line.includes('veth0badcafe'))).toBe(true);
  expect(ip(pod, '-o', 'link', 'show')).toContain('veth0badcafe');
  ip(pod, 'link', 'del', 'veth0badcafe');
});
