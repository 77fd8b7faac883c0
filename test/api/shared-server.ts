import { join } from 'node:path';
import { systemClock } from '../../src/daemon/clock.ts';
import type { ApiAccess } from '../../src/kube/api-access.ts';
import { HttpsTransport } from '../../src/kube/https-transport.ts';
import { Writer } from '../../src/kube/writer.ts';
import type { KnownToken } from '../harness/api-server.ts';

/** Under which name global-setup.ts hands over where the shared server is. */
export const adminServer = 'apiServer';

/** A running API server, as one process tells another. */
export interface ServerAddress {
  readonly url: string;
  /** Directory with ca.crt, admin.* and ordinary.*. */
  readonly pki: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    [adminServer]: ServerAddress;
  }
}

/** Of a user who may do nothing; the certificate `ordinary` is another one's. */
export const ordinaryToken: KnownToken = { token: 'token-of-nobody', user: 'nobody-special' };

/** Access with a certificate of the server's directory. */
export function certificateAccess({ url, pki }: ServerAddress, name = 'admin'): ApiAccess {
  const client = { certificate: { file: join(pki, `${name}.crt`) }, key: { file: join(pki, `${name}.key`) } };
  return { server: url, ca: { file: join(pki, 'ca.crt') }, client };
}

/** What a test does at the API server as its administrator. */
export class Admin {
  readonly transport: HttpsTransport;
  readonly writer: Writer;

  constructor(access: ApiAccess) {
    this.transport = new HttpsTransport(access, systemClock, 'weft-test');
    this.writer = writerOver(this.transport);
  }

  /** Creates a namespace; a test's own, so that its files need not know each other. */
  async namespace(name: string): Promise<string> {
    const namespaces = { group: '', version: 'v1', plural: 'namespaces' };
    await this.writer.create(namespaces, undefined, { metadata: { name } });
    return name;
  }

  /** DELETE of one object at once. */
  async remove(path: string): Promise<void> {
    const body = { type: 'application/json', text: '{"gracePeriodSeconds":0}' };
    const answer = await this.transport.request({
      method: 'DELETE',
      path,
      body,
      signal: AbortSignal.timeout(10_000),
    });
    if (answer.status !== 200)
      throw new Error(`DELETE ${path}: ${answer.status} ${answer.text.slice(0, 300)}`);
  }

  close(): void {
    this.transport.close();
  }
}

/** A writer on the system's clock. */
export function writerOver(transport: HttpsTransport, fieldManager = 'weft-test'): Writer {
  return new Writer({ transport, clock: systemClock, random: Math.random, fieldManager });
}
