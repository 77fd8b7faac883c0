import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { type FileStamp, hasSettled, sameStamp, statusOf } from '../../../src/agent/sources/file-stamp.ts';

const stamp: FileStamp = { dev: 1, ino: 2, size: 3, mtimeMs: 10_000, ctimeMs: 10_000 };

describe('a stamp', () => {
  it('is trusted once both its times are more than two seconds old, and not while the clock is behind', () => {
    expect(hasSettled(stamp, 12_000)).toBe(false);
    expect(hasSettled(stamp, 12_001)).toBe(true);
    expect(hasSettled({ ...stamp, mtimeMs: 0 }, 12_000)).toBe(false);
    expect(hasSettled({ ...stamp, ctimeMs: 0 }, 12_000)).toBe(false);
    expect(hasSettled(stamp, 5_000)).toBe(false);
  });

  it.each(['dev', 'ino', 'size', 'mtimeMs', 'ctimeMs'] as const)(
    'is another one when %s differs',
    (field) => {
      expect(sameStamp(stamp, { ...stamp })).toBe(true);
      expect(sameStamp(stamp, { ...stamp, [field]: stamp[field] + 0.25 })).toBe(false);
    },
  );

  it('of what is not there is undefined, and of what cannot be reached the reason', () => {
    const root = mkdtempSync(`${tmpdir()}/weft-stamp-`);
    try {
      writeFileSync(`${root}/file`, '');
      expect(statusOf(`${root}/none`)).toBeUndefined();
      expect(statusOf(`${root}/file/below`)).toBeUndefined();
      expect(statusOf(`${root}/${'x'.repeat(300)}`)).toBe('ENAMETOOLONG');
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  });
});
