import { X509Certificate } from 'node:crypto';
import { createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeServingCertificate } from '../../../../src/operator/admission/certificate.ts';

const notBefore = Date.UTC(2026, 0, 2, 3, 4, 5);
const notAfter = Date.UTC(2051, 11, 31, 23, 59, 59);
const wanted = { names: ['weft-webhook.kube-system.svc', '127.0.0.1', '::1'], notBefore, notAfter } as const;

describe('a serving certificate', () => {
  it('is signed by its authority, for the names, the time and the purpose that were asked for', () => {
    const made = makeServingCertificate(wanted);
    const leaf = new X509Certificate(made.certificate);
    const ca = new X509Certificate(made.ca);
    expect(leaf.verify(ca.publicKey)).toBe(true);
    expect(leaf.checkIssued(ca)).toBe(true);
    expect(leaf.subjectAltName).toBe(
      'DNS:weft-webhook.kube-system.svc, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1',
    );
    expect([leaf.validFromDate.getTime(), leaf.validToDate.getTime()]).toEqual([notBefore, notAfter]);
    // serverAuth alone: nobody can log in with it.
    expect(leaf.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
    expect([ca.ca, leaf.ca]).toEqual([true, false]);
    expect(ca.verify(ca.publicKey)).toBe(true);
    expect(ca.subject).toMatch(/^CN=weft-webhook-ca-[0-9a-f]{12}$/);
  });

  it('has an authority, a serial number and keys of its own each time', () => {
    const [one, other] = [makeServingCertificate(wanted), makeServingCertificate(wanted)];
    const of = (pem: string): X509Certificate => new X509Certificate(pem);
    expect(of(one.ca).subject).not.toBe(of(other.ca).subject);
    expect(of(one.certificate).serialNumber).not.toBe(of(other.certificate).serialNumber);
    expect(of(other.certificate).verify(of(one.ca).publicKey)).toBe(false);
    expect(one.key).not.toBe(other.key);
  });

  it('carries every name that it was made for, whatever its length, and every address', () => {
    const label = fc.stringMatching(/^[a-z]([-a-z0-9]{0,40}[a-z0-9])?$/);
    const names = fc.oneof(
      fc.array(label, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('.')),
      fc.ipV4(),
      fc.ipV6(),
    );
    fc.assert(
      fc.property(fc.array(names, { minLength: 1, maxLength: 6 }), ([first = 'a', ...rest]) => {
        const { certificate, ca } = makeServingCertificate({ ...wanted, names: [first, ...rest] });
        const leaf = new X509Certificate(certificate);
        const isAddress = (name: string): boolean => /^[0-9.]+$/.test(name) || name.includes(':');
        for (const name of [first, ...rest]) {
          expect(isAddress(name) ? leaf.checkIP(name) : leaf.checkHost(name)).toBeDefined();
        }
        expect(leaf.verify(new X509Certificate(ca).publicKey)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it('is taken by a client that trusts the authority, and by no other', async () => {
    const made = makeServingCertificate({
      ...wanted,
      notBefore: Date.now() - 1000,
      notAfter: Date.now() + 60_000,
    });
    const server = createServer({ cert: made.certificate, key: made.key }, (_, response) =>
      response.end('yes'),
    );
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    const ask = (ca: string): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        request({ host: '127.0.0.1', port, ca, agent: false }, (answer) =>
          resolve(answer.resume().statusCode),
        )
          .on('error', reject)
          .end();
      });
    try {
      expect(await ask(made.ca)).toBe(200);
      await expect(ask(makeServingCertificate(wanted).ca)).rejects.toThrow(/certificate/);
    } finally {
      server.close();
    }
  });
});
