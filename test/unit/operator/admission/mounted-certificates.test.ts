import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../../src/daemon/clock.ts';
import { silentLog } from '../../../../src/daemon/log.ts';
import {
  makeServingCertificate,
  type ServingCertificate,
} from '../../../../src/operator/admission/certificate.ts';
import { MountedCertificates } from '../../../../src/operator/admission/mounted-certificates.ts';

let directory: string;
let end: AbortController;
let running: Promise<void>;
let source: MountedCertificates;
let seen: string[];
let count = 0;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'weft-mounted-'));
  end = new AbortController();
  seen = [];
});
afterEach(async () => {
  end.abort();
  await running;
  rmSync(directory, { recursive: true, force: true });
});

/** Polls so rarely that only what the kernel tells is seen in time, unless something else is given. */
function start(pollMs = 60_000): void {
  source = new MountedCertificates({ directory, clock: systemClock, log: silentLog, pollMs });
  source.onChange(({ certificate }) => seen.push(certificate));
  running = source.start(end.signal);
}

function made(): ServingCertificate {
  const now = Date.now();
  return makeServingCertificate({ names: ['a.example'], notBefore: now, notAfter: now + 3_600_000 });
}

/** As the kubelet does it: a new directory, and one rename of the link to it. */
function mount(files: Readonly<Record<string, string>>): void {
  count += 1;
  const below = `..${count}`;
  mkdirSync(join(directory, below));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, below, name), text);
  symlinkSync(below, join(directory, '..new'));
  renameSync(join(directory, '..new'), join(directory, '..data'));
  for (const name of Object.keys(files)) {
    try {
      symlinkSync(join('..data', name), join(directory, name));
    } catch {
      // There from the first time.
    }
  }
}

async function until(condition: () => boolean): Promise<void> {
  for (let tried = 0; !condition(); tried += 1) {
    if (tried > 500) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe('certificates in a directory', () => {
  it('are taken when they come, and when they change', async () => {
    start();
    const [one, other] = [made(), made()];
    await until(() => source.warnings().length === 1);
    expect(source.warnings()[0]).toContain('cannot be used: ENOENT');
    mount({ 'tls.crt': one.certificate, 'tls.key': one.key });
    await until(() => seen.length === 1);
    expect(source.warnings()).toEqual([]);
    expect(source.notAfter).toBeGreaterThan(Date.now());
    mount({ 'tls.crt': other.certificate, 'tls.key': other.key });
    await until(() => seen.length === 2);
    expect(seen).toEqual([one.certificate, other.certificate]);
    expect(source.current?.key).toBe(other.key);
  });

  it('are found by looking, where nobody tells of a directory that comes later', async () => {
    rmSync(directory, { recursive: true });
    start(50);
    await until(() => source.warnings().length === 1);
    const one = made();
    mkdirSync(directory);
    mount({ 'tls.crt': one.certificate, 'tls.key': one.key });
    await until(() => seen.length === 1);
  });

  it('stay in use where what comes after them cannot be used', async () => {
    const [one, other] = [made(), made()];
    mount({ 'tls.crt': one.certificate, 'tls.key': one.key });
    start();
    await until(() => seen.length === 1);
    mount({ 'tls.crt': other.certificate, 'tls.key': one.key });
    await until(() =>
      source.warnings().some((warning) => warning.includes('the key is not of the certificate')),
    );
    mount({ 'tls.crt': 'nonsense', 'tls.key': one.key });
    await until(() => source.warnings().some((warning) => !warning.includes('the key is not')));
    expect(source.current?.certificate).toBe(one.certificate);
    mount({ 'tls.crt': other.certificate, 'tls.key': other.key });
    await until(() => seen.length === 2);
    expect(source.warnings()).toEqual([]);
  });
});
