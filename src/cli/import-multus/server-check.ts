import { withDeadline } from '../../kube/deadline.ts';
import type { KubeClock } from '../../kube/kube-clock.ts';
import { failureOf, succeeded } from '../../kube/kube-error.ts';
import { objectPath, type Resource, resourceName } from '../../kube/resource.ts';
import type { Transport } from '../../kube/transport.ts';
import type { ImportedDocument } from './documents.ts';

/** Under which name the API server is told who asks. */
const fieldManager = 'kubectl-weft';

const resources: Readonly<Record<ImportedDocument['kind'], Resource>> = {
  WeftConfig: { group: 'weft.dev', version: 'v1alpha1', plural: 'weftconfigs' },
  NetworkAttachmentDefinition: {
    group: 'k8s.cni.cncf.io',
    version: 'v1',
    plural: 'network-attachment-definitions',
  },
};

/**
 * Asks the API server whether it would take the document, by a server-side apply that it does not keep, and says so in
 * one line. Rejects with what the API server has against it: ApiConflict names the fields that somebody else has set to
 * something else, ApiNotFound where the kind is not installed.
 */
export async function checkOnServer(
  transport: Transport,
  clock: KubeClock,
  document: ImportedDocument,
  timeoutMs: number,
): Promise<string> {
  const resource = resources[document.kind];
  const { name, namespace } = document.metadata;
  const label = `${resourceName(resource)}/${name}`;
  const ref = namespace === undefined ? { name } : { name, namespace };
  const path = objectPath(resource, ref, '', { fieldManager, dryRun: 'All' });
  const body = { type: 'application/apply-patch+yaml', text: JSON.stringify(document) };
  const limits = { clock, timeoutMs, signal: new AbortController().signal };
  const answer = await withDeadline(limits, (signal) =>
    transport.request({ method: 'PATCH', path, body, signal }),
  );
  if (!succeeded(answer)) throw failureOf(answer).within({ step: `try ${label}` });
  return `${label} ${answer.status === 201 ? 'would be created' : 'would be changed or is so already'} (server dry run)`;
}
