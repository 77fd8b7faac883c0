import { defaultWeftConfig, type WeftConfigSpec } from '../../src/api/weft-config.ts';
import { Informers } from '../../src/controller/informers.ts';
import { systemClock } from '../../src/daemon/clock.ts';
import { silentLog } from '../../src/daemon/log.ts';
import { Metrics } from '../../src/daemon/metrics.ts';
import type { Resource } from '../../src/kube/resource.ts';
import { type AdmissionTimings, admissionServer } from '../../src/operator/admission/admission.ts';
import type { AdmissionServer } from '../../src/operator/admission/admission-server.ts';
import { defaultTimings } from '../../src/operator/admission/certificate-schedule.ts';
import type { ClusterView } from '../../src/operator/admission/cluster-view.ts';
import { ClusterSources } from '../../src/operator/sources/cluster-sources.ts';
import { Kubectl } from '../harness/kubectl.ts';
import { sleep } from '../harness/run.ts';
import { TokenUser } from './agent-identity.ts';
import { type Manifest, rendered } from './rendered.ts';
import { Admin, certificateAccess, type ServerAddress } from './shared-server.ts';

export const nads: Resource = {
  group: 'k8s.cni.cncf.io',
  version: 'v1',
  plural: 'network-attachment-definitions',
};

/** One certificate for as long as the test runs. */
export const steady: AdmissionTimings = { certificates: defaultTimings, lookMs: 500, drainMs: 100 };

/** Another certificate every two and a half seconds. */
export const quick: AdmissionTimings = {
  certificates: { lifeMs: 6_000, renewBeforeMs: 3_500, settleMs: 1_000, keepMs: 2_000 },
  lookMs: 100,
  drainMs: 100,
};

/** A webhook server with what it watches, as one replica of the operator has it. */
export class Replica {
  readonly server: AdmissionServer;
  readonly #metrics: Metrics;
  readonly #user: TokenUser;
  readonly #informers: Informers;
  readonly #end = new AbortController();
  readonly #running: Promise<void>;

  private constructor(server: AdmissionServer, metrics: Metrics, user: TokenUser, informers: Informers) {
    this.server = server;
    this.#metrics = metrics;
    this.#user = user;
    this.#informers = informers;
    this.#running = server.start(this.#end.signal);
  }

  /**
   * With the rights of config/operator for its writes, and the administrator's for its watches. Resolves when it serves.
   * `directory`: where somebody else puts its certificates; without, it makes its own.
   */
  static async start(
    room: AdmissionRoom,
    port: number,
    timings: AdmissionTimings,
    directory = '',
  ): Promise<Replica> {
    const { server: address, admin } = room;
    const user = await TokenUser.of(address, admin, { namespace: 'weft-system', name: 'weft-operator' });
    const metrics = new Metrics();
    const random = Math.random;
    const log = silentLog;
    const informers = new Informers({ transport: admin.transport, clock: systemClock, random, log, metrics });
    const sources = new ClusterSources({
      informers,
      clock: systemClock,
      log,
      agentNamespace: 'kube-system',
    });
    informers.start();
    await informers.settled(AbortSignal.timeout(20_000));
    const view: ClusterView = {
      config: () => room.config,
      namespace: (name) => sources.namespace(name),
      networks: sources.networks,
      unavailable: (where, name) => sources.unavailable(where, name),
      users: sources.users,
    };
    const flags = {
      webhookListen: { host: '127.0.0.1', port },
      webhookCertificatesDir: directory,
      webhookSecret: 'weft-webhook',
      webhookConfiguration: 'weft',
      webhookNames: ['127.0.0.1'],
    };
    const { transport } = user;
    const server = admissionServer({
      transport,
      view,
      metrics,
      log,
      clock: systemClock,
      random,
      namespace: 'weft-system',
      flags,
      timings,
    });
    if (server === undefined) throw new Error('no webhook server');
    const replica = new Replica(server, metrics, user, informers);
    for (let tried = 0; server.notReady().length > 0; tried += 1) {
      if (tried > 500) throw new Error(`the webhook server is not ready: ${server.notReady().join()}`);
      await sleep(10);
    }
    return replica;
  }

