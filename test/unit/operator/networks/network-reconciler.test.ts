import { afterEach, describe, expect, it } from 'vitest';
import { defaultWeftConfig, type WeftConfigSpec } from '../../../../src/api/weft-config.ts';
import type { WeftNode } from '../../../../src/api/weft-node.ts';
import { ControllerMetrics } from '../../../../src/controller/controller-metrics.ts';
import type { Said } from '../../../../src/controller/event-recorder.ts';
import { silentLog } from '../../../../src/daemon/log.ts';
import { Metrics } from '../../../../src/daemon/metrics.ts';
import { KubeError } from '../../../../src/kube/kube-error.ts';
import type { RawObject } from '../../../../src/kube/raw-object.ts';
import type { ObjectRef, Resource } from '../../../../src/kube/resource.ts';
import type { Patch } from '../../../../src/kube/writer.ts';
import { NetworkReconciler } from '../../../../src/operator/networks/network-reconciler.ts';
import { NetworkUserIndex } from '../../../../src/operator/networks/network-users.ts';
import { lingerMs } from '../../../../src/operator/networks/use-damper.ts';
import { networkResource, nodeResource } from '../../../../src/operator/sources/watched-kinds.ts';
import { projectNetwork, type WatchedNetwork } from '../../../../src/operator/sources/watched-network.ts';
import { FakeClock, settle } from '../../../fakes/fake-clock.ts';
import { HandInformer } from '../../../fakes/hand-informer.ts';

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly message: string;
}

interface Status {
  readonly nodes?: string;
  readonly conditions: readonly Condition[];
}

/** The API server as far as a reconciler of networks sees it. */
class Scene {
  readonly clock = new FakeClock();
  readonly nads = new HandInformer<WatchedNetwork>(networkResource);
  readonly nodes = new HandInformer<WeftNode>(nodeResource);
  readonly writes: { readonly name: string; readonly status: Status }[] = [];
  readonly said: Said[] = [];
  readonly users: NetworkUserIndex;
  /** False: the kind is another product's. */
  hasStatus = true;
  #configured: () => void = () => {};
  #config: WeftConfigSpec = defaultWeftConfig();
  readonly #end = new AbortController();
  readonly #running: Promise<void>;

