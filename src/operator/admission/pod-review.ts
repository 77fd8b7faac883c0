import { asWeftError, type WeftError } from '../../errors/weft-error.ts';
import { interfaceNames } from '../../resolve/interface-names.ts';
import { refuseForeign } from '../../resolve/isolation.ts';
import { refuseCniArgs } from '../../resolve/tenancy.ts';
import { wantedNetworks } from '../../resolve/wanted-attachment.ts';
import { asksForNetworks, requestAnnotations } from '../../selection/asks-for-networks.ts';
import { type NetworkSelection, networkLabel } from '../../selection/network-selection.ts';
import { type AdmissionRequest, admitted, type ReviewedObject, type Verdict } from './admission-review.ts';
import type { ClusterView } from './cluster-view.ts';

/** What every runtime calls the first interface of a pod. */
const firstInterface = 'eth0';

/** On the image of a static pod in the API. */
const mirrorAnnotation = 'kubernetes.io/config.mirror';

interface PodFacts {
  readonly annotations: Annotations;
  readonly hostNetwork: boolean;
  readonly mirror: boolean;
  readonly deleting: boolean;
}

type Annotations = Readonly<Record<string, string>>;

/**
 * CREATE and UPDATE of a pod that asks for networks: refused where its node would refuse it, by the same functions and
 * in the same words. The node judges again (NPWG-232): what is asked for, and who may have it, can change until then.
 * An UPDATE that leaves the request as it is is none of our business.
 */
export function reviewPod(request: AdmissionRequest, view: ClusterView): Verdict {
  const pod = podFacts(request.object ?? {});
  if (!asksForNetworks(pod.annotations) || pod.deleting) return admitted;
  if (request.oldObject !== undefined && sameRequest(pod, podFacts(request.oldObject))) return admitted;
  // NPWG-335: CNI is never called for it.
  if (pod.hostNetwork) return { warnings: [hostNetworkWarning(pod.annotations)] };
  try {
    return { warnings: judged(pod.annotations, request.namespace, view) };
  } catch (error) {
    return refused(asWeftError(error), pod.mirror);
  }
}

/** Its warnings; throws where it is refused. The same steps as `resolve`, as far as they need no node. */
function judged(annotations: Annotations, namespace: string, view: ClusterView): readonly string[] {
  const labels = view.namespace(namespace)?.labels;
  const inputs = {
    // Nobody knows the pod's UID yet, and nothing here asks for it.
    pod: { namespace, name: '', uid: '' },
    annotations,
    config: view.config(),
    networks: view.networks,
    ...(labels && { namespaceLabels: labels }),
  };
  const wanted = wantedNetworks(inputs);
  refuseForeign(wanted, inputs);
  refuseCniArgs(wanted, inputs);
  interfaceNames(wanted.additional, firstInterface);
  const { first, asked, warnings } = wanted;
  return [...warnings, ...missing(first === undefined ? asked : [first, ...asked], view)];
}

/** A network that is made later is fine: the pod waits for it. */
function missing(selections: readonly NetworkSelection[], view: ClusterView): readonly string[] {
  const labels = selections
    .filter(({ namespace, name }) => view.networks(namespace, name) === undefined)
    .map(networkLabel);
  return [...new Set(labels)].map(
    (label) => `network ${label} does not exist yet, and the pod does not start until it does`,
  );
}

/**
 * What may pass by itself is a matter for the node, which asks again. A mirror pod is the image of one that the kubelet
 * runs anyway: without it nobody would see that pod, or its node's refusal.
 */
function refused({ message, retry }: WeftError, mirror: boolean): Verdict {
  if (mirror || retry === 'later') return { warnings: [message] };
  return { refusal: { message, reason: 'Invalid', code: 422 }, warnings: [] };
}

function hostNetworkWarning(annotations: Annotations): string {
  const keys = requestAnnotations.filter((key) => annotations[key] !== undefined);
  return `the pod is in the host's network, so the annotation ${keys.join(' and ')} has no effect`;
}

function sameRequest(now: PodFacts, before: PodFacts): boolean {
  return requestAnnotations.every((key) => now.annotations[key] === before.annotations[key]);
}

function podFacts(object: ReviewedObject): PodFacts {
  const metadata = (object['metadata'] ?? {}) as {
    readonly annotations?: Annotations | null;
    readonly deletionTimestamp?: unknown;
  };
  const spec = (object['spec'] ?? {}) as { readonly hostNetwork?: unknown };
  const annotations = metadata.annotations ?? {};
  return {
    annotations,
    hostNetwork: spec.hostNetwork === true,
    mirror: annotations[mirrorAnnotation] !== undefined,
    deleting: metadata.deletionTimestamp !== undefined,
  };
}
