import type { Runnable } from '../../controller/runnable.ts';
import type { Clock } from '../../daemon/clock.ts';
import type { Log } from '../../daemon/log.ts';
import { asWeftError } from '../../errors/weft-error.ts';
import { pause } from '../../kube/kube-clock.ts';
import { KubeError } from '../../kube/kube-error.ts';
import type { RawObject } from '../../kube/raw-object.ts';
import type { Resource } from '../../kube/resource.ts';
import type { Writer } from '../../kube/writer.ts';
import { networkDefinition } from './network-definition.generated.ts';

/** What it is made of. */
export interface NetworkKindRoom {
  readonly writer: Pick<Writer, 'get' | 'patch'>;
  readonly clock: Clock;
  readonly log: Log;
}

const definitions: Resource = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  plural: 'customresourcedefinitions',
};
const ref = { name: 'network-attachment-definitions.k8s.cni.cncf.io' };

/** How often the definition is looked at, milliseconds. */
const everyMs = 20_000;

interface Version {
  readonly name?: unknown;
  readonly subresources?: { readonly status?: unknown };
}

/**
 * The CustomResourceDefinition of networks. Where it is labelled as weft's, the leader brings it up to date; another
 * product's is never touched, and none is made where there is none (DESIGN §3.7).
 *
 * Each definition is written once a term: whoever applies that of a later weft beside an operator that runs keeps it.
 */
export class NetworkKind implements Runnable {
  readonly needsLeader = true;
  readonly #room: NetworkKindRoom;

  constructor(room: NetworkKindRoom) {
    this.#room = room;
  }

  async start(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#room;
    let written: string | undefined;
    let complaint = '';
    while (!signal.aborted) {
      try {
        written = await this.#update(written, signal);
        complaint = '';
      } catch (error) {
        const { reason, message } = asWeftError(error);
        if (reason !== complaint && !signal.aborted)
          log.warn({ reason, error: message }, 'the definition of networks cannot be brought up to date');
        complaint = reason;
      }
      await pause(clock, everyMs, signal);
    }
  }

  /** Whether objects of the kind have a status. False where there is no such kind. */
  async hasStatus(): Promise<boolean> {
    const spec = (await this.#found())?.['spec'] as { readonly versions?: unknown } | undefined;
    const versions = Array.isArray(spec?.versions) ? (spec.versions as readonly Version[]) : [];
    return versions.some(({ name, subresources }) => name === 'v1' && subresources?.status !== undefined);
  }

  /** `written`: uid of the definition that was written last; gives the same anew. */
  async #update(written: string | undefined, signal: AbortSignal): Promise<string | undefined> {
    const definition = await this.#found(signal);
    if (definition === undefined || !isOurs(definition)) return undefined;
    const { uid, resourceVersion } = definition.metadata;
    if (uid === undefined || uid === written) return written;
    const { metadata } = networkDefinition as { readonly metadata: object };
    // As it was seen: one that was deleted meanwhile is not made again, one that is another product's now not touched.
    const body = { ...networkDefinition, metadata: { ...metadata, uid, resourceVersion } };
    const { writer, log } = this.#room;
    const after = await writer.patch(definitions, ref, { kind: 'apply', force: true, body }, { signal });
    if (after.metadata['generation'] !== definition.metadata['generation'])
      log.info({ definition: ref.name }, 'the definition of networks is up to date now');
    return uid;
  }

  async #found(signal?: AbortSignal): Promise<RawObject | undefined> {
    try {
      return await this.#room.writer.get(definitions, ref, signal && { signal });
    } catch (error) {
      if (error instanceof KubeError && error.reason === 'ApiNotFound') return undefined;
      throw error;
    }
  }
}

function isOurs({ metadata }: RawObject): boolean {
  const labels = metadata['labels'] as Readonly<Record<string, unknown>> | undefined;
  return labels?.['app.kubernetes.io/managed-by'] === 'weft';
}
