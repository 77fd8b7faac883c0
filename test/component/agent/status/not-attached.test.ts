import { rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WeftError } from '../../../../src/errors/weft-error.ts';
import { status, uidOf } from '../../../fakes/pod-api.ts';
import { attachedRecord, networksKey, StatusScene } from './status-scene.ts';

let scene: StatusScene;
beforeEach(() => {
  scene = new StatusScene();
});
afterEach(() => scene.close());

const statusKey = 'k8s.v1.cni.cncf.io/network-status';
const running = { annotations: { [networksKey]: 'net-a, other/net-b@x0' }, started: true };

function events(): readonly Readonly<Record<string, unknown>>[] {
  return scene.api.calls.filter(({ method }) => method === 'POST').map(({ body }) => body);
}

/** pod-a is attached, and after some seconds its record is undone. */
async function loseRecord(): Promise<void> {
  scene.api.put('pod-a', running);
  const record = attachedRecord('pod-a', ['ns1/net-a']);
  await scene.added(record);
  await scene.pass(6_000);
  scene.erase(record);
  await scene.status.write({ ...record, sequence: 9, steps: [] });
}

function verdict(name = 'pod-a'): string {
  const condition = scene.api.conditionOf(`ns1/${name}`);
  return condition === undefined ? 'none' : `${condition['status']} ${condition['reason']}`;
}

describe('a pod that runs without the networks that it asks for', () => {
  it('has the condition, an event and a metric within 10 s', async () => {
    void scene.status;
    await scene.pass(20_000);
    scene.api.put('pod-a', running);
    await scene.pass(10_000);
    expect(scene.api.conditionOf('ns1/pod-a')).toMatchObject({
      status: 'False',
      reason: 'NotAttached',
      message:
        'network ns1/net-a, other/net-b, ADD: the pod runs without its networks: it was started without weft, ' +
        'or its record is lost; delete the pod so that it is attached anew',
    });
    expect(await scene.metric('weft_pods_not_attached')).toBe(1);
    expect(events()).toEqual([
      {
        metadata: { generateName: 'pod-a-', namespace: 'ns1' },
        eventTime: expect.stringMatching(/^2023-11-14T22:\d\d:\d\d\.\d{6}Z$/),
        type: 'Warning',
        reason: 'NetworksNotAttached',
        action: 'Attach',
        regarding: { apiVersion: 'v1', kind: 'Pod', namespace: 'ns1', name: 'pod-a', uid: uidOf('pod-a') },
        note: scene.api.conditionOf('ns1/pod-a')?.['message'],
        reportingController: 'weft.dev/agent',
        reportingInstance: 'weft-agent-node-a',
      },
    ]);
  });

  it('is not meant where another meta-plugin has attached it: it has a status that weft never wrote', async () => {
    const theirs = '[{"name":"cluster","interface":"eth0","default":true,"dns":{}}]';
    const annotations = { ...running.annotations, [statusKey]: theirs };
    scene.api.put('pod-a', { ...running, annotations });
    void scene.status;
    await scene.pass(120_000);
    expect([verdict(), events(), scene.api.patches()]).toEqual(['none', [], []]);
    expect(await scene.metric('weft_pods_not_attached')).toBe(0);
  });

  it('is told again after an hour and not before, also by an agent that was restarted', async () => {
    scene.api.put('pod-a', running);
    void scene.status;
    await scene.pass(10_000);
    await scene.restart();
    await scene.pass(60_000);
    expect(events()).toHaveLength(1);
    expect(scene.api.patches()).toHaveLength(1);
    await scene.clock.pass(3_600_000);
    await scene.pass(1_000);
    expect(events()).toHaveLength(2);
  });

  it('is told though the API server was away when it was found', async () => {
    scene.api.put('pod-a', running);
    scene.api.failing = () => new Error('connect ECONNREFUSED');
    void scene.status;
    await scene.pass(60_000);
    scene.api.failing = () => undefined;
    const before = events().length;
    await scene.pass(20_000);
    expect(verdict()).toBe('False NotAttached');
    expect(events().slice(before)).toHaveLength(1);
  });

  it('is told until it can be where events are forbidden, and logged once', async () => {
    scene.api.put('pod-a', running);
    scene.api.failing = ({ method }) => (method === 'POST' ? status(403, 'Forbidden') : undefined);
    void scene.status;
    await scene.pass(120_000);
    expect(scene.warnings).toHaveLength(1);
    expect(events().length).toBeGreaterThan(3);
    expect(events().length).toBeLessThan(15);
  });

  it('is one no longer once it has them, or is gone', async () => {
    scene.api.put('pod-a', running);
    scene.api.put('pod-b', running);
    void scene.status;
    await scene.pass(10_000);
    expect(await scene.metric('weft_pods_not_attached')).toBe(2);
    await scene.added(attachedRecord('pod-a', ['ns1/net-a']));
    scene.api.remove('ns1/pod-b');
    await scene.pass(6_000);
    expect(verdict()).toBe('True Attached');
    expect(await scene.metric('weft_pods_not_attached')).toBe(0);
  });

  it('is also one that had them and whose record is gone', async () => {
    await loseRecord();
    await scene.pass(10_000);
    expect(verdict()).toBe('False NotAttached');
    expect(scene.networks('ns1/pod-a')).toHaveLength(2);
  });
});

