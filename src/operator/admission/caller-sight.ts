import type { Transport } from '../../kube/transport.ts';
import type { Caller } from './admission-review.ts';
import type { Sight } from './network-deletion.ts';

const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews';

/**
 * How long one question may take, milliseconds. The answer only decides how much a refusal tells, and the API server waits
 * three seconds for that (config/operator/webhook-configuration.yaml).
 */
const limitMs = 2_000;

/** Asks the API server. Whatever goes wrong means that the caller may not. */
export class CallerSight implements Sight {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  async mayListPods(caller: Caller, namespace: string, signal: AbortSignal): Promise<boolean> {
    const { username, uid, groups, extra } = caller;
    const review = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      spec: {
        user: username,
        ...(uid !== undefined && { uid }),
        ...(groups && { groups }),
        ...(extra && { extra }),
        resourceAttributes: { namespace, verb: 'list', resource: 'pods' },
      },
    };
    try {
      const { status, text } = await this.#transport.request({
        method: 'POST',
        path,
        body: { type: 'application/json', text: JSON.stringify(review) },
        signal: AbortSignal.any([signal, AbortSignal.timeout(limitMs)]),
      });
      const answer = JSON.parse(text) as { readonly status?: { readonly allowed?: unknown } };
      return status < 300 && answer.status?.allowed === true;
    } catch {
      return false;
    }
  }
}
