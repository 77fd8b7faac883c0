import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { RawObject } from '../../src/kube/raw-object.ts';
import type { Writer } from '../../src/kube/writer.ts';
import type { TokenUser } from './agent-identity.ts';
import {
  AgentRoom,
  networkStatus,
  networksReady,
  refusal,
  statusAnnotation as status,
} from './agent-room.ts';
import { pods } from './bodies.ts';
import { adminServer } from './shared-server.ts';

/** The policy of config/agent on the status of pods, with tokens as the kubelet gets them. */

const namespace = 'pod-status-policy';

let room: AgentRoom;
let agent: TokenUser;
let pod: RawObject;

beforeAll(async () => {
  room = await AgentRoom.open(inject(adminServer), namespace);
  agent = room.agent;
});
afterAll(() => room?.close());

beforeEach(async () => {
  pod = await room.pod();
});

/** By a strategic merge, as the agent does it, or by one that replaces lists. */
function patchStatus(writer: Writer, name: string, body: object, kind?: 'merge'): Promise<RawObject> {
  return room.patchStatus(writer, name, body, kind);
}

function verdict(uid: string | undefined = pod.metadata.uid): object {
  return networkStatus(uid);
}

interface Change {
  readonly metadata?: { readonly annotations?: object | null };
  readonly status?: object;
}

function conditionsOf(object: RawObject): readonly string[] {
  const { conditions } = object['status'] as { conditions: { type: string; status: string }[] };
  return conditions.map(({ type, status: value }) => `${type} ${value}`).sort();
}