describe('nothing is said', () => {
  it('of pods that ask for nothing, do not run, are finished, or use the host network', async () => {
    scene.api.put('plain', { started: true });
    scene.api.put('empty', { started: true, annotations: { [networksKey]: '[]' } });
    scene.api.put('waiting', { annotations: running.annotations });
    scene.api.put('done', { ...running, phase: 'Succeeded' });
    scene.api.put('host', { ...running, hostNetwork: true });
    scene.api.put('going', { ...running, deleting: true });
    void scene.status;
    await scene.pass(60_000);
    expect(scene.api.calls).toHaveLength(0);
  });

  it('before the pods are known', async () => {
    scene.api.synced = false;
    scene.api.put('pod-a', running);
    void scene.status;
    await scene.pass(60_000);
    expect(await scene.metric('weft_pods_not_attached')).toBe(0);
    scene.api.synced = true;
    await scene.pass(5_000);
    expect(verdict()).toBe('False NotAttached');
  });

  it('of a pod whose record lies there, though no plugin told and the directory was not looked at since', async () => {
    void scene.status;
    await scene.pass(5_100);
    scene.api.put('pod-a', running);
    await scene.pass(2_500);
    scene.store(attachedRecord('pod-a', ['ns1/net-a']));
    await scene.pass(20_000);
    expect(scene.api.patches().map(({ body }) => JSON.stringify(body))).toEqual([
      expect.stringContaining('"True"'),
    ]);
    expect(events()).toHaveLength(0);
  });

  it('while an ADD runs, and for five minutes while the sandbox of an earlier boot may be made anew', async () => {
    scene.api.put('pod-a', running);
    scene.api.put('pod-b', running);
    const { linksBefore: _none, ...adding } = attachedRecord('pod-a', ['ns1/net-a']);
    const steps = adding.steps.map(({ step }) => ({ step, state: 'pending' as const }));
    scene.store({ ...adding, steps, linksBefore: [], createdAt: scene.clock.now() });
    scene.store(attachedRecord('pod-b', ['ns1/net-a'], { bootId: 'boot-0' }));
    void scene.status;
    await scene.pass(100_000);
    expect(scene.api.calls).toHaveLength(0);
    await scene.pass(60_000);
    expect([verdict('pod-a'), verdict('pod-b')]).toEqual(['False NotAttached', 'none']);
    await scene.clock.pass(160_000);
    expect(verdict('pod-b')).toBe('False NotAttached');
  });

  it('for a minute after a boot of a pod that was attached before, though its old record is gone already', async () => {
    scene.api.put('pod-a', running);
    const record = attachedRecord('pod-a', ['ns1/net-a']);
    await scene.added(record);
    scene.erase(record);
    scene.boot('boot-2');
    await scene.restart();
    await scene.pass(50_000);
    expect(verdict()).toBe('True Attached');
    expect(events()).toHaveLength(0);
    await scene.pass(20_000);
    expect(verdict()).toBe('False NotAttached');
  });

  it('while the sandbox is made anew and the ADD for it is refused: the refusal is', async () => {
    await loseRecord();
    for (let round = 0; round < 10; round += 1) {
      await scene.pass(3_000);
      const error = new WeftError('NetworkNotFound', { network: 'ns1/net-a', cause: 'no such network' });
      scene.status.refused({ namespace: 'ns1', name: 'pod-a', uid: uidOf('pod-a') }, error);
    }
    await scene.pass(1_000);
    expect(verdict()).toBe('False NetworkNotFound');
    expect(events()).toHaveLength(0);
    expect(scene.api.calls).toHaveLength(2);
  });

  it('while the records cannot be read', async () => {
    scene.api.put('pod-a', running);
    const directory = `${scene.directories.stateDir}/attachments`;
    rmSync(directory, { recursive: true });
    writeFileSync(directory, 'no directory');
    void scene.status;
    await scene.pass(30_000);
    expect(scene.api.calls).toHaveLength(0);
    expect(scene.status.problems()).toEqual([`records in ${directory}: ENOTDIR`]);
    rmSync(directory);
    await scene.pass(5_000);
    expect(verdict()).toBe('False NotAttached');
  });
});
