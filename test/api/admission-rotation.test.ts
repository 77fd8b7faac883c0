import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { RawObject } from '../../src/kube/raw-object.ts';
import { collectionPath } from '../../src/kube/resource.ts';
import { makeServingCertificate, type ServingCertificate } from '../../src/operator/admission/certificate.ts';
import { sleep } from '../harness/run.ts';
import { AdmissionRoom, nad, nads, quick, Replica } from './admission-room.ts';
import { adminServer } from './shared-server.ts';

/** Two replicas of the webhook server, which change their certificate every few seconds, and calls all the time. */

const configurations = {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  plural: 'validatingwebhookconfigurations',
};
const secrets = { group: '', version: 'v1', plural: 'secrets' };

let room: AdmissionRoom;
let replicas: readonly Replica[] = [];

beforeAll(async () => {
  room = await AdmissionRoom.open(inject(adminServer));
  await room.apply(/^(Namespace|ServiceAccount|Role|RoleBinding|ClusterRole|ClusterRoleBinding|Secret)$/);
  replicas = await Promise.all([0, 1].map(() => Replica.start(room, 0, quick)));
  await room.apply(/^ValidatingWebhookConfiguration$/, replicas[0]?.port);
  for (let tried = 0; !(await answer()).includes('denied the request'); tried += 1) {
    if (tried > 200) throw new Error(`the webhook does not work: ${await answer()}`);
    await sleep(50);
  }
});
afterAll(async () => {
  await Promise.all(replicas.map((replica) => replica.stop()));
  await room?.close();
});

/** What the API server says to a network that only the webhook can refuse. */
async function answer(): Promise<string> {
  const { text } = await room.admin.transport.request({
    method: 'POST',
    path: collectionPath(nads, 'default', { dryRun: 'All' }),
    body: { type: 'application/json', text: JSON.stringify(nad('broken', '{"type":""}')) },
    signal: AbortSignal.timeout(10_000),
  });
  return (JSON.parse(text) as { readonly message?: string }).message ?? text;
}

function read(resource: typeof secrets, namespace: string | undefined, name: string): Promise<RawObject> {
  return room.admin.writer.get(resource, { ...(namespace !== undefined && { namespace }), name });
}

/** The authorities that the API server trusts, the same for each webhook. */
async function bundle(): Promise<string> {
  const { webhooks } = await read(configurations, undefined, 'weft');
  const all = (webhooks as readonly { clientConfig: { caBundle: string } }[]).map(
    ({ clientConfig }) => clientConfig,
  );
  expect(new Set(all.map(({ caBundle }) => caBundle)).size).toBe(1);
  return Buffer.from(all[0]?.caBundle ?? '', 'base64').toString();
}

/** The certificate that a replica serves to one who trusts these authorities. */
function served(replica: Replica, ca: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request(
      { host: '127.0.0.1', port: replica.port, path: '/pods', ca, agent: false },
      (got) => {
        const { raw } = (got.socket as TLSSocket).getPeerCertificate();
        got.resume().on('end', () => resolve(new X509Certificate(raw).fingerprint256));
      },
    );
    call.on('error', reject).end();
  });
}

