import { mkdtempSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CredentialFiles } from '../../../src/kube/credentials.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { expectThrown } from '../../harness/thrown.ts';

let dir = '';
const clock = new FakeClock();
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'weft-credentials-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** Credentials with a token and a CA in files. */
function files(): CredentialFiles {
  const access = {
    server: 'https://a',
    token: { file: join(dir, 'token') },
    ca: { file: join(dir, 'ca.crt') },
  };
  return new CredentialFiles(access, clock);
}

function write(name: string, text: string): void {
  writeFileSync(join(dir, name), text);
}

describe('CredentialFiles', () => {
  beforeEach(() => {
    write('token', 'first\n');
    write('ca.crt', rootCertificates[0] ?? '');
  });

  it('reads a renewed token after a minute, and keeps the connections', async () => {
    const credentials = files();
    const first = credentials.current();
    expect(first.token).toBe('first');
    write('token', 'second');
    await clock.pass(59_000);
    expect(credentials.current()).toBe(first);
    await clock.pass(1_000);
    expect(credentials.current().token).toBe('second');
    expect(credentials.current().tls).toBe(first.tls);
  });

  it('reads at once when the server refused what it had, and says whether that helps', () => {
    const credentials = files();
    credentials.current();
    expect(credentials.refresh()).toBe(false);
    write('token', 'second');
    expect(credentials.refresh()).toBe(true);
    expect(credentials.current().token).toBe('second');
  });

  it('sees through the links that the kubelet swaps', async () => {
    rmSync(join(dir, 'token'));
    for (const version of ['v1', 'v2', 'v3']) write(version, version);
    const credentials = files();
    for (const version of ['v1', 'v2', 'v3']) {
      symlinkSync(version, join(dir, 'token'));
      await clock.pass(60_000);
      expect(credentials.current().token).toBe(version);
      unlinkSync(join(dir, 'token'));
    }
  });

  it('makes new connections when a certificate changes', async () => {
    const credentials = files();
    const { tls } = credentials.current();
    write('ca.crt', rootCertificates[1] ?? '');
    await clock.pass(60_000);
    expect(credentials.current().tls).not.toBe(tls);
  });

  it('keeps what it had while a file is away or broken', async () => {
    const credentials = files();
    const first = credentials.current();
    rmSync(join(dir, 'token'));
    await clock.pass(60_000);
    expect(credentials.current()).toBe(first);
    write('token', 'second');
    write('ca.crt', '-----BEGIN CERTIFICATE-----\nbroken\n-----END CERTIFICATE-----\n');
    await clock.pass(60_000);
    expect(credentials.current()).toBe(first);
    write('ca.crt', rootCertificates[0] ?? '');
    await clock.pass(60_000);
    expect(credentials.current().token).toBe('second');
  });

  it('names the file that was never there', () => {
    rmSync(join(dir, 'token'));
    const wanted = { reason: 'ApiAccessInvalid', code: 7, names: [join(dir, 'token')] } as const;
    expectThrown(() => files().current(), wanted);
  });
});
