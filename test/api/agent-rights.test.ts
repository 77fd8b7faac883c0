import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { projectPod } from '../../src/agent/sources/kube/node-pod.ts';
import { barePodEvent } from '../../src/agent/status/bare-pod-events.ts';
import type { TokenUser } from './agent-identity.ts';
import { AgentRoom, events, refusal, statusAnnotation } from './agent-room.ts';
import { pods } from './bodies.ts';
import { adminServer } from './shared-server.ts';

/** What config/agent lets an agent do, with a token as the kubelet gets it; pod-status-policy.test.ts has the rest. */

const namespace = 'agent-rights';

let room: AgentRoom;
let agent: TokenUser;

beforeAll(async () => {
  room = await AgentRoom.open(inject(adminServer), namespace);
  agent = room.agent;
});
afterAll(() => room?.close());

interface Rule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

/** Each right in a line of its own, in order. */
async function rights(user: TokenUser): Promise<readonly string[]> {
  const review = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectRulesReview',
    spec: { namespace },
  };
  const { text } = await user.transport.request({
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews',
    body: { type: 'application/json', text: JSON.stringify(review) },
    signal: AbortSignal.timeout(10_000),
  });
  const { status: found } = JSON.parse(text) as {
    readonly status: { readonly resourceRules: readonly Rule[]; readonly nonResourceRules: readonly Rule[] };
  };
  const lines = found.resourceRules.flatMap(({ apiGroups = [], resources = [], verbs }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) => verbs.map((verb) => `${verb} ${resource}.${group}`)),
    ),
  );
  const urls = found.nonResourceRules.flatMap(({ nonResourceURLs = [], verbs }) =>
    nonResourceURLs.flatMap((url) => verbs.map((verb) => `${verb} ${url}`)),
  );
  return [...new Set([...lines, ...urls])].sort();
}

describe('the rights of the agent', () => {
  it('are these and no others beside what every service account may, so none to claims [NPWG-213] [NPWG-216]', async () => {
    const stranger = await room.stranger('ordinary');
    const common = new Set(await rights(stranger));
    stranger.close();
    expect((await rights(agent)).filter((right) => !common.has(right))).toEqual([
      'create events.events.k8s.io',
      'create weftnodes.weft.dev',
      'get namespaces.',
      'get network-attachment-definitions.k8s.cni.cncf.io',
      'get pods.',
      'get weftconfigs.weft.dev',
      'list namespaces.',
      'list network-attachment-definitions.k8s.cni.cncf.io',
      'list pods.',
      'list weftconfigs.weft.dev',
      'list weftnodes.weft.dev',
      'patch pods/status.',
      'patch weftnodes.weft.dev',
      'watch namespaces.',
      'watch network-attachment-definitions.k8s.cni.cncf.io',
      'watch pods.',
      'watch weftconfigs.weft.dev',
      'watch weftnodes.weft.dev',
    ]);
  });

  it('do not reach to the rest of a pod', async () => {
    const body = { metadata: { annotations: { [statusAnnotation]: '[]' } } };
    const ref = { namespace, name: (await room.pod()).metadata.name };
    expect(await refusal(agent.writer.patch(pods, ref, { kind: 'merge', body }))).toContain('cannot patch');
  });
});

describe('the policy on events', () => {
  it('lets the agent report about a pod, as itself', async () => {
    const pod = projectPod(await room.pod());
    const event = barePodEvent(pod, 'A note.', room.here, Date.now());
    expect(await agent.writer.create(events, namespace, event)).toMatchObject(event);
  });

  it('lets the agent of a node with a long name report, too', async () => {
    const long = await room.agentOf(`${'n'.repeat(62)}.${'o'.repeat(62)}.example`);
    const pod = projectPod(await room.pod(long.node));
    const event = barePodEvent(pod, 'A note.', long.node, Date.now());
    expect(await long.agent.writer.create(events, namespace, event)).toMatchObject(event);
    long.agent.close();
  });

  const regarding = (kind: string, apiVersion = 'v1'): object => ({
    regarding: { apiVersion, kind, namespace, name: 'a' },
  });
  it.each([
    [
      'of another node',
      { reportingInstance: 'weft-agent-agent-rights-there' },
      'must report as weft.dev/agent',
    ],
    ['of another controller', { reportingController: 'kubelet' }, 'must report as weft.dev/agent'],
    ['about a config map', regarding('ConfigMap'), 'may write events about pods only'],
    ['about another kind of that name', regarding('Pod', 'a.example/v1'), 'may write events about pods only'],
  ])('refuses an event %s', async (_, change, message) => {
    expect(await refusal(agent.writer.create(events, namespace, room.event(change)))).toContain(message);
  });

  it('refuses a token that is bound to no pod', async () => {
    expect(await refusal(room.unbound.writer.create(events, namespace, room.event()))).toContain(
      'names no node',
    );
  });

  it('looks at nobody else', async () => {
    const body = room.event({
      reportingController: 'somebody',
      regarding: { apiVersion: 'v1', kind: 'Node', name: 'here' },
    });
    const made = await room.admin.writer.create(events, 'default', body);
    expect(made).toMatchObject({ reportingController: 'somebody' });
  });
});
