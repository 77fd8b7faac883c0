import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verbs } from '../../../src/cni/env.ts';
import { expectSuccess } from '../../harness/refusal.ts';
import type { CniCall } from '../../harness/runtime.ts';
import { GcBench, gcNetworks } from './gc-bench.ts';

let bench: GcBench;
beforeAll(async () => {
  bench = new GcBench();
  await bench.serveNetworks(gcNetworks());
  writeFileSync(join(bench.node.dirs.run, 'ready'), '');
});
afterAll(() => bench.dispose());

describe('CNI_COMMAND', () => {
  it('alone chooses among six verbs, of which each does its own work [CNI-001]', async () => {
    const pod = bench.node.pod();
    const ready = bench.node.pod();
    await bench.runtime.add(ready);
    const { conflist } = bench.runtime;
    bench.runtime.conflist = { ...conflist, cniVersion: '1.1.0' };
    const attachments = [pod, ready].map(({ containerId }) => ({ containerID: containerId, ifname: 'eth0' }));
    let prevResult: unknown;
    /** The same environment and configuration for all of them: everything that any verb needs. */
    const call = async (verb: string): Promise<CniCall> => {
      bench.bin.clearLog();
      const conf = { ...conflist.plugins[0], name: 'weft', cniVersion: '1.1.0', prevResult };
      const stdin = JSON.stringify({ ...conf, 'cni.dev/valid-attachments': attachments });
      const { containerId, netns } = pod;
      const done = await bench.runtime.call(verb, { containerId, netns, stdin });
      expectSuccess(done);
      return done;
    };
    const did: Record<string, readonly string[]> = {};
    const noted = async (verb: string): Promise<CniCall> => {
      const done = await call(verb);
      did[verb] = bench.bin.trace();
      return done;
    };

    const version = await noted('VERSION');
    expect(JSON.parse(version.stdout)).toMatchObject({ cniVersion: '1.1.0' });
    expect((await noted('STATUS')).stdout).toBe('');
    const added = await noted('ADD');
    expect(added.result?.cniVersion).toBe('1.1.0');
    expect(bench.resourcesOf(pod)).toHaveLength(4);
    prevResult = added.result;
    expect((await noted('CHECK')).stdout).toBe('');
    expect((await noted('GC')).stdout).toBe('');
    expect(bench.resourcesOf(pod)).toHaveLength(4);
    expect((await noted('DEL')).stdout).toBe('');
    expect(bench.resourcesOf(pod)).toEqual([]);
    expect(bench.resourcesOf(ready)).toHaveLength(4);

    expect(Object.keys(did).toSorted()).toEqual([...verbs].toSorted());
    expect(did).toEqual({
      VERSION: [],
      STATUS: ['STATUS alpha ', 'STATUS delta '],
      ADD: ['ADD alpha eth0', 'ADD delta eth0', 'ADD beta net1', 'ADD gamma net2'],
      CHECK: ['CHECK alpha eth0', 'CHECK delta eth0', 'CHECK beta net1', 'CHECK gamma net2'],
      GC: ['GC alpha ', 'GC delta ', 'GC beta ', 'GC gamma '],
      DEL: ['DEL gamma net2', 'DEL beta net1', 'DEL delta eth0', 'DEL alpha eth0'],
    });
    await bench.runtime.del(ready);
  });
});
