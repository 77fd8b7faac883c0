import { listPages, type Selection } from '../kube/list-pages.ts';
import type { RawObject } from '../kube/raw-object.ts';
import type { ObjectRef, Resource } from '../kube/resource.ts';
import { Writer } from '../kube/writer.ts';
import { ClientTransport } from '../kubeclient/client-transport.ts';
import type { WantedCluster } from '../kubeclient/load-kubeconfig.ts';
import { processClock } from './process-clock.ts';
import { weftVersion } from './version.ts';

/** Objects of one page of a list, as kubectl asks for. */
const pageSize = 500;

/** Reads single objects; rejects with a KubeError. */
export interface ObjectReader {
  readonly get: (resource: Resource, ref: ObjectRef) => Promise<RawObject>;
}

/**
 * Reads a list page by page in the server's order, and keeps of each object what `project` gives; undefined is left out.
 * Rejects with a KubeError.
 */
export type ReadList = <T extends object>(
  selection: Selection,
  project: (object: RawObject) => T | undefined,
) => Promise<readonly T[]>;

/** A cluster that a command works with. Whoever opened it closes the transport. */
export interface Cluster {
  readonly transport: ClientTransport;
  readonly reader: ObjectReader;
  readonly list: ReadList;
}

/** As the kubeconfig says; each call may take `timeoutMs`. Rejects with ApiAccessInvalid. */
export async function openCluster(wanted: WantedCluster, timeoutMs: number): Promise<Cluster> {
  const transport = await ClientTransport.open(wanted, `kubectl-weft/${weftVersion}`);
  const writer = new Writer({
    transport,
    clock: processClock,
    random: Math.random,
    fieldManager: 'kubectl-weft',
  });
  return {
    transport,
    reader: { get: (resource, ref) => writer.get(resource, ref, { timeoutMs }) },
    list: (selection, project) => readList(transport, selection, project, timeoutMs),
  };
}

async function readList<T extends object>(
  transport: ClientTransport,
  selection: Selection,
  project: (object: RawObject) => T | undefined,
  timeoutMs: number,
): Promise<readonly T[]> {
  let kept: T[] = [];
  const add = (object: RawObject): void => {
    const value = project(object);
    if (value !== undefined) kept.push(value);
  };
  const { signal } = new AbortController();
  const call = { transport, clock: processClock, selection, limits: { pageSize, timeoutMs }, signal };
  await listPages(call, () => {
    kept = [];
    return { add };
  });
  return kept;
}
