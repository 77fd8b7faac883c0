import type { RawObject } from '../kube/raw-object.ts';
import type { ObjectRef, Resource } from '../kube/resource.ts';
import { Writer } from '../kube/writer.ts';
import { ClientTransport } from '../kubeclient/client-transport.ts';
import type { WantedCluster } from '../kubeclient/load-kubeconfig.ts';
import { processClock } from './process-clock.ts';
import { weftVersion } from './version.ts';

/** Reads single objects; rejects with a KubeError. */
export interface ObjectReader {
  readonly get: (resource: Resource, ref: ObjectRef) => Promise<RawObject>;
}

/** A cluster that a command works with. Whoever opened it closes the transport. */
export interface Cluster {
  readonly transport: ClientTransport;
  readonly reader: ObjectReader;
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
  return { transport, reader: { get: (resource, ref) => writer.get(resource, ref, { timeoutMs }) } };
}
