import { expect } from 'vitest';
import { patchBody } from '../../src/agent/status/status-change.ts';
import type { RawObject } from '../../src/kube/raw-object.ts';
import type { Resource } from '../../src/kube/resource.ts';
import type { Writer } from '../../src/kube/writer.ts';
import { Kubectl } from '../harness/kubectl.ts';
import { sleep } from '../harness/run.ts';
import { TokenUser } from './agent-identity.ts';
import { pods } from './bodies.ts';
import { Admin, certificateAccess, type ServerAddress } from './shared-server.ts';

export const events: Resource = { group: 'events.k8s.io', version: 'v1', plural: 'events' };
const serviceAccounts: Resource = { group: '', version: 'v1', plural: 'serviceaccounts' };
const nodes: Resource = { group: '', version: 'v1', plural: 'nodes' };

/** Where NPWG wants the status. */
export const statusAnnotation = 'k8s.v1.cni.cncf.io/network-status';

const system = 'kube-system';
const account = 'weft-agent';

/** config/agent at a server, two nodes, a namespace, and an agent of the first node as the kubelet would start it. */
export class AgentRoom {
  readonly address: ServerAddress;
  readonly admin: Admin;
  readonly kubectl: Kubectl;
  /** With the token of a pod on `here`. */
  readonly agent: TokenUser;
  /** The same account with a token of no pod. */
  readonly unbound: TokenUser;
  readonly namespace: string;
  readonly here: string;
  readonly there: string;
  #count = 0;

  private constructor(address: ServerAddress, kubectl: Kubectl, users: Users, namespace: string) {
    this.address = address;
    this.kubectl = kubectl;
    this.admin = users.admin;
    this.agent = users.agent;
    this.unbound = users.unbound;
    this.namespace = namespace;
    ({ here: this.here, there: this.there } = nodesOf(namespace));
  }

  /** `namespace` must not be there yet. Resolves when the policies work; they stay, and touch nobody but agents. */
  static async open(address: ServerAddress, namespace: string): Promise<AgentRoom> {
    const kubectl = await Kubectl.open(address);
    for (const part of ['crds/weft.dev', 'config/agent']) await kubectl.must(['apply', '-k', part]);
    const admin = new Admin(certificateAccess(address));
    await admin.namespace(namespace);
    const { here, there } = nodesOf(namespace);
    await admin.writer.create(nodes, undefined, { metadata: { name: there } });
    const agent = await agentOn(address, admin, here);
    const unbound = await TokenUser.of(address, admin, { namespace: system, name: account });
    const room = new AgentRoom(address, kubectl, { admin, agent, unbound }, namespace);
    await room.#untilPoliciesWork();
    return room;
  }

  /** Another node with its agent. */
  async agentOf(node: string): Promise<{ readonly node: string; readonly agent: TokenUser }> {
    return { node, agent: await agentOn(this.address, this.admin, node) };
  }

  /** A service account of this namespace, with a token. */
  async stranger(name: string): Promise<TokenUser> {
    const { namespace } = this;
    await this.admin.writer.create(serviceAccounts, namespace, { metadata: { name } });
    return TokenUser.of(this.address, this.admin, { namespace, name });
  }

  /** A pod as its kubelet has left it. */
  async pod(node: string = this.here): Promise<RawObject> {
    const name = `pod-${this.#next()}`;
    await this.admin.writer.create(pods, this.namespace, {
      metadata: { name, labels: { app: 'a' }, annotations: { theirs: 'x' }, finalizers: ['a.example/b'] },
      spec: { nodeName: node, containers: [{ name: 'main', image: 'none' }] },
    });
    const conditions = [{ type: 'Ready', status: 'True' }];
    const status = { phase: 'Running', podIP: '10.0.0.9', podIPs: [{ ip: '10.0.0.9' }], conditions };
    return this.patchStatus(this.admin.writer, name, { status });
  }

  patchStatus(
    writer: Writer,
    name: string,
    body: object,
    kind: 'strategic' | 'merge' = 'strategic',
  ): Promise<RawObject> {
    const { namespace } = this;
    return writer.patch(pods, { namespace, name }, { kind, subresource: 'status', body });
  }

  /** An event as the agent reports it, with what is given instead. */
  event(change: object = {}): object {
    const { namespace } = this;
    return {
      metadata: { name: `event-${this.#next()}` },
      eventTime: '2026-01-02T03:04:05.000000Z',
      reportingController: 'weft.dev/agent',
      reportingInstance: `weft-agent-${this.here}`,
      action: 'Attach',
      reason: 'NetworksMissing',
      type: 'Warning',
      regarding: { apiVersion: 'v1', kind: 'Pod', namespace, name: 'pod-1' },
      ...change,
    };
  }

  close(): void {
    for (const user of [this.agent, this.unbound, this.admin, this.kubectl]) user.close();
  }

  #next(): number {
    this.#count += 1;
    return this.#count;
  }

  /** The API server takes up a policy some time after its creation, less than a second when idle. */
  async #untilPoliciesWork(): Promise<void> {
    const { agent, namespace, there } = this;
    const { metadata } = await this.pod(there);
    const patch = (): Promise<RawObject> =>
      this.patchStatus(agent.writer, metadata.name, networkStatus(metadata.uid));
    const report = (): Promise<RawObject> =>
      agent.writer.create(events, namespace, this.event({ reportingInstance: `weft-agent-${there}` }));
    for (const call of [patch, report]) {
      for (let tried = 0; (await refusal(call())) === ''; tried += 1) {
        if (tried > 300) throw new Error('the policies do not work');
        await sleep(100);
      }
    }
  }
}

/** Makes a node and the pod of its agent, and gives a token as the kubelet gets it for that pod. */
async function agentOn(address: ServerAddress, admin: Admin, node: string): Promise<TokenUser> {
  await admin.writer.create(nodes, undefined, { metadata: { name: node } });
  const pod = await admin.writer.create(pods, system, {
    metadata: { generateName: 'weft-agent-' },
    spec: { nodeName: node, serviceAccountName: account, containers: [{ name: 'agent', image: 'none' }] },
  });
  return TokenUser.of(address, admin, { namespace: system, name: account, pod });
}

interface Users {
  readonly admin: Admin;
  readonly agent: TokenUser;
  readonly unbound: TokenUser;
}

function nodesOf(namespace: string): { readonly here: string; readonly there: string } {
  return { here: `${namespace}-here`, there: `${namespace}-there` };
}

/** What the agent writes after an ADD (DESIGN §3.5). */
export function networkStatus(uid: string | undefined): object {
  const condition = { status: 'True', reason: 'Attached', message: '' } as const;
  return patchBody(uid ?? '', { annotation: '[]', condition });
}

/** weft's condition. */
export function networksReady(status: string): object {
  return { type: 'weft.dev/NetworksReady', status, reason: 'Attached', message: '' };
}

/** The message with which the API server forbade the call; '' if it did not. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return '';
  } catch (error) {
    expect(error).toMatchObject({ reason: 'ApiForbidden' });
    return (error as Error).message;
  }
}
