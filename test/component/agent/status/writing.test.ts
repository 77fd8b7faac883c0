import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WeftError } from '../../../../src/errors/weft-error.ts';
import { status, uidOf } from '../../../fakes/pod-api.ts';
import { attachedRecord, failedRecord, networksKey, StatusScene, statusKey } from './status-scene.ts';

let scene: StatusScene;
beforeEach(() => {
  scene = new StatusScene();
});
afterEach(() => scene.close());

const asking = { annotations: { [networksKey]: 'net-a' } };

describe("a pod's status after ADD", () => {
  it('is one PATCH of pods/status with the uid, annotation and condition together, and nothing else [NPWG-140] [NPWG-158] [NPWG-163]', async () => {
    scene.api.put('pod-a', asking);
    await scene.added(attachedRecord('pod-a', ['ns1/net-a']));
    expect(scene.networks('ns1/pod-a')).toEqual(['cluster@eth0', 'ns1/net-a@net1']);
    expect(scene.api.conditionOf('ns1/pod-a')).toEqual({
      type: 'weft.dev/NetworksReady',
      status: 'True',
      reason: 'Attached',
      message: 'attached: eth0, net1',
      lastTransitionTime: '2023-11-14T22:13:21Z',
    });
    await scene.pass(60_000);
    expect(scene.api.calls).toHaveLength(1);
    const [call] = scene.api.calls;
    expect(call?.path).toBe('/api/v1/namespaces/ns1/pods/pod-a/status?fieldManager=weft-agent');
    expect(Object.keys(call?.body ?? {})).toEqual(['metadata', 'status']);
    expect(call?.body['metadata']).toEqual({
      uid: uidOf('pod-a'),
      annotations: { [statusKey]: scene.api.annotationsOf('ns1/pod-a')[statusKey] },
    });
    expect(scene.api.annotationsOf('ns1/pod-a')[networksKey]).toBe('net-a');
    expect(statusKey).toBe('k8s.v1.cni.cncf.io/network-status');
    expect(JSON.parse(scene.api.annotationsOf('ns1/pod-a')[statusKey] ?? '')).toEqual([
      expect.objectContaining({ interface: 'eth0', default: true }),
      expect.objectContaining({ interface: 'net1', default: false }),
    ]);
  });

  it("of a pod without additional networks has the default network's entry alone [NPWG-141]", async () => {
    scene.api.put('pod-a');
    await scene.added(attachedRecord('pod-a', []));
    expect(scene.networks('ns1/pod-a')).toEqual(['cluster@eth0']);
    expect(scene.api.conditionOf('ns1/pod-a')?.['status']).toBe('True');
  });

  it('does not wait for the watch to know the pod', async () => {
    scene.api.watchStands = true;
    scene.api.put('pod-a', asking);
    await scene.added(attachedRecord('pod-a', ['ns1/net-a']));
    expect(scene.networks('ns1/pod-a')).toHaveLength(2);
    await scene.pass(30_000);
    expect(scene.api.calls).toHaveLength(1);
  });

  it("of a static pod goes to the mirror pod's uid, as soon as there is one", async () => {
    const uid = '9f8e7d6c5b4a39281706f5e4d3c2b1a0';
    const pod = { namespace: 'ns1', name: 'static', uid };
    await scene.added(attachedRecord('static', ['ns1/net-a'], { pod }));
    await scene.pass(20_000);
    expect(scene.api.calls).toHaveLength(0);
    expect(await scene.metric('weft_status_pending')).toBe(1);
    const mirror = '11111111-1111-4111-8111-111111111111';
    scene.api.put('static', { uid: mirror, annotations: { 'kubernetes.io/config.hash': uid } });
    await scene.pass(0);
    expect(scene.api.patches()[0]?.body['metadata']).toMatchObject({ uid: mirror });
    expect(await scene.metric('weft_status_pending')).toBe(0);
  });

  it("keeps others' annotations, conditions and entries [NPWG-162]", async () => {
    const foreign = { name: 'other/net', interface: 'hot0', x: 1 };
    scene.api.put('pod-a', {
      annotations: { ...asking.annotations, mine: 'kept', [statusKey]: JSON.stringify([foreign]) },
    });
    await scene.added(attachedRecord('pod-a', ['ns1/net-a']));
    expect(scene.networks('ns1/pod-a')).toEqual(['cluster@eth0', 'ns1/net-a@net1', 'other/net@hot0']);
    expect(scene.api.annotationsOf('ns1/pod-a')['mine']).toBe('kept');
    expect(scene.api.conditionOf('ns1/pod-a', 'Ready')).toEqual({ type: 'Ready', status: 'False' });
  });

  it('replaces text that is no status, and says why', async () => {
    scene.api.put('pod-a', { annotations: { [statusKey]: '{"half":' } });
    await scene.added(attachedRecord('pod-a', []));
    expect(scene.networks('ns1/pod-a')).toEqual(['cluster@eth0']);
    expect(scene.warnings.filter((line) => line.includes('it is not JSON'))).toHaveLength(1);
  });

  it('of a sandbox made anew replaces that of the one before, also with fewer networks and after a restart of the agent [NPWG-338]', async () => {
    scene.api.put('pod-a', asking);
    const first = attachedRecord('pod-a', ['ns1/net-a', 'ns1/net-b']);
    await scene.added(first);
    scene.erase(first);
    await scene.status.write({ ...first, sequence: 3, steps: [] });
    await scene.pass(500);
    expect(scene.networks('ns1/pod-a')).toHaveLength(3);
    expect(scene.api.calls).toHaveLength(1);
    await scene.restart();
    const sandbox = { containerId: 'c-second', ifname: 'eth0', netns: '/run/netns/b' };
    await scene.added(attachedRecord('pod-a', ['ns1/net-c'], { sandbox, createdAt: 1_800_000_000_000 }));
    expect(scene.networks('ns1/pod-a')).toEqual(['cluster@eth0', 'ns1/net-c@net1']);
    expect(scene.api.calls).toHaveLength(2);
  });

  it('is the newest record, whichever is heard of last', async () => {
    scene.api.put('pod-a', asking);
    const sandbox = { containerId: 'c-new', ifname: 'eth0', netns: '' };
    const newer = attachedRecord('pod-a', ['ns1/new'], { sandbox, createdAt: 1_800_000_000_000 });
    await scene.added(newer);
    await scene.added(attachedRecord('pod-a', ['ns1/old']));
    await scene.pass(10_000);
    expect(scene.networks('ns1/pod-a')).toEqual(['cluster@eth0', 'ns1/new@net1']);
    expect(scene.api.calls).toHaveLength(1);
  });

  it('never has two writes of one pod at once, nor an older state after a newer one', async () => {
    scene.api.put('pod-a', asking);
    const sandboxes = Array.from({ length: 10 }, (_, index) =>
      attachedRecord('pod-a', [`ns1/net-${index}`], {
        sandbox: { containerId: `c-${index}`, ifname: 'eth0', netns: '' },
        createdAt: 1_700_000_000_000 + index,
      }),
    );
    await Promise.all(sandboxes.map((record) => scene.added(record)));
    expect(scene.api.mostRunning).toBe(1);
    expect(scene.networks('ns1/pod-a')).toEqual(['cluster@eth0', 'ns1/net-9@net1']);
    expect(scene.api.calls.length).toBeLessThanOrEqual(2);
  });
});