describe('the certificate of the webhook', () => {
  it('changes again and again without one failed call, on both replicas alike', async () => {
    const seen = new Set<string>();
    const bundles = new Set<number>();
    const wrong: string[] = [];
    let calls = 0;
    let going = true;
    const load = async (): Promise<void> => {
      while (going) {
        const said = await answer();
        calls += 1;
        if (!said.includes('denied the request: spec.config')) wrong.push(said);
        await sleep(20);
      }
    };
    const callers = [load(), load(), load()];
    try {
      // Old and new authority overlap, and the old one goes.
      const rotated = (): boolean => seen.size >= 3 && bundles.has(1) && bundles.has(2);
      for (let tried = 0; !rotated() && wrong.length === 0; tried += 1) {
        if (tried > 200) throw new Error(`${seen.size} certificates, ${[...bundles].join()} authorities`);
        const ca = await bundle();
        bundles.add(ca.split('BEGIN').length - 1);
        // Both are trusted by what the API server has at this moment, whichever of their certificates they serve.
        for (const replica of replicas) seen.add(await served(replica, ca));
        await sleep(100);
      }
    } finally {
      going = false;
      await Promise.all(callers);
    }
    expect(wrong).toEqual([]);
    expect(calls).toBeGreaterThan(20);
    expect([...bundles].sort()).toEqual([1, 2]);
  });

  it('is kept where the next replica finds it, with the authorities for people, and without their keys', async () => {
    const { data } = await read(secrets, 'weft-system', 'weft-webhook');
    const { 'generations.json': all = '', 'ca.crt': ca = '' } = data as Record<string, string>;
    const generations = JSON.parse(Buffer.from(all, 'base64').toString()) as readonly Record<
      string,
      unknown
    >[];
    expect(generations.length).toBeGreaterThan(0);
    expect(new Set(generations.flatMap((one) => Object.keys(one)))).toEqual(
      new Set(['ca', 'certificate', 'key', 'notBefore', 'notAfter', 'publishedAt']),
    );
    expect(new X509Certificate(Buffer.from(ca, 'base64')).ca).toBe(true);
  });

  it('is published again where somebody has removed the authorities', async () => {
    await room.apply(/^ValidatingWebhookConfiguration$/, replicas[0]?.port);
    const body = [{ op: 'replace', path: '/webhooks/0/clientConfig/caBundle', value: '' }];
    await room.admin.writer.patch(configurations, { name: 'weft' }, { kind: 'json', body });
    for (let tried = 0; !(await answer()).includes('denied the request'); tried += 1) {
      if (tried > 200) throw new Error(`the webhook does not work: ${await answer()}`);
      await sleep(20);
    }
  });
});

describe('a certificate that somebody else brings, as cert-manager does', () => {
  const directory = mkdtempSync(join(tmpdir(), 'weft-brought-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  function made(): ServingCertificate {
    const now = Date.now();
    return makeServingCertificate({ names: ['127.0.0.1'], notBefore: now, notAfter: now + 600_000 });
  }

  function bring({ certificate, key }: ServingCertificate): void {
    writeFileSync(join(directory, 'tls.crt'), certificate);
    writeFileSync(join(directory, 'tls.key'), key);
  }

  /** What cert-manager's injector does. */
  async function trust(...authorities: readonly ServingCertificate[]): Promise<void> {
    const value = Buffer.from(authorities.map(({ ca }) => ca).join('')).toString('base64');
    const body = [0, 1, 2].map((index) => ({
      op: 'add',
      path: `/webhooks/${index}/clientConfig/caBundle`,
      value,
    }));
    await room.admin.writer.patch(configurations, { name: 'weft' }, { kind: 'json', body });
  }

  it('is served, and the next one as soon as it is there, without one failed call', async () => {
    await Promise.all(replicas.map((replica) => replica.stop()));
    const [first, second] = [made(), made()];
    bring(first);
    const replica = await Replica.start(room, 0, quick, directory);
    replicas = [replica];
    await room.apply(/^ValidatingWebhookConfiguration$/, replica.port);
    await trust(first, second);
    for (let tried = 0; !(await answer()).includes('denied the request'); tried += 1) {
      if (tried > 200) throw new Error(`the webhook does not work: ${await answer()}`);
      await sleep(20);
    }
    const both = first.ca + second.ca;
    expect(await served(replica, both)).toBe(new X509Certificate(first.certificate).fingerprint256);
    bring(second);
    const wanted = new X509Certificate(second.certificate).fingerprint256;
    for (let tried = 0; (await served(replica, both)) !== wanted; tried += 1) {
      expect(await answer()).toContain('denied the request: spec.config');
      if (tried > 200) throw new Error('the second certificate is not served');
      await sleep(20);
    }
    expect(await answer()).toContain('denied the request: spec.config');
    // The caBundle is not the operator's business then.
    expect(await bundle()).toBe(both);
  });
});
