import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { status } from '../../../fakes/pod-api.ts';
import { attachedRecord, networksKey, StatusScene, statusKey } from './status-scene.ts';

let scene: StatusScene;
beforeEach(() => {
  scene = new StatusScene();
});
afterEach(() => scene.close());

const asking = { annotations: { [networksKey]: 'net-a' } };
const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });

/** Pods of a node that were attached while nobody listened. */
function attachedNode(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => {
    const name = `pod-${index}`;
    scene.api.put(name, asking);
    scene.store(attachedRecord(name, ['ns1/net-a']));
    return `ns1/${name}`;
  });
}

describe('the status of a whole node', () => {
  it('is compared and repaired when the agent starts', async () => {
    const [right = '', wrong = '', ...rest] = attachedNode(5);
    void scene.status;
    await scene.pass(1_000);
    expect(scene.api.calls).toHaveLength(5);
    await scene.pass(5_000);
    scene.api.annotate(wrong, { [statusKey]: '[]' });
    await scene.restart();
    await scene.pass(2_000);
    expect(scene.api.calls).toHaveLength(6);
    for (const key of [right, wrong, ...rest]) expect(scene.networks(key)).toHaveLength(2);
  });

  it('costs no write where everything is right', async () => {
    attachedNode(110);
    void scene.status;
    await scene.pass(5_000);
    expect(scene.api.calls).toHaveLength(110);
    await scene.restart();
    await scene.pass(30_000);
    expect(scene.api.calls).toHaveLength(110);
  });

  it('waits for the first list of pods, and comes then', async () => {
    scene.api.synced = false;
    const keys = attachedNode(3);
    await scene.status.write(attachedRecord('pod-1', ['ns1/net-a']));
    await scene.pass(10_000);
    expect(scene.api.calls).toHaveLength(0);
    scene.api.synced = true;
    await scene.pass(1_500);
    for (const key of keys) expect(scene.networks(key)).toHaveLength(2);
  });

  it('is right within 10 s of the return of the API server: 110 pods, at most 4 writes at once and 50 a second', async () => {
    const keys = attachedNode(110);
    scene.api.failing = () => refused;
    void scene.status;
    await scene.clock.pass(120_000);
    const tried = scene.api.calls.length;
    // One at a time asks whether it is back.
    expect(tried).toBeLessThan(80);
    expect(scene.warnings).toHaveLength(1);
    scene.api.failing = () => undefined;
    await scene.pass(10_000);
    for (const key of keys) expect(scene.networks(key)).toHaveLength(2);
    const starts = scene.api.calls.slice(tried).map(({ at }) => at);
    expect(starts).toHaveLength(110);
    for (const start of starts) {
      expect(starts.filter((at) => at >= start && at < start + 1_000).length).toBeLessThanOrEqual(51);
    }
    expect(scene.api.mostRunning).toBeLessThanOrEqual(4);
    expect(await scene.metric('weft_status_pending')).toBe(0);
  });

  it('is right within 10 s also where the API server hung before', async () => {
    const keys = attachedNode(110);
    scene.api.failing = () => 'hang';
    void scene.status;
    await scene.pass(60_000);
    scene.api.failing = () => undefined;
    await scene.pass(10_000);
    for (const key of keys) expect(scene.networks(key)).toHaveLength(2);
  });

  it("lets ADD's write go before all others", async () => {
    attachedNode(110);
    void scene.status;
    await scene.pass(200);
    const before = scene.api.calls.length;
    expect(before).toBeLessThan(20);
    scene.api.put('urgent', asking);
    await scene.added(attachedRecord('urgent', ['ns1/net-a']));
    expect(scene.api.calls.length).toBeLessThanOrEqual(before + 4);
    expect(scene.networks('ns1/urgent')).toHaveLength(2);
  });

  it('is that of the records on disk: what no plugin told the agent is found within 10 s', async () => {
    scene.api.put('pod-a', asking);
    void scene.status;
    await scene.pass(7_000);
    scene.store(attachedRecord('pod-a', ['ns1/net-a']));
    await scene.pass(10_000);
    expect(scene.networks('ns1/pod-a')).toHaveLength(2);
  });

  it('has nothing of records of an earlier boot, nor of damaged ones', async () => {
    attachedNode(1);
    scene.boot('boot-2');
    scene.api.put('pod-d', asking);
    const damaged = scene.store(attachedRecord('pod-d', ['ns1/net-a'], { bootId: 'boot-2' }));
    writeFileSync(scene.file(damaged), '{"crc32":"00000000","record":{}}\n');
    void scene.status;
    await scene.pass(20_000);
    expect(scene.api.patches('ns1/pod-0')).toHaveLength(0);
    expect(scene.networks('ns1/pod-d')).toBeUndefined();
    expect(scene.status.problems()).toEqual([
      'record c-pod-d:eth0.json cannot be used: its checksum is wrong',
    ]);
    expect(scene.warnings.filter((line) => line.includes('checksum'))).toHaveLength(1);
  });

  it('needs no memory for pods that are gone', async () => {
    const keys = attachedNode(5);
    void scene.status;
    await scene.pass(5_000);
    for (const key of keys) {
      scene.erase(attachedRecord(key.slice(4), ['ns1/net-a']));
      scene.api.remove(key);
    }
    await scene.pass(10_000);
    expect(scene.clock.pending).toBe(2);
  });
});

