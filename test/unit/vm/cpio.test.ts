import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeCpio } from '../../../hack/vm/cpio.ts';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'weft-cpio-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

describe('the archive of a machine', () => {
  it('has names, kinds, modes and contents as another program reads them', () => {
    writeFileSync(join(dir, 'five'), 'bytes');
    const out = join(dir, 'archive');
    writeCpio(out, [
      { kind: 'directory', path: '/a', mode: 0o755 },
      { kind: 'file', path: '/a/five', mode: 0o750, from: join(dir, 'five') },
      { kind: 'text', path: '/a/empty', mode: 0o600, text: '' },
      { kind: 'link', path: '/a/link', target: 'five' },
    ]);
    const read = (...argv: readonly string[]): string =>
      execFileSync('busybox', ['cpio', ...argv], {
        input: readFileSync(out),
        stdio: ['pipe', 'pipe', 'ignore'],
        encoding: 'utf8',
        cwd: dir,
      });
    const listed = read('-tv').trim().split('\n');
    expect(listed.map((line) => line.split(/\s+/)[0])).toEqual([
      'drwxr-xr-x',
      '-rwxr-x---',
      '-rw-------',
      'lrwxrwxrwx',
    ]);
    expect(listed.at(-1)).toMatch(/a\/link -> five$/);
    read('-id');
    expect(readFileSync(join(dir, 'a/link'), 'utf8')).toBe('bytes');
    expect(readFileSync(join(dir, 'a/empty'), 'utf8')).toBe('');
  });
});
