import dotI, { type OperatorLogger, type ResourceEvent, type ResourceMeta } from '@dot-i/k8s-operator';
import { WeftError } from '../errors/weft-error.ts';
import type { RawObject } from '../kube/raw-object.ts';
import { collectionPath, resourceName } from '../kube/resource.ts';
import type { Patch } from '../kube/writer.ts';
import { Controller } from './controller.ts';
import { eventOf, loggerOf, refOf, resourceOf } from './dot-i-event.ts';
import type { OperatorRoom } from './operator-room.ts';
import type { Result } from './reconciler.ts';
import type { Runnable } from './runnable.ts';
import type { WorkQueue } from './work-queue.ts';

/** What happens with one key, by the rules of Reconciler. */
export type OnEvent = (event: ResourceEvent, signal: AbortSignal) => Promise<Result | undefined>;

/** What is used of the base class. It hides what that declares private: methods with I/O are overridden too. */
interface Inherited {
  start(): Promise<void>;
  handleResourceFinalizer(event: ResourceEvent, finalizer: string, atEnd: Finalizer): Promise<boolean>;
}
type Finalizer = (event: ResourceEvent) => Promise<void>;
// Node gives the whole CommonJS module; vitest what it exports as default.
const Base: abstract new (logger: OperatorLogger) => Inherited = (dotI.default ?? dotI) as never;

/** `Operator` of @dot-i/k8s-operator over our informers, queue and writes: none of its own I/O is left (docs/adr/0011). */
export abstract class DotIOperator extends Base implements Runnable {
  readonly needsLeader: boolean = true;
  readonly #room: OperatorRoom;
  readonly #controllers: Controller[] = [];
  readonly #subscriptions: (() => void)[] = [];
  #term = new AbortController();
  #signal: AbortSignal = this.#term.signal;

  constructor(room: OperatorRoom) {
    super(loggerOf(room.log));
    this.#room = room;
  }

  /** Begins to watch, at the start of each term. */
  abstract init(): Promise<void>;

  override async start(signal?: AbortSignal): Promise<void> {
    this.#term = new AbortController();
    this.#signal = AbortSignal.any([this.#term.signal, ...(signal === undefined ? [] : [signal])]);
    await super.start();
    await Promise.all(this.#controllers.splice(0).map((controller) => controller.run(this.#signal)));
    for (const unsubscribe of this.#subscriptions.splice(0)) unsubscribe();
  }

  stop(): void {
    this.#term.abort();
  }

  /** `onEvent` is called for each object there is and for each change; other keys go into the queue it resolves with. */
  async watchResource(group: string, version: string, plural: string, onEvent: OnEvent): Promise<WorkQueue> {
    const { informers, ...room } = this.#room;
    const resource = { group, version, plural };
    const informer = informers.of(resource);
    if (informer === undefined) return refuse(`watch ${resourceName(resource)} without an informer`);
    const reconcile = (key: string, signal: AbortSignal): Promise<Result | undefined> =>
      onEvent(eventOf(resource, key, informer.get(key) as RawObject | undefined), signal);
    const controller = new Controller({ ...room, name: plural, reconciler: { reconcile } });
    const add = (_: unknown, key: string): void => controller.queue.add(key);
    this.#controllers.push(controller);
    this.untilEnd(informer.subscribe({ added: add, changed: add, removed: add }));
    return controller.queue;
  }

  /** By server-side apply: what we set before and is not in `status` any more goes, what others set stays. */
  setResourceStatus(meta: ResourceMeta, status: unknown): Promise<ResourceMeta> {
    const body = { apiVersion: meta.apiVersion, kind: meta.kind, metadata: refOf(meta), status };
    return this.#patch(meta, { kind: 'apply', force: true, subresource: 'status', body });
  }

  patchResourceStatus(meta: ResourceMeta, status: unknown): Promise<ResourceMeta> {
    return this.#patch(meta, { kind: 'merge', subresource: 'status', body: { status } });
  }

  /** The list as a whole, so only where nobody has changed the object since it was seen. */
  async setResourceFinalizers(meta: ResourceMeta, finalizers: string[]): Promise<void> {
    const metadata = { finalizers, resourceVersion: meta.resourceVersion };
    await this.#patch(meta, { kind: 'merge', body: { metadata } });
  }

  getCustomResourceApiUri(group: string, version: string, plural: string, namespace?: string): string {
    return collectionPath({ group, version, plural }, namespace);
  }

  /** Calls it at the end of the term. */
  protected untilEnd(unsubscribe: () => void): void {
    this.#subscriptions.push(unsubscribe);
  }

  async #patch(meta: ResourceMeta, patch: Patch): Promise<ResourceMeta> {
    const options = { signal: this.#signal };
    const object = await this.#room.writer.patch(resourceOf(meta), refOf(meta), patch, options);
    return { ...meta, resourceVersion: object.metadata.resourceVersion };
  }

  registerCustomResourceDefinition(): Promise<never> {
    return refuse('register a CustomResourceDefinition');
  }

  applyAxiosKubeConfigAuth(): Promise<never> {
    return refuse('authenticate axios');
  }

  applyGaxiosKubeConfigAuth(): Promise<never> {
    return refuse('authenticate gaxios');
  }

  resourceStatusRequest(): Promise<never> {
    return refuse('write a status by gaxios');
  }
}

function refuse(step: string): Promise<never> {
  return Promise.reject(new WeftError('Internal', { step, cause: 'operators have no I/O of their own' }));
}