describe('an ADD that gave nothing', () => {
  it('leaves the annotation alone and says why in the condition [NPWG-337]', async () => {
    scene.api.put('pod-a', asking);
    const error = new WeftError('NetworkNotFound', {
      network: 'ns1/net-a',
      step: 'ADD',
      cause: 'it is not there',
    });
    scene.status.refused({ namespace: 'ns1', name: 'pod-a', uid: uidOf('pod-a') }, error);
    await scene.pass(0);
    expect(scene.api.annotationsOf('ns1/pod-a')).toEqual(asking.annotations);
    const condition = scene.api.conditionOf('ns1/pod-a');
    expect(condition).toMatchObject({ status: 'False', reason: 'NetworkNotFound', message: error.message });
    expect(condition?.['message']).toMatch(/network ns1\/net-a, ADD: it is not there; create the/);
  });

  it("shows the plugin's reason, and is forgotten with the next ADD that succeeds", async () => {
    scene.api.put('pod-a', asking);
    const failed = failedRecord(
      'pod-a',
      'PluginMissing',
      'network ns1/net-a, ADD net1: no macvlan; install it',
    );
    await scene.status.write(failed);
    await scene.pass(0);
    expect(scene.api.conditionOf('ns1/pod-a')).toMatchObject({ status: 'False', reason: 'PluginMissing' });
    await scene.pass(5_000);
    await scene.added(attachedRecord('pod-a', ['ns1/net-a'], { sequence: 7 }));
    expect(scene.api.conditionOf('ns1/pod-a')).toMatchObject({
      status: 'True',
      lastTransitionTime: '2023-11-14T22:13:26Z',
    });
    await scene.pass(60_000);
    expect(scene.api.calls).toHaveLength(2);
  });

  it('that fails for ever with the same words is written once', async () => {
    scene.api.put('pod-a', asking);
    for (let round = 0; round < 20; round += 1) {
      await scene.status.write(failedRecord('pod-a', 'DelegateFailed', 'no'));
      await scene.pass(10_000);
    }
    expect(scene.api.calls).toHaveLength(1);
  });
});

