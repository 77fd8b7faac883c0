import { type AdmissionRequest, admitted, type Verdict } from './admission-review.ts';
import type { ClusterView } from './cluster-view.ts';
import { reviewDeletion, type Sight } from './network-deletion.ts';
import { reviewNetwork } from './network-review.ts';
import { reviewPod } from './pod-review.ts';

/** Decides one request; `signal` ends it. */
export type Review = (request: AdmissionRequest, signal: AbortSignal) => Verdict | Promise<Verdict>;

/** Where the webhook configuration sends what, and who decides it. */
export function reviews(view: ClusterView, sight: Sight): ReadonlyMap<string, Review> {
  return new Map<string, Review>([
    ['/networks', (request, signal) => network(request, view, sight, signal)],
    ['/pods', (request) => pod(request, view)],
  ]);
}

/** A configuration that sends more than it should must not break what it sends. */
function network(
  request: AdmissionRequest,
  view: ClusterView,
  sight: Sight,
  signal: AbortSignal,
): Verdict | Promise<Verdict> {
  const { resource, operation } = request;
  if (resource.resource !== 'network-attachment-definitions') return admitted;
  if (operation === 'DELETE') return reviewDeletion(request, view, sight, signal);
  return operation === 'CONNECT' ? admitted : reviewNetwork(request, view.config());
}

function pod(request: AdmissionRequest, view: ClusterView): Verdict {
  const { resource, operation } = request;
  const ours = resource.group === '' && resource.resource === 'pods';
  return ours && (operation === 'CREATE' || operation === 'UPDATE') ? reviewPod(request, view) : admitted;
}
