import { Buffer } from 'node:buffer';
import { existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { interpreterFlags } from '../../harness/interpreter-flags.ts';
import { expectSuccess } from '../../harness/refusal.ts';
import { run } from '../../harness/run.ts';
import type { CniCall } from '../../harness/runtime.ts';
import { agentBundle, weftBinary } from '../../harness/toolchain.ts';
import { PluginBench, three } from './fixture.ts';

const main = agentBundle();
const running = 50;

let bench: PluginBench;
beforeAll(() => {
  bench = new PluginBench();
});
afterAll(() => bench.dispose());

describe('an upgrade', () => {
  it('does not disturb 50 plugins of the old version that are running', { timeout: 180_000 }, async () => {
    const shipped = readFileSync(weftBinary());
    const binary = `${bench.node.dirs.bin}/weft`;
    // Another file that does the same: nobody reads what follows the segments.
    writeFileSync(binary, Buffer.concat([shipped, Buffer.from('the old version')]), { mode: 0o755 });
    const door = `${bench.node.dirs.root}/door`;
    await bench.serve(three({ beta: [`ADD: await ${door}`] }));
    const pods = Array.from({ length: running }, () => bench.freshPod());
    // Fifty at once may take their time on a busy machine.
    const runtime = bench.runtimeWith({ connect: 5_000, plan: 60_000, delegate: 90_000, add: 120_000 });
    const waiting = (): number => bench.bin.trace().filter((line) => line === 'ADD beta net1').length;
    const adding: Promise<CniCall>[] = [];
    for (const pod of pods) {
      const call = runtime.add(pod, { binary });
      // One that ends before it may tells why.
      void call.then((ended) => existsSync(door) || console.error(ended));
      adding.push(call);
      if (adding.length % 10 === 0) await expect.poll(waiting, { timeout: 30_000 }).toBe(adding.length);
    }
    expect(() => openSync(binary, 'r+')).toThrow(/ETXTBSY/);

    const install = await run([
      ...[process.execPath, ...interpreterFlags(main), main],
      ...['--install-only', `--cni-bin-dir=${bench.node.dirs.bin}`],
    ]);

    expect(install).toMatchObject({
      status: 0,
      stderr: '',
      stdout: expect.stringContaining('was different'),
    });
    expect(readFileSync(binary).equals(shipped)).toBe(true);
    writeFileSync(door, '');
    for (const call of await Promise.all(adding)) expectSuccess(call);
    const deleting = pods.map((pod) => runtime.del(pod, { binary }));
    for (const call of await Promise.all(deleting)) expectSuccess(call);
    expect(pods.flatMap((pod) => bench.remainsOf(pod))).toEqual([]);
  });
});