  get port(): number {
    return this.server.port ?? 0;
  }

  /** How many reviews a webhook has had: `/pods`. */
  async reviews(webhook: string): Promise<number> {
    const lines = (await this.#metrics.render()).split('\n');
    return lines
      .filter((line) => line.startsWith(`weft_admission_reviews_total{webhook="${webhook}"`))
      .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  }

  async stop(): Promise<void> {
    this.#end.abort();
    await this.#running;
    await this.#informers.close();
    this.#user.close();
  }
}

/** The shared API server with config/crd and config/operator, its webhooks sent to a port of this machine instead of a Service. */
export class AdmissionRoom {
  readonly server: ServerAddress;
  readonly admin: Admin;
  readonly kubectl: Kubectl;
  /** Read by replicas with each review. */
  config: WeftConfigSpec = defaultWeftConfig();

  private constructor(server: ServerAddress, admin: Admin, kubectl: Kubectl) {
    this.server = server;
    this.admin = admin;
    this.kubectl = kubectl;
  }

  /** Without webhooks and policies yet. Whatever an earlier room has left goes first. */
  static async open(server: ServerAddress): Promise<AdmissionRoom> {
    const admin = new Admin(certificateAccess(server));
    const room = new AdmissionRoom(server, admin, await Kubectl.open(server));
    await room.#clear();
    await room.kubectl.must(['create', '-k', 'config/crd']);
    await room.kubectl.must(['wait', '--for=condition=Established', 'crd', nadKind, '--timeout=30s']);
    return room;
  }

  /** Applies the objects of config/operator of these kinds; webhooks go to `port`. */
  async apply(kinds: RegExp, port = 0): Promise<void> {
    const objects = (await rendered('config/operator')).filter(({ kind }) => kinds.test(kind));
    const items = objects.map((object) => (object.kind === webhookKind ? sentTo(object, port) : object));
    const list = { apiVersion: 'v1', kind: 'List', items };
    await this.kubectl.must(['apply', '-f', '-'], JSON.stringify(list));
  }

  /** Takes back what other files would stumble over; namespaces stay. */
  async close(): Promise<void> {
    try {
      await this.#clear();
    } finally {
      this.kubectl.close();
      this.admin.close();
    }
  }

  /** First what refuses; not the namespace, which nobody would end here. */
  async #clear(): Promise<void> {
    const items = (await rendered('config/operator')).filter(({ kind }) => kind !== 'Namespace').reverse();
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    const options = ['--ignore-not-found', '--timeout=30s'];
    await this.kubectl.must(['delete', '-f', '-', ...options], list);
    await this.kubectl.must(['delete', '-k', 'config/crd', ...options]);
  }
}

const nadKind = 'network-attachment-definitions.k8s.cni.cncf.io';
const webhookKind = 'ValidatingWebhookConfiguration';

interface Webhook {
  readonly clientConfig: { readonly service: { readonly path: string } };
}

/** The webhooks of config/operator at a port of this machine. */
export function sentTo(configuration: Manifest, port: number): object {
  const webhooks = (configuration['webhooks'] as readonly Webhook[]).map((webhook) => ({
    ...webhook,
    clientConfig: { url: `https://127.0.0.1:${port}${webhook.clientConfig.service.path}` },
  }));
  return { ...configuration, webhooks };
}

/** A NetworkAttachmentDefinition for kubectl or a writer. */
export function nad(
  name: string,
  config: string | undefined,
  metadata: object = {},
): Record<string, unknown> {
  return {
    apiVersion: 'k8s.cni.cncf.io/v1',
    kind: 'NetworkAttachmentDefinition',
    metadata: { name, ...metadata },
    ...(config !== undefined && { spec: { config } }),
  };
}

/** A pod with annotations. */
export function pod(name: string, annotations: Readonly<Record<string, string>>, spec: object = {}): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, annotations },
    spec: { containers: [{ name: 'main', image: 'none' }], ...spec },
  };
}

export const bridge = '{"cniVersion":"1.0.0","type":"bridge","ipam":{"type":"dhcp"}}';
