import type { Informer } from '../../../kube/informer.ts';
import type { ApiLink } from './api-link.ts';
import { podResource } from './kube-resources.ts';
import { type NodePod, type NodePods, projectPod } from './node-pod.ts';

type Listener = (pod: NodePod, gone: boolean) => void;

/** The pods of one node as the watch has them. */
export class WatchedPods implements NodePods {
  readonly informer: Informer<NodePod>;
  readonly #byUid = new Map<string, NodePod>();
  readonly #listeners: Listener[] = [];

  constructor(link: ApiLink, nodeName: string) {
    this.informer = link.informer({
      resource: podResource,
      fieldSelector: `spec.nodeName=${nodeName}`,
      project: projectPod,
      handler: {
        added: (pod) => this.#put(pod),
        changed: (pod, _, old) => {
          this.#drop(old);
          this.#put(pod);
        },
        removed: (pod) => {
          this.#drop(pod);
          this.#tell(pod, true);
        },
      },
    });
  }

  get synced(): boolean {
    return this.informer.synced;
  }

  get(key: string): NodePod | undefined {
    return this.informer.get(key);
  }

  byUid(uid: string): NodePod | undefined {
    return this.#byUid.get(uid);
  }

  values(): IterableIterator<NodePod> {
    return this.informer.values();
  }

  onChange(listener: Listener): void {
    this.#listeners.push(listener);
  }

  #put(pod: NodePod): void {
    this.#byUid.set(pod.uid, pod);
    this.#byUid.set(pod.runtimeUid, pod);
    this.#tell(pod, false);
  }

  /** A mirror pod that was made anew has the runtimeUid of the one before it, which may be gone later. */
  #drop(pod: NodePod): void {
    for (const uid of [pod.uid, pod.runtimeUid])
      if (this.#byUid.get(uid)?.uid === pod.uid) this.#byUid.delete(uid);
  }

  /** What one listener throws is the informer's to report; the others are told all the same. */
  #tell(pod: NodePod, gone: boolean): void {
    const thrown: unknown[] = [];
    for (const listener of this.#listeners) {
      try {
        listener(pod, gone);
      } catch (error) {
        thrown.push(error);
      }
    }
    if (thrown.length > 0) throw thrown[0];
  }
}
