import { asWeftError, type WeftError } from '../../errors/weft-error.ts';
import { checkPodAnnotations } from '../../netconf/annotation-findings.ts';
import { type Finding, hasErrors } from '../../netconf/finding.ts';
import { interfaceNames } from '../../resolve/interface-names.ts';
import { refuseForeign } from '../../resolve/isolation.ts';
import { refuseCniArgs } from '../../resolve/tenancy.ts';
import { wantedNetworks } from '../../resolve/wanted-attachment.ts';
import { asksForNetworks, requestAnnotations } from '../../selection/asks-for-networks.ts';
import { type AdmissionRequest, admitted, type ReviewedObject, type Verdict } from './admission-review.ts';
import type { ClusterView } from './cluster-view.ts';
import { findingLine, verdictOn } from './findings-verdict.ts';
import { obstacles } from './network-obstacles.ts';

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
 * CREATE and UPDATE of a pod that asks for networks: refused where its node would refuse it, by the same functions. What
 * is wrong with the text of the request is said in the sentences of `kubectl weft lint`, with places; what lint objects to
 * and the node lets pass is a warning. The node judges again (NPWG-232): what is asked for, and who may have it, can
 * change until then. An UPDATE that leaves the request as it is is none of our business.
 */
export function reviewPod(request: AdmissionRequest, view: ClusterView): Verdict {
  const pod = podFacts(request.object ?? {});
  if (!asksForNetworks(pod.annotations) || pod.deleting) return admitted;
  if (request.oldObject !== undefined && sameRequest(pod, podFacts(request.oldObject))) return admitted;
  // NPWG-335: CNI is never called for it.
  if (pod.hostNetwork) return { warnings: [hostNetworkWarning(pod.annotations)] };
  const findings = checkPodAnnotations(requestOf(pod), request.namespace);
  try {
    const warnings = judged(pod.annotations, request.namespace, view);
    return { warnings: [...findings.map(findingLine), ...warnings] };
  } catch (error) {
    return refused(asWeftError(error), findings, pod.mirror);
  }
}

/** Those annotations that decide what it gets. */
function requestOf({ annotations }: PodFacts): Annotations {
  return Object.fromEntries(Object.entries(annotations).filter(([key]) => requestAnnotations.includes(key)));
}

/**
 * Warnings of what the networks do not give as they are now; throws where the request is refused. The same steps as
 * `resolve`, as far as they need no node. The parser's own warnings are about keys, which are among the findings.
 */
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
  const { first, asked } = wanted;
  return obstacles(first === undefined ? asked : [first, ...asked], view);
}

/**
 * What may pass by itself is a matter for the node, which asks again. A mirror pod is the image of one that the kubelet
 * runs anyway: without it nobody would see that pod, or its node's refusal.
 */
function refused(error: WeftError, findings: readonly Finding[], mirror: boolean): Verdict {
  const { message, retry, reason } = error;
  const inText = textReasons.includes(reason) && hasErrors(findings);
  const lines = findings.map(findingLine);
  if (mirror || retry === 'later') return { warnings: [...(inText ? [] : [message]), ...lines] };
  if (inText) return verdictOn(findings);
  return { refusal: { message, reason: 'Invalid', code: 422 }, warnings: lines };
}

/** Of what the request says, whatever the cluster is like: the findings say it with its place. */
const textReasons: readonly string[] = ['InvalidAnnotation', 'DuplicateInterface'];

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
