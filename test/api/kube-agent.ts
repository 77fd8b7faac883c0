import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { kubeconfigText } from '../../hack/cluster/kubeconfig.ts';
import { networkResource, podResource } from '../../src/agent/sources/kube/kube-resources.ts';
import { networksAnnotation } from '../../src/selection/invalid-annotation.ts';
import { AgentNode, type AgentProcess, until } from '../component/agent/agent-node.ts';
import { ApiServer } from '../harness/api-server.ts';
import { Kubectl } from '../harness/kubectl.ts';
import { agentBundle } from '../harness/toolchain.ts';
import { Admin } from './shared-server.ts';

/** Name of the one node. */
const nodeName = 'node-a';

/** An API server of its own, and the built agent of a node in it. */
export class KubeAgent {
  readonly server: ApiServer;
  readonly admin: Admin;
  readonly kubectl: Kubectl;
  readonly node: AgentNode;
  #agent: AgentProcess | undefined;

  private constructor(server: ApiServer, kubectl: Kubectl, interpreter: string | undefined) {
    this.server = server;
    this.kubectl = kubectl;
    this.admin = new Admin(server.admin());
    this.node = new AgentNode(agentBundle(), interpreter);
    this.node.write('kubeconfig', kubeconfigOf(server));
  }

  /** The server without CRDs; no agent runs yet. `interpreter`: another node than this process runs in. */
  static async open(interpreter?: string): Promise<KubeAgent> {
    const server = await ApiServer.start();
    return new KubeAgent(server, await Kubectl.open(server), interpreter);
  }

  /** The agent that runs. */
  get agent(): AgentProcess {
    if (this.#agent === undefined) throw new Error('no agent was started');
    return this.#agent;
  }

  async start(extra: readonly string[] = []): Promise<void> {
    const kube = [`--kubeconfig=${this.node.root}/kubeconfig`, '--networks-dir='];
    this.#agent = await this.node.start([...kube, '--metrics-address=127.0.0.1:0', ...extra]);
  }

  async installCrds(): Promise<void> {
    await this.kubectl.must(['create', '-k', 'config/crd']);
    await this.kubectl.must(['apply', '-k', 'crds/weft.dev']);
  }

  async close(): Promise<void> {
    await this.node.remove();
    this.kubectl.close();
    this.admin.close();
    await this.server.stop();
  }

  /** A page of the agent's own. */
  async page(path: string): Promise<{ readonly status: number; readonly body: string }> {
    const row = await this.agent.logged(({ msg }) => msg === 'health and metrics are served');
    const { port } = row['address'] as { port: number };
    const answer = await fetch(`http://127.0.0.1:${port}${path}`);
    return { status: answer.status, body: await answer.text() };
  }

  async untilReady(): Promise<void> {
    const ready = async (): Promise<true | undefined> =>
      (await this.page('/readyz')).status === 200 ? true : undefined;
    await until(ready, `readiness in: ${this.agent.stderr}`, 20_000);
  }

  /** One sample, by name and labels as they are printed. */
  async metric(name: string): Promise<number> {
    const { body } = await this.page('/metrics');
    const row = body.split('\n').find((line) => line.startsWith(`${name} `));
    return Number(row?.slice(name.length + 1));
  }

  async untilMetric(name: string, value: number): Promise<void> {
    await until(
      async () => ((await this.metric(name)) === value ? true : undefined),
      `${name} to be ${value}`,
      20_000,
    );
  }

  /** Creates a network. */
  async network(
    name: string,
    namespace = 'default',
    annotations: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const config = JSON.stringify({ cniVersion: '1.0.0', type: 'macvlan', name });
    await this.admin.writer.create(networkResource, namespace, {
      apiVersion: 'k8s.cni.cncf.io/v1',
      kind: 'NetworkAttachmentDefinition',
      metadata: { name, annotations },
      spec: { config },
    });
  }

  /** Creates a pod of this node that asks for networks; gives its uid. `spec` comes on top of the least that it needs. */
  async pod(name: string, networks: string, spec: object = {}): Promise<string> {
    const { metadata } = await this.admin.writer.create(podResource, 'default', {
      metadata: { name, annotations: { [networksAnnotation]: networks } },
      spec: { nodeName, containers: [{ name: 'main', image: 'none' }], ...spec },
    });
    return metadata.uid ?? '';
  }
}

function kubeconfigOf({ url, pki }: ApiServer): string {
  const pem = (name: string): string => readFileSync(join(pki, name), 'utf8');
  return kubeconfigText({
    server: url,
    authority: pem('ca.crt'),
    certificate: pem('admin.crt'),
    key: pem('admin.key'),
  });
}
