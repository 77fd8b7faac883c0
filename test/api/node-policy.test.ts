import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { nodeObject } from '../../src/agent/node/node-object.ts';
import { nodeUidIn } from '../../src/agent/node/node-owner.ts';
import { weftNodeResource } from '../../src/agent/sources/kube/kube-resources.ts';
import { KubeError } from '../../src/kube/kube-error.ts';
import type { RawObject } from '../../src/kube/raw-object.ts';
import type { Writer } from '../../src/kube/writer.ts';
import type { TokenUser } from './agent-identity.ts';
import { AgentRoom } from './agent-room.ts';
import { adminServer } from './shared-server.ts';

/** Which WeftNode an agent may write, with a token as the kubelet gets it. */
const namespace = 'node-policy';
const status = { version: '0.1.0' };

let room: AgentRoom;
let agent: TokenUser;

beforeAll(async () => {
  room = await AgentRoom.open(inject(adminServer), namespace);
  agent = room.agent;
  await room.kubectl.must(['wait', '--for=condition=Established', 'crd/weftnodes.weft.dev', '--timeout=30s']);
});
afterAll(() => room?.close());

function apply(name: string, body: object, writer: Writer = agent.writer): Promise<RawObject> {
  return writer.patch(weftNodeResource, { name }, { kind: 'apply', body, force: true });
}

/** What the API server says, in full; '' if it does the call. */
async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return '';
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    expect(error.reason).toBe('ApiForbidden');
    return error.failure.cause;
  }
}

async function uidOf(node: string): Promise<string> {
  const { metadata } = await room.admin.writer.get(
    { group: '', version: 'v1', plural: 'nodes' },
    { name: node },
  );
  return metadata.uid ?? '';
}

function owned(name: string, owner: object): object {
  return {
    apiVersion: 'weft.dev/v1alpha1',
    kind: 'WeftNode',
    metadata: { name, ownerReferences: [{ apiVersion: 'v1', kind: 'Node', ...owner }] },
    status,
  };
}

describe('the policy on WeftNodes', () => {
  it('lets an agent make and change that of its node, owned by the Node that its token names', async () => {
    const { here } = room;
    const uid = nodeUidIn({ file: agent.tokenFile }, here);
    expect(uid).toBe(await uidOf(here));
    const made = await apply(here, nodeObject({ name: here, uid }, status));
    expect(made.metadata).toMatchObject({ ownerReferences: [{ kind: 'Node', name: here, uid }] });
    const changed = await apply(here, nodeObject({ name: here, uid }, { version: '0.2.0' }));
    expect(changed['status']).toEqual({ version: '0.2.0' });
    expect(changed.metadata.uid).toBe(made.metadata.uid);
    expect(nodeUidIn({ file: agent.tokenFile }, room.there)).toBeUndefined();
  });

  it('lets it write without an owner, as under a token of an older API server', async () => {
    const { node, agent: other } = await room.agentOf(`${namespace}-second`);
    expect(
      (await apply(node, nodeObject({ name: node, uid: undefined }, status), other.writer))['status'],
    ).toEqual(status);
    other.close();
  });

  it.each(['there', 'nowhere'] as const)('refuses that of another node: %s', async (place) => {
    const name = place === 'there' ? room.there : 'no-such-node';
    const theirs = nodeObject({ name, uid: undefined }, status);
    expect(await refusal(apply(name, theirs))).toContain(
      `the agent of node ${room.here} may not write the WeftNode ${name}`,
    );
    const create = agent.writer.create(weftNodeResource, undefined, theirs);
    expect(await refusal(create)).toContain('may not write the WeftNode');
  });

  it('refuses to change one that is there already', async () => {
    await apply(room.there, nodeObject({ name: room.there, uid: undefined }, status), room.admin.writer);
    const body = { status: { version: 'x' } };
    const patch = agent.writer.patch(weftNodeResource, { name: room.there }, { kind: 'merge', body });
    expect(await refusal(patch)).toContain('may not write the WeftNode');
  });

  it('refuses a token that is bound to no pod', async () => {
    const body = nodeObject({ name: room.here, uid: undefined }, status);
    expect(await refusal(apply(room.here, body, room.unbound.writer))).toContain('the token names no node');
  });

  it('refuses another owner than the Node, and finalizers', async () => {
    const { here, there } = room;
    const uid = await uidOf(here);
    const message = 'the owner of a WeftNode is the Node of the agent';
    for (const owner of [
      { name: there, uid: await uidOf(there) },
      { name: here, uid: 'u-1' },
      { name: here, uid, kind: 'Pod' },
      { name: here, uid, apiVersion: 'a.example/v1' },
    ])
      expect(await refusal(apply(here, owned(here, owner)))).toContain(message);
    const body = { metadata: { finalizers: ['a.example/b'] } };
    const patch = agent.writer.patch(weftNodeResource, { name: here }, { kind: 'merge', body });
    expect(await refusal(patch)).toContain('may not change finalizers');
  });

  it('gives no right to delete, and looks at nobody else', async () => {
    const { here } = room;
    expect(await agent.status('DELETE', `/apis/weft.dev/v1alpha1/weftnodes/${here}`)).toBe(403);
    await apply(
      'of-the-administrator',
      nodeObject({ name: 'of-the-administrator', uid: undefined }, status),
      room.admin.writer,
    );
    await room.kubectl.must(['delete', 'weftnode', 'of-the-administrator', here]);
  });
});
