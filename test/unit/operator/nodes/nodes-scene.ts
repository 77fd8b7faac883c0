import { defaultWeftConfig } from '../../../../src/api/weft-config.ts';
import { ControllerMetrics } from '../../../../src/controller/controller-metrics.ts';
import type { Regarding, Said } from '../../../../src/controller/event-recorder.ts';
import { silentLog } from '../../../../src/daemon/log.ts';
import { Metrics } from '../../../../src/daemon/metrics.ts';
import { KubeError } from '../../../../src/kube/kube-error.ts';
import type { RawObject } from '../../../../src/kube/raw-object.ts';
import type { ObjectRef } from '../../../../src/kube/resource.ts';
import type { Patch } from '../../../../src/kube/writer.ts';
import { NodeAgents } from '../../../../src/operator/nodes/node-agents.ts';
import { NodeReconciler } from '../../../../src/operator/nodes/node-reconciler.ts';
import type { Taint } from '../../../../src/operator/nodes/node-taints.ts';
import { taintDelays } from '../../../../src/operator/nodes/taint-decision.ts';
import { kubeNodeResource } from '../../../../src/operator/sources/watched-kinds.ts';
import { projectNode, type WatchedNode } from '../../../../src/operator/sources/watched-node.ts';
import { FakeClock, settle } from '../../../fakes/fake-clock.ts';
import { HandInformer } from '../../../fakes/hand-informer.ts';

/** The taint of an agent that is away. */
export const ours: Taint = { key: 'weft.dev/agent-away', effect: 'NoSchedule' };
/** Somebody else's. */
export const foreign: Taint = {
  key: 'a.example/maintenance',
  value: 'now',
  effect: 'NoExecute',
  timeAdded: '2026-01-01T00:00:00Z',
};

interface Node {
  taints: readonly Taint[];
  version: number;
}

/** The API server as far as a reconciler of nodes sees it, and one replica of the operator at a time. */
export class NodesScene {
  readonly clock: FakeClock = new FakeClock();
  readonly kubeNodes: HandInformer<WatchedNode> = new HandInformer(kubeNodeResource);
  readonly said: (Said & { readonly regarding: Regarding })[] = [];
  readonly #nodes = new Map<string, Node>();
  agents: NodeAgents;
  reads: number = 0;
  writes: number = 0;
  lastPatch: Pick<Patch, 'kind' | 'body'> | undefined;
  /** Called between the read and the write of a Node. */
  meanwhile: () => void = () => {};
  /** The watch has stopped: what is written is not heard of. */
  deaf = false;
  #enabled = true;
  #configured: () => void = () => {};
  #end = new AbortController();
  #running: Promise<void>;

  constructor() {
    this.agents = new NodeAgents(this.clock);
    this.agents.allKnown();
    this.#running = this.#lead();
  }

  /** Another replica that begins to watch and leads: it has seen nothing of what was before. */
  async replace(): Promise<void> {
    await this.stop();
    this.agents = new NodeAgents(this.clock);
    this.agents.allKnown();
    this.#end = new AbortController();
    this.#running = this.#lead();
  }

  async stop(): Promise<void> {
    this.#end.abort();
    await this.#running;
  }

  node(name: string, ...taints: readonly Taint[]): void {
    this.#nodes.set(name, { taints, version: (this.#nodes.get(name)?.version ?? 0) + 1 });
    if (!this.deaf) this.kubeNodes.put(name, projectNode(this.#raw(name)));
  }

  taints(name: string): readonly Taint[] | undefined {
    return this.#nodes.get(name)?.taints;
  }

  lose(name: string): void {
    this.#nodes.delete(name);
  }

  async switch(on: boolean): Promise<void> {
    this.#enabled = on;
    this.#configured();
    await settle();
  }

  #lead(): Promise<void> {
    const { clock, kubeNodes, agents } = this;
    const enabled = (): boolean => this.#enabled;
    const reconciler = new NodeReconciler({
      informers: { of: () => kubeNodes },
      kubeNodes,
      agents,
      config: {
        get spec() {
          return { ...defaultWeftConfig(), agentAwayTaint: enabled() };
        },
        onChange: (listener) => {
          this.#configured = listener;
        },
      },
      writer: {
        get: (_, ref) => this.#get(ref),
        patch: (_, ref, patch) => this.#patch(ref, patch),
      },
      events: { say: (regarding, said) => this.said.push({ ...said, regarding }) },
      agentNamespace: 'kube-system',
      delays: taintDelays,
      metrics: new ControllerMetrics(new Metrics(), clock),
      clock,
      log: silentLog,
    });
    return reconciler.start(this.#end.signal);
  }

  #raw(name: string): RawObject {
    const { taints = [], version = 0 } = this.#nodes.get(name) ?? {};
    const metadata = { name, uid: `uid-of-${name}`, resourceVersion: String(version) };
    return { metadata, spec: taints.length === 0 ? {} : { taints } };
  }

  #get({ name }: ObjectRef): Promise<RawObject> {
    if (!this.#nodes.has(name)) return Promise.reject(failure('ApiNotFound', 404));
    this.reads += 1;
    const read = this.#raw(name);
    this.meanwhile();
    return Promise.resolve(read);
  }

  #patch({ name }: ObjectRef, { kind, body }: Patch): Promise<RawObject> {
    const { metadata, spec } = body as { metadata: object; spec: { taints: readonly Taint[] } };
    const { version } = this.#nodes.get(name) ?? {};
    this.lastPatch = { kind, body };
    if (version === undefined) return Promise.reject(failure('ApiNotFound', 404));
    if ((metadata as { resourceVersion: string }).resourceVersion !== String(version))
      return Promise.reject(failure('ApiConflict', 409));
    this.writes += 1;
    this.node(name, ...spec.taints);
    return Promise.resolve(this.#raw(name));
  }
}

function failure(reason: 'ApiNotFound' | 'ApiConflict', status: number): KubeError {
  return new KubeError(reason, { cause: 'said so' }, { status, statusReason: '', retryAfterMs: 0 });
}
