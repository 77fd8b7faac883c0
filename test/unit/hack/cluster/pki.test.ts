import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCertificates, makePki, nodeCertificates } from '../../../../hack/cluster/pki.ts';

const env = { PATH: process.env['PATH'] ?? '' };
let dir: string;

function certificate(name: string): X509Certificate {
  return new X509Certificate(readFileSync(join(dir, `${name}.crt`)));
}

describe('keys and certificates', () => {
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'weft-unit-'));
    await makePki(join(dir), env);
    await makeCertificates(dir, nodeCertificates('node1', '172.30.0.11'), env);
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it('are readable by their owner only', () => {
    const keys = readdirSync(dir).filter((name) => name.endsWith('.key'));
    expect(keys.length).toBeGreaterThan(8);
    for (const key of keys) expect(statSync(join(dir, key)).mode & 0o777, key).toBe(0o600);
    expect(statSync(dir).mode & 0o777).toBe(0o700);
  });

  it('are signed by the authority that their reader trusts', () => {
    const [ca, front] = [certificate('ca'), certificate('front-proxy-ca')];
    expect(ca.ca).toBe(true);
    for (const name of ['apiserver', 'admin', 'kubelet-client', 'kube-proxy', 'node1', 'node1-serving']) {
      expect(certificate(name).verify(ca.publicKey), name).toBe(true);
      expect(certificate(name).ca, name).toBe(false);
    }
    expect(certificate('front-proxy').verify(front.publicKey)).toBe(true);
    expect(certificate('front-proxy').verify(ca.publicKey)).toBe(false);
  });

  it('name the API server by every address under which it is asked', () => {
    const server = certificate('apiserver');
    for (const address of ['127.0.0.1', '10.96.0.1', '172.30.0.1'])
      expect(server.checkIP(address)).toBe(address);
    expect(server.checkHost('kubernetes.default.svc')).toBe('kubernetes.default.svc');
  });

  it('make a node the user that the Node authorizer expects, and serve under its address', () => {
    expect(certificate('node1').subject).toBe('O=system:nodes\nCN=system:node:node1');
    expect(certificate('node1').keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
    expect(certificate('node1-serving').keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
    expect(certificate('node1-serving').checkIP('172.30.0.11')).toBe('172.30.0.11');
  });
});
