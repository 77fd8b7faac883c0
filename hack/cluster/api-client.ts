import { Buffer } from 'node:buffer';
import { Agent, request } from 'node:https';

/** An object of the API, as far as the harness looks at it. */
export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly [key: string]: unknown;
}

/** The harness's own access to an API server: few calls over one kept-alive connection. */
export class ApiClient {
  readonly #agent: Agent;
  readonly #server: URL;

  /** `server` as in a kubeconfig; the rest in PEM. */
  constructor(server: string, tls: { readonly ca: string; readonly cert: string; readonly key: string }) {
    this.#server = new URL(server);
    this.#agent = new Agent({ ...tls, keepAlive: true, maxSockets: 4 });
  }

  /** True if `path` answers with 200. Never rejects: a server that starts refuses, resets, or says 500. */
  async healthy(path: string): Promise<boolean> {
    try {
      return (await this.#call('GET', path)).status === 200;
    } catch {
      return false;
    }
  }

  /** The object at `path`; undefined if it does not exist or the server cannot be asked just now. */
  async find<T>(path: string): Promise<T | undefined> {
    try {
      const answer = await this.#call('GET', path);
      return answer.status === 200 ? (JSON.parse(answer.body) as T) : undefined;
    } catch {
      return undefined;
    }
  }

  /** Creates the object in the collection `path`, unless one of its name is there. Rejects with the server's words. */
  async create(path: string, object: KubeObject): Promise<void> {
    const answer = await this.#call('POST', path, JSON.stringify(object));
    if (answer.status === 409 || (answer.status >= 200 && answer.status < 300)) return;
    throw new Error(`POST ${path} ${object.metadata.name}: ${answer.status} ${answer.body.slice(0, 500)}`);
  }

  /** Ends its connections. */
  close(): void {
    this.#agent.destroy();
  }

  #call(method: string, path: string, body?: string): Promise<{ status: number; body: string }> {
    return new Promise((resolve, reject) => {
      const call = request(
        new URL(path, this.#server),
        {
          method,
          agent: this.#agent,
          timeout: 10_000,
          headers: body === undefined ? {} : { 'content-type': 'application/json' },
        },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('error', reject);
          answer.on('end', () =>
            resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }),
          );
        },
      );
      call.on('timeout', () => call.destroy(new Error(`${method} ${path}: no answer within 10 s`)));
      call.on('error', reject);
      call.end(body);
    });
  }
}
