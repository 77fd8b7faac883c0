import { type NodePod, type NodePods, projectPod } from '../../src/agent/sources/kube/node-pod.ts';
import type { RawObject } from '../../src/kube/raw-object.ts';
import type { ApiAnswer, ApiRequest, ApiStream, Transport } from '../../src/kube/transport.ts';

interface StoredPod {
  readonly metadata: {
    readonly namespace: string;
    readonly name: string;
    readonly uid: string;
    readonly annotations: Record<string, string>;
    readonly deletionTimestamp?: string;
  };
  readonly spec: object;
  readonly status: { phase: string; conditions: Record<string, string>[]; containerStatuses: object[] };
}

/** A call that the API was asked to do. */
export interface ApiCall {
  readonly method: string;
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** Of the test's clock. */
  readonly at: number;
}

/** What a test says of a pod; the rest is plain. */
export interface FakePod {
  readonly namespace?: string;
  readonly uid?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly started?: boolean;
  readonly phase?: string;
  readonly hostNetwork?: boolean;
  readonly deleting?: boolean;
}

type Failing = (call: ApiCall) => ApiAnswer | Error | 'hang' | undefined;

/**
 * An API server that knows pods and events, and NodePods as its watch: PATCH of `pods/status` by strategic merge with
 * the uid as precondition, POST of anything. A test says what fails, and how far the watch is behind.
 */