describe('somebody who overwrites the annotation', () => {
  it('finds it restored within 10 s', async () => {
    scene.api.put('pod-a', asking);
    await scene.added(attachedRecord('pod-a', ['ns1/net-a']));
    for (const after of [100, 4_000, 70_000, 300_000]) {
      await scene.pass(after);
      scene.api.annotate('ns1/pod-a', { [statusKey]: '[]' });
      await scene.pass(10_000);
      expect(scene.networks('ns1/pod-a')).toHaveLength(2);
    }
    expect(await scene.metric('weft_status_overwritten_total')).toBe(4);
  });

  it('and does it again at once is no war: a write in some seconds, never later than 10 s, one warning', async () => {
    scene.api.put('pod-a', asking);
    await scene.added(attachedRecord('pod-a', ['ns1/net-a']));
    let stubborn = true;
    scene.api.onChange((pod) => {
      if (!stubborn || pod.networkStatus === '[]') return;
      setImmediate(() => scene.api.annotate('ns1/pod-a', { [statusKey]: '[]' }));
    });
    scene.api.annotate('ns1/pod-a', { [statusKey]: '[]' });
    await scene.pass(120_000);
    const starts = scene.api.calls.map(({ at }) => at);
    expect(starts.length).toBeLessThan(25);
    const pauses = starts.slice(1).map((at, index) => at - (starts[index] ?? 0));
    expect(Math.max(...pauses)).toBeLessThanOrEqual(10_000);
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(2_000);
    expect(scene.warnings).toHaveLength(1);
    stubborn = false;
    await scene.pass(10_000);
    expect(scene.networks('ns1/pod-a')).toHaveLength(2);
  });

  it('in words only, with the same content, is left alone', async () => {
    scene.api.put('pod-a', asking);
    await scene.added(attachedRecord('pod-a', ['ns1/net-a']));
    await scene.pass(5_000);
    const entries = JSON.parse(scene.api.annotationsOf('ns1/pod-a')[statusKey] ?? '') as object[];
    const text = JSON.stringify([{ name: 'x/hot', interface: 'hot0' }, ...entries], null, 4);
    scene.api.annotate('ns1/pod-a', { [statusKey]: text });
    await scene.pass(30_000);
    expect(scene.api.annotationsOf('ns1/pod-a')[statusKey]).toBe(text);
    expect(scene.api.calls).toHaveLength(1);
  });
});

describe('a write whose answer the watch has not brought yet', () => {
  it('is not made again, though the watch brings an older state of the pod in between', async () => {
    scene.api.put('pod-a', asking);
    void scene.status;
    scene.api.watchStands = true;
    await scene.added(attachedRecord('pod-a', ['ns1/net-a']));
    await scene.pass(2_000);
    scene.api.watchStands = false;
    scene.api.deliver('ns1/pod-a');
    await scene.pass(20_000);
    expect(scene.api.calls).toHaveLength(1);
  });
});

describe('an API server that fails for one pod', () => {
  it('does not keep the others waiting', async () => {
    const keys = attachedNode(20);
    scene.api.failing = ({ path }) => (path.includes('/pod-0/') ? status(500, 'InternalError') : undefined);
    void scene.status;
    await scene.pass(2_000);
    for (const key of keys.slice(1)) expect(scene.networks(key)).toHaveLength(2);
    await scene.pass(60_000);
    expect(scene.api.patches('ns1/pod-0').length).toBeLessThan(20);
  });
});
