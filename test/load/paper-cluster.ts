import { resourceName } from '../../src/kube/resource.ts';
import type { ApiAnswer, ApiRequest, ApiStream, Transport } from '../../src/kube/transport.ts';
import {
  configResource,
  kubeNodeResource,
  namespaceResource,
  networkResource,
  nodeResource,
  podResource,
} from '../../src/operator/sources/watched-kinds.ts';
import { type Made, namespaces, network, networks, pod, pods } from './filled-server.ts';

/** How many events a second the watch of pods brings: the kubelets of a busy cluster write the status of that many. */
const eventsPerSecond = 100;

/** The same objects as FilledServer has, for watches only, and without a server: pages of lists, and events of pods all the time. */
export class PaperCluster implements Transport {
  #version = 1_000;

  request({ path }: ApiRequest): Promise<ApiAnswer> {
    const { pathname, searchParams } = new URL(path, 'http://x');
    const [count, make] = contentOf(pathname);
    const first = Number(searchParams.get('continue') ?? 0);
    const end = Math.min(count, first + Number(searchParams.get('limit') ?? count));
    const items = Array.from({ length: end - first }, (_, index) => this.#object(make(first + index)));
    const metadata = { resourceVersion: '1000', ...(end < count && { continue: String(end) }) };
    return Promise.resolve({ status: 200, retryAfter: undefined, text: JSON.stringify({ metadata, items }) });
  }

  stream({ path, signal }: ApiRequest): Promise<ApiStream> {
    const isOfPods = new URL(path, 'http://x').pathname === '/api/v1/pods';
    const chunks = isOfPods ? this.#podEvents(signal) : untilAborted(signal);
    return Promise.resolve({ status: 200, retryAfter: undefined, chunks });
  }

  close(): void {}

  async *#podEvents(signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const begun = performance.now();
    for (let count = 0; !signal.aborted; count += 1) {
      const wait = begun + (count * 1_000) / eventsPerSecond - performance.now();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      // Of those that are there, one after the other; each fourth asks for something else from now on.
      const made = pod((count * 7) % pods, count % 4 === 0 ? 1 : 0);
      yield Buffer.from(`${JSON.stringify({ type: 'MODIFIED', object: this.#object(made) })}\n`);
    }
  }

  #object({ metadata, ...fields }: Made): object {
    this.#version += 1;
    const { namespace = '', name } = metadata;
    const resourceVersion = String(this.#version);
    return {
      ...fields,
      metadata: { ...metadata, uid: `${namespace}/${name}`, generation: 1, resourceVersion },
    };
  }
}

/** How many objects there are below a path, and each of them. */
function contentOf(path: string): readonly [number, (index: number) => Made] {
  const namespace = (index: number): Made => ({ metadata: { name: `ns-${index}` } });
  const kinds = new Map<string, readonly [number, (index: number) => Made]>([
    [resourceName(podResource), [pods, pod]],
    [resourceName(networkResource), [networks, network]],
    [resourceName(namespaceResource), [namespaces, namespace]],
  ]);
  const none = [configResource, kubeNodeResource, nodeResource];
  for (const resource of none) kinds.set(resourceName(resource), [0, namespace]);
  const [plural = '', , group = ''] = path.split('/').toReversed();
  const content = kinds.get(path.startsWith('/api/') ? plural : `${plural}.${group}`);
  if (content === undefined) throw new Error(`nobody was to read ${path}`);
  return content;
}

/** Nothing until then. */
function untilAborted(signal: AbortSignal): AsyncIterable<Uint8Array> {
  const next = async (): Promise<IteratorReturnResult<undefined>> => {
    if (!signal.aborted) await new Promise((wake) => signal.addEventListener('abort', wake, { once: true }));
    return { done: true, value: undefined };
  };
  return { [Symbol.asyncIterator]: () => ({ next }) };
}
