import { describe, expect, it } from 'vitest';
import { EventRecorder, type Regarding, type Said } from '../../../src/controller/event-recorder.ts';
import { silentLog } from '../../../src/daemon/log.ts';
import { WeftError } from '../../../src/errors/weft-error.ts';
import type { RawObject } from '../../../src/kube/raw-object.ts';
import { FakeClock, settle } from '../../fakes/fake-clock.ts';

const regarding: Regarding = { apiVersion: 'v1', kind: 'Pod', namespace: 'ns', name: 'one', uid: 'u1' };
const said: Said = { type: 'Warning', reason: 'Broken', action: 'Check', note: 'it is broken' };

class Scene {
  readonly clock: FakeClock = new FakeClock();
  readonly created: Record<string, unknown>[] = [];
  readonly patched: unknown[] = [];
  refuses = false;
  readonly recorder: EventRecorder = new EventRecorder({
    writer: {
      create: async (_resource, _namespace, object): Promise<RawObject> => {
        if (this.refuses) throw new WeftError('ApiForbidden', { cause: 'no' });
        this.created.push(object as Record<string, unknown>);
        return { metadata: { name: `e${this.created.length}`, resourceVersion: '1' } };
      },
      patch: async (_resource, ref, patch): Promise<RawObject> => {
        this.patched.push([ref.name, patch.body]);
        return { metadata: { name: ref.name, resourceVersion: '2' } };
      },
    },
    clock: this.clock,
    log: silentLog,
    controller: 'x.dev/operator',
    instance: 'operator-1',
  });
}

describe('EventRecorder', () => {
  it('tells a thing once, and its repetitions as the count of one series, at most once a minute', async () => {
    const scene = new Scene();
    scene.recorder.say(regarding, said);
    await settle();
    expect(scene.created).toEqual([
      expect.objectContaining({
        metadata: { generateName: 'one-', namespace: 'ns' },
        reason: 'Broken',
        regarding,
        note: 'it is broken',
        reportingController: 'x.dev/operator',
        eventTime: expect.stringMatching(/\.\d{6}Z$/),
      }),
    ]);
    for (let second = 0; second < 130; second += 1) {
      await scene.clock.pass(1_000);
      scene.recorder.say(regarding, said);
    }
    await settle();
    expect(scene.created.length).toBe(1);
    expect(scene.patched).toEqual([
      ['e1', { series: { count: 61, lastObservedTime: expect.any(String) } }],
      ['e1', { series: { count: 121, lastObservedTime: expect.any(String) } }],
    ]);
    await scene.recorder.idle();
    expect(scene.patched.at(-1)).toMatchObject(['e1', { series: { count: 131 } }]);
  });

  it('tells it anew after ten quiet minutes', async () => {
    const scene = new Scene();
    scene.recorder.say(regarding, said);
    await scene.clock.pass(600_000);
    scene.recorder.say(regarding, said);
    await settle();
    expect(scene.created.length).toBe(2);
  });

  it('gives each object a budget, so that one that flaps does not fill the cluster', async () => {
    const scene = new Scene();
    for (let count = 0; count < 100; count += 1)
      scene.recorder.say(regarding, { ...said, note: `number ${count}` });
    scene.recorder.say({ ...regarding, uid: 'u2', name: 'two' }, said);
    await settle();
    expect(scene.created.length).toBe(26);
    await scene.clock.pass(300_000);
    scene.recorder.say(regarding, { ...said, note: 'later' });
    await settle();
    expect(scene.created.length).toBe(27);
  });

  it('tells again what could not be written, and never throws', async () => {
    const scene = new Scene();
    scene.refuses = true;
    scene.recorder.say(regarding, said);
    await settle();
    scene.refuses = false;
    scene.recorder.say(regarding, said);
    await scene.recorder.idle();
    expect(scene.created.length).toBe(1);
  });
});