describe('the policy on the status of pods', () => {
  it('lets the agent write network-status and its condition on its own node, change them and take them away', async () => {
    const { name } = pod.metadata;
    const written = await patchStatus(agent.writer, name, verdict());
    expect(written.metadata['annotations']).toEqual({ theirs: 'x', [status]: '[]' });
    expect(conditionsOf(written)).toEqual(['Ready True', 'weft.dev/NetworksReady True']);
    const changed = await patchStatus(agent.writer, name, {
      metadata: { annotations: { [status]: '[{}]', 'weft.dev/note': 'x' } },
      status: { conditions: [networksReady('False')] },
    });
    expect(changed.metadata['annotations']).toEqual({ theirs: 'x', [status]: '[{}]', 'weft.dev/note': 'x' });
    expect(conditionsOf(changed)).toEqual(['Ready True', 'weft.dev/NetworksReady False']);
    const gone = await patchStatus(agent.writer, name, {
      metadata: { annotations: { [status]: null, 'weft.dev/note': null } },
      status: { conditions: [{ $patch: 'delete', type: 'weft.dev/NetworksReady' }] },
    });
    expect(gone.metadata['annotations']).toEqual({ theirs: 'x' });
    expect(conditionsOf(gone)).toEqual(['Ready True']);
  });

  it('lets the agent write to a pod that has no annotation, label or status of anybody else yet', async () => {
    const { metadata } = await room.admin.writer.create(pods, namespace, {
      metadata: { name: `bare-${pod.metadata.name}` },
      spec: { nodeName: room.here, containers: [{ name: 'main', image: 'none' }] },
    });
    const written = await patchStatus(agent.writer, metadata.name, verdict(metadata.uid));
    expect(written.metadata['annotations']).toEqual({ [status]: '[]' });
  });

  it('refuses a pod of another node, and says which nodes', async () => {
    const { metadata } = await room.pod(room.there);
    expect(await refusal(patchStatus(agent.writer, metadata.name, verdict(metadata.uid)))).toContain(
      `the agent of node ${room.here} may not write to a pod of`,
    );
  });

  it('refuses a pod that has no node yet', async () => {
    const { metadata } = await room.admin.writer.create(pods, namespace, {
      metadata: { name: `waiting-${pod.metadata.name}` },
      spec: { containers: [{ name: 'main', image: 'none' }] },
    });
    expect(await refusal(patchStatus(agent.writer, metadata.name, verdict(metadata.uid)))).toContain(
      'may not write to a pod of node',
    );
  });

  it('refuses a token that is bound to no pod, on any node', async () => {
    expect(await refusal(patchStatus(room.unbound.writer, pod.metadata.name, verdict()))).toContain(
      'the token names no node',
    );
  });

  const foreignAnnotation = 'may not change other annotations than network-status and';
  const metadataOnly = 'may not change labels or finalizers';
  const statusOnly = 'may not change the status but for conditions';
  const foreignCondition = 'may not change other conditions than weft.dev/';
  it.each([
    ['a new annotation', { metadata: { annotations: { other: 'x' } } }, foreignAnnotation],
    ['a changed annotation', { metadata: { annotations: { theirs: 'y' } } }, foreignAnnotation],
    ['a removed annotation', { metadata: { annotations: { theirs: null } } }, foreignAnnotation],
    ['all annotations removed', { metadata: { annotations: null } }, foreignAnnotation],
    [
      'an annotation that only begins like ours',
      { metadata: { annotations: { 'weft.developer/x': 'y' } } },
      foreignAnnotation,
    ],
    [
      'the request for networks',
      { metadata: { annotations: { 'k8s.v1.cni.cncf.io/networks': 'other' } } },
      foreignAnnotation,
    ],
    ['a new label', { metadata: { labels: { 'weft.dev/a': 'b' } } }, metadataOnly],
    ['a changed label', { metadata: { labels: { app: 'b' } } }, metadataOnly],
    ['a removed label', { metadata: { labels: { app: null } } }, metadataOnly],
    ['a removed finalizer', { metadata: { finalizers: null } }, metadataOnly],
    ['the phase', { status: { phase: 'Failed' } }, statusOnly],
    ['the address', { status: { podIP: '10.0.0.8', podIPs: [{ ip: '10.0.0.8' }] } }, statusOnly],
    ['the message', { status: { message: 'x' } }, statusOnly],
    [
      'the state of a container',
      {
        status: {
          containerStatuses: [{ name: 'main', image: '', imageID: '', ready: true, restartCount: 0 }],
        },
      },
      statusOnly,
    ],
    ['all addresses removed', { status: { podIP: null, podIPs: null } }, statusOnly],
    [
      "the kubelet's condition",
      { status: { conditions: [{ type: 'Ready', status: 'False' }] } },
      foreignCondition,
    ],
    [
      "somebody's condition",
      { status: { conditions: [{ type: 'a.example/b', status: 'True' }] } },
      foreignCondition,
    ],
    ['no conditions at all', { status: { conditions: [] } }, foreignCondition],
  ])('refuses %s, alone or beside what is allowed', async (_, change, message) => {
    const { name } = pod.metadata;
    expect(await refusal(patchStatus(agent.writer, name, change, 'merge'))).toContain(message);
    const { annotations, ...metadata } = (change as Change).metadata ?? {};
    const both = {
      metadata: {
        ...metadata,
        annotations: annotations === null ? null : { [status]: '[]', ...annotations },
      },
      ...((change as Change).status && { status: (change as Change).status }),
    };
    expect(await refusal(patchStatus(agent.writer, name, both, 'merge'))).toContain(message);
    expect(await room.admin.writer.get(pods, { namespace, name })).toEqual(pod);
  });

  it('need not look at owners and at the rest of the pod, which no write to the status changes', async () => {
    const { name } = pod.metadata;
    const owner = { apiVersion: 'v1', kind: 'Pod', name: 'a', uid: 'u-1' };
    const body = {
      metadata: { ownerReferences: [owner], annotations: { [status]: '[]' } },
      spec: { nodeName: room.there, activeDeadlineSeconds: 1 },
    };
    const written = await patchStatus(agent.writer, name, body, 'merge');
    expect(written.metadata).not.toHaveProperty('ownerReferences');
    expect(written['spec']).toEqual(pod['spec']);
  });

  it('refuses what is wrong in more than one way with one of its reasons', async () => {
    const change = { metadata: { labels: { app: 'b' } }, status: { phase: 'Failed' } };
    expect(await refusal(patchStatus(agent.writer, pod.metadata.name, change))).toMatch(
      /the agent may not change (labels|the status)/,
    );
  });

  it('has an answer for the largest pod that there may be', async () => {
    const name = `large-${pod.metadata.name}`;
    const many = Array.from({ length: 200 }, (_, index) => `c${index}`);
    // The API server takes 256 KiB of annotations.
    const annotations = Object.fromEntries(
      Array.from({ length: 2_000 }, (_, index) => [`a.example/${index}`, 'x'.repeat(110)]),
    );
    const { metadata } = await room.admin.writer.create(pods, namespace, {
      metadata: { name, annotations },
      spec: {
        nodeName: room.here,
        containers: many.map((container) => ({ name: container, image: 'none' })),
      },
    });
    const containerStatuses = many.map((container) => ({
      name: container,
      image: 'i'.repeat(100),
      imageID: 'i'.repeat(100),
      ready: true,
      restartCount: 0,
      state: { running: { startedAt: '2026-01-02T03:04:05Z' } },
    }));
    await patchStatus(room.admin.writer, name, { status: { phase: 'Running', containerStatuses } });
    const written = await patchStatus(agent.writer, name, verdict(metadata.uid));
    expect(conditionsOf(written)).toContain('weft.dev/NetworksReady True');
    const change = { metadata: { annotations: { 'a.example/1999': 'y' } } };
    expect(await refusal(patchStatus(agent.writer, name, change))).toContain(foreignAnnotation);
  });

  it('looks at nobody else: administrator, kubelet and another service account write as ever', async () => {
    const { name } = pod.metadata;
    const as = (...who: readonly string[]): Promise<string> => {
      const body = { metadata: { labels: { by: 'b' } }, status: { message: who.join(' ') } };
      const patch = ['--type=merge', '--subresource=status', `--patch=${JSON.stringify(body)}`];
      return room.kubectl.must(['patch', 'pod', name, '-n', namespace, ...patch, '-o', 'name', ...who]);
    };
    const role = ['--clusterrole=cluster-admin', '--group=system:nodes', '--group=system:serviceaccounts'];
    await room.kubectl.must(['create', 'rolebinding', 'others', '-n', namespace, ...role]);
    const other = '--as=system:serviceaccount:kube-system:weft';
    expect(await as()).toContain(name);
    expect(await as(`--as=system:node:${room.there}`, '--as-group=system:nodes')).toContain(name);
    expect(await as(other, '--as-group=system:serviceaccounts')).toContain(name);
    expect((await room.admin.writer.get(pods, { namespace, name }))['status']).toMatchObject({
      phase: 'Running',
      message: `${other} --as-group=system:serviceaccounts`,
    });
  });
});
