import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/daemon/clock.ts';
import { HttpsTransport } from '../../src/kube/https-transport.ts';
import type { Resource } from '../../src/kube/resource.ts';
import { Writer } from '../../src/kube/writer.ts';
import { ApiServer, type KnownToken } from '../harness/api-server.ts';
import { Kubectl, kubeconfig } from '../harness/kubectl.ts';
import { sleep } from '../harness/run.ts';

const namespaces: Resource = { group: '', version: 'v1', plural: 'namespaces' };
const pods: Resource = { group: '', version: 'v1', plural: 'pods' };
const networks: Resource = {
  group: 'k8s.cni.cncf.io',
  version: 'v1',
  plural: 'network-attachment-definitions',
};

/** Where everything of the bench is. */
export const benchNamespace = 'bench';
/** As AgentProcess names its node. */
export const benchNode = 'node-a';

/** A real API server for the agent of a scene: networks are objects, each sandbox has a pod, the status is written. */
export class ApiCluster {
  /** For the agent. */
  readonly kubeconfig: string;
  readonly #server: ApiServer;
  readonly #dir: string;
  readonly #transport: HttpsTransport;
  readonly #writer: Writer;

  private constructor(server: ApiServer, dir: string) {
    this.#server = server;
    this.#dir = dir;
    this.kubeconfig = join(dir, 'kubeconfig');
    this.#transport = new HttpsTransport(server.admin(), systemClock, 'weft-bench');
    this.#writer = new Writer({
      transport: this.#transport,
      clock: systemClock,
      random: Math.random,
      fieldManager: 'weft-bench',
    });
  }

  static async start(tokens: readonly KnownToken[] = []): Promise<ApiCluster> {
    const server = await ApiServer.start(tokens);
    const cluster = new ApiCluster(server, mkdtempSync(join(tmpdir(), 'weft-bench-api-')));
    try {
      await cluster.#furnish();
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  /** Where the API server is. */
  get url(): string {
    return this.#server.url;
  }

  /** File with the certificate of its authority. */
  get ca(): string {
    return join(this.#server.pki, 'ca.crt');
  }

  /** A NetworkAttachmentDefinition, made or changed; without a configuration it stands for a file of the nodes. */
  async network(name: string, config?: object): Promise<void> {
    const body = {
      apiVersion: 'k8s.cni.cncf.io/v1',
      kind: 'NetworkAttachmentDefinition',
      metadata: { name },
      spec: config === undefined ? {} : { config: JSON.stringify(config) },
    };
    await this.#writer.patch(networks, { namespace: benchNamespace, name }, { kind: 'apply', body });
  }

  /** A pod of the node that asks for these networks, as a kubelet has it before it calls for the sandbox. Gives its uid. */
  async pod(name: string, annotations: Readonly<Record<string, string>>): Promise<string> {
    const pod = await this.#writer.create(pods, benchNamespace, {
      metadata: { name, annotations },
      spec: { nodeName: benchNode, containers: [{ name: 'main', image: 'none' }] },
    });
    return pod.metadata.uid ?? '';
  }

  /** Its annotation network-status; '' while there is none. */
  async status(name: string): Promise<string> {
    const pod = await this.#writer.get(pods, { namespace: benchNamespace, name });
    const { annotations = {} } = pod.metadata as { annotations?: Readonly<Record<string, string>> };
    return annotations['k8s.v1.cni.cncf.io/network-status'] ?? '';
  }

  async removePod(name: string): Promise<void> {
    await this.#transport.request({
      method: 'DELETE',
      path: `/api/v1/namespaces/${benchNamespace}/pods/${name}`,
      body: { type: 'application/json', text: '{"gracePeriodSeconds":0}' },
      signal: AbortSignal.timeout(10_000),
    });
  }

  async stop(): Promise<void> {
    this.#transport.close();
    await this.#server.stop();
    rmSync(this.#dir, { recursive: true, force: true });
  }

  async #furnish(): Promise<void> {
    const kubectl = await Kubectl.open(this.#server);
    try {
      await kubectl.must(['create', '-k', 'config/crd']);
      await kubectl.must(['create', '-k', 'crds/weft.dev']);
      // After a kind is established its lists are still refused for a moment.
      for (const kind of ['network-attachment-definitions.k8s.cni.cncf.io', 'weftconfigs.weft.dev']) {
        await served(kubectl, kind);
      }
    } finally {
      kubectl.close();
    }
    await this.#writer.create(namespaces, undefined, { metadata: { name: benchNamespace } });
    writeFileSync(this.kubeconfig, JSON.stringify(kubeconfig(this.#server)));
  }
}

async function served(kubectl: Kubectl, kind: string): Promise<void> {
  for (let tried = 0; (await kubectl.run(['get', kind])).status !== 0; tried += 1) {
    if (tried === 100) throw new Error(`${kind} is not served`);
    await sleep(100);
  }
}
