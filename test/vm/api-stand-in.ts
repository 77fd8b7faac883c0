import { Buffer } from 'node:buffer';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bytesOf, fieldsOf, textOf } from '../../src/agent/devices/protobuf.ts';

/** The pod that it has, the one of podArgs in test/harness/runtime.ts. */
const place = { namespace: 'test', name: 'pod-a', uid: 'uid-a' };
const podPath = `/api/v1/namespaces/${place.namespace}/pods/${place.name}`;
const networksPath = `/apis/k8s.cni.cncf.io/v1/namespaces/${place.namespace}/network-attachment-definitions/`;

/**
 * As much of an API server as thin Multus asks for one pod: the pod, its networks, and a place for the status. A real one
 * takes minutes to start in an emulator.
 */
export class ApiStandIn {
  readonly #server: Server;
  readonly #networks: Readonly<Record<string, object>>;
  readonly #annotations: Record<string, string>;

  private constructor(networks: Readonly<Record<string, object>>, annotations: Record<string, string>) {
    this.#networks = networks;
    this.#annotations = annotations;
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  /** `networks`: configurations of the pod's namespace by name. */
  static async start(
    networks: Readonly<Record<string, object>>,
    annotations: Readonly<Record<string, string>>,
  ): Promise<ApiStandIn> {
    const api = new ApiStandIn(networks, { ...annotations });
    api.#server.keepAliveTimeout = 60_000;
    await new Promise<void>((resolve) => api.#server.listen(0, '0.0.0.0', resolve));
    // Multus does not wait for what is compiled at the first question.
    for (let asked = 0; asked < 5; asked += 1)
      await (await fetch(`http://127.0.0.1:${api.port}${podPath}`)).text();
    return api;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The pod's annotations as they are now. */
  get annotations(): Readonly<Record<string, string>> {
    return this.#annotations;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk as Uint8Array);
    const [path = ''] = (request.url ?? '').split('?');
    const object = this.#objectFor(request.method ?? '', path, Buffer.concat(chunks));
    response.writeHead(object === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify(object ?? { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 404 }),
    );
  }

  #objectFor(method: string, path: string, body: Buffer): object | undefined {
    if (method === 'PUT' && path === `${podPath}/status`)
      Object.assign(this.#annotations, annotationsOf(body));
    if (path === podPath || path === `${podPath}/status`) return this.#pod();
    const config = path.startsWith(networksPath)
      ? this.#networks[path.slice(networksPath.length)]
      : undefined;
    if (config === undefined) return undefined;
    return {
      apiVersion: 'k8s.cni.cncf.io/v1',
      kind: 'NetworkAttachmentDefinition',
      metadata: { namespace: place.namespace, name: path.slice(networksPath.length) },
      spec: { config: JSON.stringify(config) },
    };
  }

  #pod(): object {
    const metadata = { ...place, resourceVersion: '1', annotations: this.#annotations };
    return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [] }, status: {} };
  }
}

/**
 * Annotations of a pod in Kubernetes' protobuf: `k8s\0`, then runtime.Unknown with the object in field 2; there field 1
 * is the metadata, and in it field 12 an entry of the annotations.
 */
function annotationsOf(body: Buffer): Readonly<Record<string, string>> {
  const inside = (message: Buffer, number: number): readonly Buffer[] =>
    [...fieldsOf(message)].filter((field) => field.number === number).map(bytesOf);
  const metadata = inside(body.subarray(4), 2).flatMap((pod) => inside(pod, 1));
  const entries = metadata.flatMap((message) => inside(message, 12));
  return Object.fromEntries(
    entries.map((entry) => {
      const [key = '', value = ''] = [...fieldsOf(entry)].map(textOf);
      return [key, value] as const;
    }),
  );
}