describe('a status write that somebody changes on its way', () => {
  it('is not waited for, and made again only now and then', async () => {
    scene.api.put('pod-a', asking);
    scene.api.spoils = (body) =>
      Object.assign(body['metadata'] as object, { annotations: { [statusKey]: '[]' } });
    await scene.added(attachedRecord('pod-a', ['ns1/net-a']));
    await scene.pass(60_000);
    expect(scene.api.calls.length).toBeLessThan(20);
  });
});

describe('a status write that fails', () => {
  it('with five conflicts in a row is neither lost nor fails ADD [NPWG-159]', async () => {
    scene.api.put('pod-a', asking);
    let conflicts = 5;
    scene.api.failing = () => {
      conflicts -= 1;
      return conflicts >= 0 ? status(409, 'Conflict') : undefined;
    };
    const written = scene.added(attachedRecord('pod-a', ['ns1/net-a']));
    await scene.pass(1_000);
    await written;
    expect(scene.networks('ns1/pod-a')).toHaveLength(2);
    expect(scene.api.calls).toHaveLength(6);
  });

  it('by a timeout after the interface exists is tried until it is there', async () => {
    scene.api.put('pod-a', asking);
    scene.api.failing = () => 'hang';
    const written = scene.added(attachedRecord('pod-a', ['ns1/net-a']));
    await scene.pass(30_000);
    await written;
    expect(scene.networks('ns1/pod-a')).toBeUndefined();
    expect(await scene.metric('weft_status_pending')).toBe(1);
    scene.api.failing = () => undefined;
    await scene.pass(10_000);
    expect(scene.networks('ns1/pod-a')).toHaveLength(2);
    expect(await scene.metric('weft_status_pending')).toBe(0);
    expect(scene.warnings).toHaveLength(1);
  });

  it('by a timeout though it was done is not done again, because the watch brings it', async () => {
    scene.api.put('pod-a', asking);
    scene.api.loses = 1;
    await scene.added(attachedRecord('pod-a', ['ns1/net-a']));
    expect(scene.networks('ns1/pod-a')).toHaveLength(2);
    await scene.pass(60_000);
    expect(scene.api.calls).toHaveLength(1);
    expect(await scene.metric('weft_status_pending')).toBe(0);
  });

  it('because the pod is gone is dropped', async () => {
    await scene.added(attachedRecord('pod-a', ['ns1/net-a']));
    await scene.pass(120_000);
    expect(scene.api.calls).toHaveLength(1);
    expect(await scene.metric('weft_status_pending')).toBe(0);
  });

  it('because the name is another pod by now is dropped, and the new pod stays as it is [NPWG-159]', async () => {
    scene.api.put('pod-a', { uid: '22222222-2222-4222-8222-222222222222', ...asking });
    await scene.added(attachedRecord('pod-a', ['ns1/net-a']));
    await scene.pass(120_000);
    expect(scene.networks('ns1/pod-a')).toBeUndefined();
    expect(scene.api.calls).toHaveLength(1);
  });

  it('because it is forbidden is tried ever more seldom and logged once', async () => {
    scene.api.put('pod-a', asking);
    scene.api.failing = () => status(403, 'Forbidden');
    await scene.added(attachedRecord('pod-a', ['ns1/net-a']));
    await scene.pass(120_000);
    expect(scene.api.calls.length).toBeLessThan(25);
    expect(scene.warnings).toHaveLength(1);
    scene.api.failing = () => undefined;
    await scene.pass(10_000);
    expect(scene.networks('ns1/pod-a')).toHaveLength(2);
  });
});
