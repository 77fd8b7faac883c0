import type { PodRef } from '../../../attachment/plan.ts';
import { asWeftError, WeftError } from '../../../errors/weft-error.ts';
import type { ApiLink } from './api-link.ts';
import { podResource } from './kube-resources.ts';
import { type NodePod, type NodePods, projectPod } from './node-pod.ts';

/** For the GET of a pod, milliseconds: a request for a pod that is gone must be over within a second. */
const podCallMs = 900;

/** The annotations of a pod whose runtime does not hand them over: from the watch's cache, else by one GET (DESIGN §3.5). */
export class PodAnnotations {
  readonly #pods: NodePods;
  readonly #link: ApiLink;

  constructor(pods: NodePods, link: ApiLink) {
    this.#pods = pods;
    this.#link = link;
  }

  /**
   * Those that decide what the pod gets; none for a request without a pod. PodMismatch where its name belongs to another
   * pod, or to none; ApiUnreachable and the like where that cannot be known.
   */
  async of(pod: PodRef | undefined): Promise<Readonly<Record<string, string>>> {
    if (pod === undefined) return {};
    const known = this.#pods.get(`${pod.namespace}/${pod.name}`);
    // The cache may be behind: of a pod that was deleted and made anew it may still have the old one.
    if (known !== undefined && isMeant(known, pod.uid)) return known.annotations;
    const now = await this.#read(pod);
    if (!isMeant(now, pod.uid)) throw mismatch(pod, `it has uid ${now.uid}, the runtime says ${pod.uid}`);
    return now.annotations;
  }

  async #read(pod: PodRef): Promise<NodePod> {
    const { namespace, name } = pod;
    try {
      return projectPod(await this.#link.read(podResource, { namespace, name }, podCallMs));
    } catch (thrown) {
      const error = asWeftError(thrown);
      if (error.reason === 'ApiNotFound') throw mismatch(pod, 'there is none of that name');
      const cause = `pod ${namespace}/${name}: ${error.failure.cause}`;
      throw new WeftError(error.reason, { step: "read the pod's annotations", cause, error });
    }
  }
}

function isMeant(pod: NodePod, uid: string): boolean {
  return uid === '' || pod.uid === uid || pod.runtimeUid === uid;
}

function mismatch({ namespace, name }: PodRef, why: string): WeftError {
  const cause = `pod ${namespace}/${name} is not the one in the API server: ${why}`;
  return new WeftError('PodMismatch', { step: "read the pod's annotations", cause });
}