  constructor() {
    const { clock, nads, nodes } = this;
    this.users = new NetworkUserIndex(this.#config);
    const current = (): WeftConfigSpec => this.#config;
    const listen = (listener: () => void): void => {
      this.#configured = listener;
    };
    const reconciler = new NetworkReconciler({
      informers: { of: () => nads },
      nads,
      nodes,
      users: this.users,
      config: {
        get spec() {
          return current();
        },
        onChange: listen,
      },
      writer: { patch: (resource, ref, patch) => this.#patch(resource, ref, patch) },
      kind: { hasStatus: () => Promise.resolve(this.hasStatus) },
      events: { say: (_, said) => this.said.push(said) },
      metrics: new ControllerMetrics(new Metrics(), clock),
      clock,
      log: silentLog,
    });
    this.#running = reconciler.start(this.#end.signal);
  }

  async stop(): Promise<void> {
    this.#end.abort();
    await this.#running;
  }

  configure(change: Partial<WeftConfigSpec>): void {
    this.#config = { ...this.#config, ...change };
    this.users.configure(this.#config);
    this.#configured();
  }

  apply(name: string, config: object | string, status?: object): void {
    const text = typeof config === 'string' ? config : JSON.stringify({ cniVersion: '1.0.0', ...config });
    this.nads.put(`ns/${name}`, projectNetwork(this.#object(name, text, status)));
  }

  node(name: string, types: readonly string[], rest: object = {}): void {
    const status = { plugins: { count: types.length, types }, links: [{ name: 'eth1' }], ...rest };
    this.nodes.put(name, { apiVersion: 'weft.dev/v1alpha1', kind: 'WeftNode', metadata: { name }, status });
  }

  pod(name: string, networks: string): void {
    const annotations = { 'k8s.v1.cni.cncf.io/networks': networks };
    this.users.put(`ns/${name}`, { namespace: 'ns', name, annotations });
  }

  last(name: string): Status | undefined {
    return this.writes.findLast((write) => write.name === name)?.status;
  }

  says(name: string, type: string): string | undefined {
    return this.last(name)?.conditions.find((condition) => condition.type === type)?.status;
  }

  #object(name: string, config: string, status: object | undefined): RawObject {
    return {
      apiVersion: 'k8s.cni.cncf.io/v1',
      kind: 'NetworkAttachmentDefinition',
      metadata: { name, namespace: 'ns', uid: name, resourceVersion: '1', generation: 1 },
      spec: { config },
      ...(status && { status }),
    };
  }

  #raw({ name }: ObjectRef): RawObject {
    return this.#object(name, this.nads.get(`ns/${name}`)?.spec?.config ?? '', undefined);
  }

  #patch(_: Resource, { name }: ObjectRef, { body }: Patch): Promise<RawObject> {
    if (!this.hasStatus) {
      const api = { status: 404, statusReason: 'NotFound', retryAfterMs: 0 };
      return Promise.reject(new KubeError('ApiNotFound', { cause: 'no such thing' }, api));
    }
    const { status } = body as { status: Status };
    this.writes.push({ name, status });
    // As the watch brings it back.
    this.apply(name, this.nads.get(`ns/${name}`)?.spec?.config ?? '', status);
    return Promise.resolve(this.#raw({ name }));
  }
}

const macvlan = { type: 'macvlan', master: 'eth1', ipam: { type: 'static' } };

let scene: Scene;
afterEach(() => scene.stop());

describe('NetworkReconciler', () => {
  it('writes once what is so, and nothing for each pod, attachment or report of a node', async () => {
    scene = new Scene();
    scene.node('a', ['macvlan', 'static']);
    scene.apply('one', macvlan);
    await scene.clock.pass(10_000);
    const first = scene.writes.length;
    expect(scene.last('one')).toMatchObject({ type: 'macvlan', nodes: '1/1' });
    for (let index = 0; index < 20; index += 1) {
      scene.pod(`p${index}`, 'one');
      scene.node('a', ['macvlan', 'static'], { attachments: { count: index, outdated: 0 } });
      await scene.clock.pass(1_000);
    }
    expect(scene.says('one', 'InUse')).toBe('True');
    expect(scene.writes.length).toBe(first + 1);
    for (let index = 0; index < 20; index += 1) scene.users.remove(`ns/p${index}`);
    await settle();
    await scene.clock.pass(lingerMs - 1);
    expect(scene.writes.length).toBe(first + 1);
    await scene.clock.pass(2);
    expect(scene.says('one', 'InUse')).toBe('False');
    expect(scene.writes.length).toBe(first + 2);
  });

  it('counts the nodes that have plugin and parent, soon after one comes, goes or changes', async () => {
    scene = new Scene();
    scene.apply('one', macvlan);
    await settle();
    expect(scene.says('one', 'Available')).toBe('Unknown');
    for (const name of ['a', 'b', 'c']) scene.node(name, name === 'c' ? ['static'] : ['macvlan', 'static']);
    await scene.clock.pass(1_100);
    expect(scene.writes).toHaveLength(2);
    expect(scene.last('one')?.nodes).toBe('2/3');
    expect(scene.last('one')?.conditions[1]?.message).toBe('no plugin macvlan on c');
    scene.nodes.remove('c');
    await scene.clock.pass(1_100);
    expect(scene.last('one')?.nodes).toBe('2/2');
  });

  it('says of both networks that they overlap, and takes it back', async () => {
    scene = new Scene();
    const ranged = { ...macvlan, ipam: { type: 'whereabouts', range: '10.1.0.0/16' } };
    scene.apply('one', { ...ranged, ipam: { type: 'host-local', subnet: '10.1.0.0/24' } });
    scene.apply('two', ranged);
    await settle();
    for (const name of ['one', 'two'])
      expect(scene.last(name)?.conditions[0]?.message).toContain(`ns/${name === 'one' ? 'two' : 'one'}`);
    scene.nads.remove('ns/two');
    await settle();
    expect(scene.last('one')?.conditions[0]?.message).not.toContain('ns/two');
  });

  it('follows WeftConfig: what it gives to pods is in use, what it forbids is not valid', async () => {
    scene = new Scene();
    scene.apply('one', macvlan);
    await settle();
    expect(scene.says('one', 'InUse')).toBe('False');
    scene.configure({ defaultNetworks: ['ns/one'] });
    await settle();
    expect(scene.says('one', 'InUse')).toBe('True');
    scene.configure({ tenancy: { ...defaultWeftConfig().tenancy, enabled: true } });
    await settle();
    expect(scene.says('one', 'Valid')).toBe('False');
  });

  it('tells each fault by one event where the kind has no status, and asks for the status seldom', async () => {
    scene = new Scene();
    scene.hasStatus = false;
    scene.node('a', ['static']);
    scene.apply('one', '{');
    await scene.clock.pass(5_000);
    scene.pod('p', 'other');
    scene.apply('one', '{');
    await settle();
    expect(scene.said.map(({ reason }) => reason)).toEqual(['NetworkInvalid']);
    scene.apply('one', macvlan);
    await settle();
    expect(scene.said.at(-1)).toMatchObject({ reason: 'NetworkUnavailable', type: 'Warning' });
    scene.node('a', ['static', 'macvlan']);
    await scene.clock.pass(5_000);
    expect(scene.said.at(-1)).toMatchObject({ reason: 'NetworkValid', type: 'Normal' });
    expect(scene.said).toHaveLength(3);
    scene.hasStatus = true;
    await scene.clock.pass(600_000);
    expect(scene.last('one')?.nodes).toBe('1/1');
  });
});
