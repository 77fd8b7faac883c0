import type { Metrics } from '../daemon/metrics.ts';
import type { Transport } from '../kube/transport.ts';
import { ClientTransport } from '../kubeclient/client-transport.ts';
import type { WantedCluster } from '../kubeclient/load-kubeconfig.ts';
import { CountedTransport } from './counted-transport.ts';

/** A way to the API server, and where that is. */
export interface OpenedTransport {
  readonly transport: Transport;
  /** Address of the API server, for the log. */
  readonly server: string;
}

/** As kubectl would find it, or as a pod's service account; its calls are counted. Rejects with ApiAccessInvalid. */
export async function openTransport(
  wanted: WantedCluster,
  userAgent: string,
  metrics: Metrics,
): Promise<OpenedTransport> {
  const client = await ClientTransport.open(wanted, userAgent);
  const { server } = client;
  return { transport: new CountedTransport(client, new URL(server).host, metrics), server };
}
