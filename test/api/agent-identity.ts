import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/daemon/clock.ts';
import { HttpsTransport } from '../../src/kube/https-transport.ts';
import type { RawObject } from '../../src/kube/raw-object.ts';
import { objectPath, type Resource } from '../../src/kube/resource.ts';
import type { Writer } from '../../src/kube/writer.ts';
import { type Admin, type ServerAddress, writerOver } from './shared-server.ts';

const serviceAccounts: Resource = { group: '', version: 'v1', plural: 'serviceaccounts' };

/** A service account, and the pod to which its token is to be bound. */
export interface TokenWanted {
  readonly namespace: string;
  readonly name: string;
  readonly pod?: RawObject;
}

/** One who talks to the API server with a token of the service account, as the agent does. */
export class TokenUser {
  readonly transport: HttpsTransport;
  readonly writer: Writer;
  /** As the kubelet mounts it. */
  readonly tokenFile: string;
  readonly #dir: string;

  private constructor(transport: HttpsTransport, dir: string) {
    this.transport = transport;
    this.tokenFile = join(dir, 'token');
    this.writer = writerOver(transport, 'weft-agent');
    this.#dir = dir;
  }

  static async of(server: ServerAddress, admin: Admin, wanted: TokenWanted): Promise<TokenUser> {
    const dir = mkdtempSync(join(tmpdir(), 'weft-token-'));
    const file = join(dir, 'token');
    writeFileSync(file, await token(admin, wanted), { mode: 0o600 });
    const access = { server: server.url, ca: { file: join(server.pki, 'ca.crt') }, token: { file } };
    return new TokenUser(new HttpsTransport(access, systemClock, 'weft-agent'), dir);
  }

  /** The HTTP status with which a call without a body ends. */
  async status(method: 'GET' | 'DELETE', path: string): Promise<number> {
    const answer = await this.transport.request({ method, path, signal: AbortSignal.timeout(10_000) });
    return answer.status;
  }

  close(): void {
    this.transport.close();
    rmSync(this.#dir, { recursive: true, force: true });
  }
}

/** By TokenRequest, as the kubelet gets one for a projected volume. */
async function token(admin: Admin, { namespace, name, pod }: TokenWanted): Promise<string> {
  const bound = pod && { apiVersion: 'v1', kind: 'Pod', name: pod.metadata.name, uid: pod.metadata.uid };
  const request = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { expirationSeconds: 1800, ...(bound && { boundObjectRef: bound }) },
  };
  const answer = await admin.transport.request({
    method: 'POST',
    path: objectPath(serviceAccounts, { namespace, name }, 'token'),
    body: { type: 'application/json', text: JSON.stringify(request) },
    signal: AbortSignal.timeout(10_000),
  });
  const made = JSON.parse(answer.text) as { readonly status?: { readonly token?: string } };
  if (made.status?.token === undefined) throw new Error(`no token: ${answer.text.slice(0, 300)}`);
  return made.status.token;
}
