import { systemClock } from '../../src/daemon/clock.ts';
import type { ApiAccess } from '../../src/kube/api-access.ts';
import { HttpsTransport } from '../../src/kube/https-transport.ts';
import { collectionPath, objectPath, type Resource } from '../../src/kube/resource.ts';
import type { Kubectl } from '../harness/kubectl.ts';
import { sleep } from '../harness/run.ts';

const namespaces: Resource = { group: '', version: 'v1', plural: 'namespaces' };
const networks: Resource = {
  group: 'k8s.cni.cncf.io',
  version: 'v1',
  plural: 'network-attachment-definitions',
};

interface Namespace {
  readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
}

/**
 * Ends namespaces that are being deleted, as the controller manager does, which an ApiServer lacks: their networks are
 * deleted with them. Other objects stay; what the tests look at they delete themselves.
 */
export class NamespaceController {
  readonly #transport: HttpsTransport;
  readonly #kubectl: Kubectl;
  readonly #running: Promise<void>;
  #stopped = false;

  private constructor(access: ApiAccess, kubectl: Kubectl) {
    this.#transport = new HttpsTransport(access, systemClock, 'weft-test');
    this.#kubectl = kubectl;
    this.#running = this.#run();
  }

  static start(access: ApiAccess, kubectl: Kubectl): NamespaceController {
    return new NamespaceController(access, kubectl);
  }

  /** Also rejects where one of its calls has failed. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running.finally(() => this.#transport.close());
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      const { items } = JSON.parse(await this.#call('GET', collectionPath(namespaces, undefined))) as {
        readonly items: readonly Namespace[];
      };
      for (const namespace of items)
        if (namespace.metadata.deletionTimestamp !== undefined) await this.#end(namespace);
      await sleep(200);
    }
  }

  async #end(namespace: Namespace): Promise<void> {
    const { name } = namespace.metadata;
    await this.#call('DELETE', collectionPath(networks, name));
    const body = { apiVersion: 'v1', kind: 'Namespace', ...namespace, spec: { finalizers: [] } };
    // Our transport has no PUT. Where the namespace has changed meanwhile, the next round does it.
    const path = objectPath(namespaces, { name }, 'finalize');
    await this.#kubectl.run(['replace', '--raw', path, '-f', '-'], JSON.stringify(body));
  }

  /** 404 is an answer, too: the kind is not installed. */
  async #call(method: 'GET' | 'DELETE', path: string): Promise<string> {
    const signal = AbortSignal.timeout(10_000);
    const { status, text } = await this.#transport.request({ method, path, signal });
    if (status >= 300 && status !== 404) throw new Error(`${method} ${path}: ${status} ${text}`);
    return text;
  }
}