export class PodApi implements Transport, NodePods {
  readonly calls: ApiCall[] = [];
  /** Asked before each call. */
  failing: Failing = () => undefined;
  /** So many of the next calls are done, and their answers lost. */
  loses = 0;
  /** What an admission webhook does to a body. */
  spoils: (body: Record<string, unknown>) => void = () => {};
  synced = true;
  /** While true, changes do not reach the caches. */
  watchStands = false;
  /** Calls that run now, and the most that ever ran. */
  running = 0;
  mostRunning = 0;
  readonly #now: () => number;
  readonly #pods = new Map<string, StoredPod>();
  readonly #cache = new Map<string, NodePod>();
  readonly #listeners: ((pod: NodePod, gone: boolean) => void)[] = [];

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Creates or replaces a pod. */
  put(name: string, fake: FakePod = {}): void {
    const { namespace = 'ns1', uid = uidOf(name), annotations = {}, started = false } = fake;
    const { phase = started ? 'Running' : 'Pending', hostNetwork = false, deleting = false } = fake;
    this.#pods.set(`${namespace}/${name}`, {
      metadata: {
        namespace,
        name,
        uid,
        annotations: { ...annotations },
        ...(deleting ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}),
      },
      spec: { hostNetwork },
      status: {
        phase,
        conditions: [{ type: 'Ready', status: 'False' }],
        containerStatuses: started ? [{ state: { running: {} } }] : [],
      },
    });
    this.deliver(`${namespace}/${name}`);
  }

  /** Somebody else changes the annotations. */
  annotate(key: string, annotations: Readonly<Record<string, string>>): void {
    Object.assign(this.#pod(key).metadata.annotations, annotations);
    this.deliver(key);
  }

  remove(key: string): void {
    this.#pods.delete(key);
    this.deliver(key);
  }

  /** The caches see a pod as it is now. */
  deliver(key: string): void {
    if (this.watchStands) return;
    const pod = this.#pods.get(key);
    const known = this.#cache.get(key);
    if (known !== undefined && pod?.metadata.uid !== known.uid) {
      this.#cache.delete(key);
      for (const listener of this.#listeners) listener(known, true);
    }
    if (pod === undefined) return;
    const next = projectPod(structuredClone(pod) as unknown as RawObject);
    this.#cache.set(key, next);
    for (const listener of this.#listeners) listener(next, false);
  }

  annotationsOf(key: string): Readonly<Record<string, string>> {
    return this.#pod(key).metadata.annotations;
  }

  conditionOf(key: string, type = 'weft.dev/NetworksReady'): Readonly<Record<string, string>> | undefined {
    return this.#pod(key).status.conditions.find((condition) => condition['type'] === type);
  }

  /** PATCHes that were asked for, of one pod or of all. */
  patches(key?: string): readonly ApiCall[] {
    const [namespace, name] = key?.split('/') ?? [];
    const path = `/namespaces/${namespace}/pods/${name}/status`;
    return this.calls.filter(
      (call) => call.method === 'PATCH' && (key === undefined || call.path.includes(path)),
    );
  }

  // — NodePods —

  get(key: string): NodePod | undefined {
    return this.#cache.get(key);
  }

  byUid(uid: string): NodePod | undefined {
    return [...this.#cache.values()].find((pod) => pod.uid === uid || pod.runtimeUid === uid);
  }

  values(): IterableIterator<NodePod> {
    return this.#cache.values();
  }

  onChange(listener: (pod: NodePod, gone: boolean) => void): void {
    this.#listeners.push(listener);
  }

  // — Transport —

  async request(request: ApiRequest): Promise<ApiAnswer> {
    const body = JSON.parse(request.body?.text ?? '{}') as Record<string, unknown>;
    const call = { method: request.method, path: request.path, body, at: this.#now() };
    this.calls.push(call);
    this.spoils(body);
    this.running += 1;
    this.mostRunning = Math.max(this.mostRunning, this.running);
    try {
      // Everybody who may run now does.
      await new Promise((resolve) => setImmediate(resolve));
      return await this.#answer(call, request.signal);
    } finally {
      this.running -= 1;
    }
  }

  stream(): Promise<ApiStream> {
    throw new Error('nobody watches here');
  }

  close(): void {}

  #answer(call: ApiCall, signal: AbortSignal): ApiAnswer | Promise<ApiAnswer> {
    const failure = this.failing(call);
    if (failure === 'hang') {
      return new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () => reject(new Error('aborted'))),
      );
    }
    if (failure instanceof Error) throw failure;
    if (failure !== undefined) return failure;
    const done =
      call.method === 'PATCH' ? this.#patch(call) : answer(201, { ...call.body, ...named('made') });
    this.loses -= 1;
    if (this.loses >= 0) throw new Error('socket hang up');
    return done;
  }

  #patch({ path, body }: ApiCall): ApiAnswer {
    const [, namespace, name] = /namespaces\/([^/]+)\/pods\/([^/]+)\/status/.exec(path) ?? [];
    const key = `${namespace}/${name}`;
    const pod = this.#pods.get(key);
    if (pod === undefined) return status(404, 'NotFound');
    const { metadata, status: wanted } = body as {
      metadata: { uid: string; annotations?: Record<string, string> };
      status?: { conditions: Record<string, string>[] };
    };
    if (metadata.uid !== pod.metadata.uid) return otherUid;
    Object.assign(pod.metadata.annotations, metadata.annotations);
    for (const condition of wanted?.conditions ?? []) {
      const known = pod.status.conditions.find(({ type }) => type === condition['type']);
      if (known === undefined) pod.status.conditions.push({ ...condition });
      else Object.assign(known, condition);
    }
    this.deliver(key);
    return answer(200, { ...pod, metadata: { ...pod.metadata, resourceVersion: '1' } });
  }

  #pod(key: string): StoredPod {
    const pod = this.#pods.get(key);
    if (pod === undefined) throw new Error(`there is no pod ${key}`);
    return pod;
  }
}

/** The uid that a pod of this name has unless the test says otherwise. */
export function uidOf(name: string): string {
  const digits = [...name].map((char) => char.charCodeAt(0).toString(16)).join('');
  return `00000000-0000-4000-8000-${digits.slice(-12).padStart(12, '0')}`;
}

/** A Status object as an answer. */
export function status(code: number, reason: string, message: string = reason): ApiAnswer {
  return answer(code, { kind: 'Status', code, reason, message });
}

/** What the API server says where the name is another pod's. */
const otherUid = answer(422, {
  kind: 'Status',
  code: 422,
  reason: 'Invalid',
  message: 'metadata.uid: field is immutable',
  details: { causes: [{ field: 'metadata.uid' }] },
});

function answer(code: number, body: object): ApiAnswer {
  return { status: code, retryAfter: undefined, text: JSON.stringify(body) };
}

function named(name: string): object {
  return { metadata: { name, resourceVersion: '1' } };
}
