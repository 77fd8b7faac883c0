import { Buffer } from 'node:buffer';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { applyWrites } from '../../../hack/vm/write-log.ts';

const sector = 512;
let dir: string;
let image: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'weft-log-'));
  image = join(dir, 'image');
  writeFileSync(image, '.'.repeat(4 * sector));
});
afterEach(() => rmSync(dir, { recursive: true }));

/** The kernel's struct log_write_entry or log_write_super: three or four numbers of 64 bits in a sector. */
function header(...numbers: readonly bigint[]): Buffer {
  const bytes = Buffer.alloc(sector);
  for (const [index, number] of numbers.entries()) bytes.writeBigUInt64LE(number, index * 8);
  return bytes;
}

const start = header(0x6a736677736872n, 1n, 0n, 512n);
const flush = header(0n, 0n, 1n, 0n);

function write(at: number, letter: string): Buffer {
  return Buffer.concat([header(BigInt(at), 1n, 0n, 0n), Buffer.from(letter.repeat(sector))]);
}

function logOf(...parts: readonly Buffer[]): string {
  const path = join(dir, 'log');
  writeFileSync(path, Buffer.concat(parts));
  return path;
}

/** The first letter of each sector. */
function letters(): string {
  const text = readFileSync(image, 'utf8');
  return [0, 1, 2, 3].map((index) => text.charAt(index * sector)).join('');
}

describe('a disk with a volatile cache', () => {
  it('has after a cut what was flushed, and of the rest what chance kept', () => {
    const log = logOf(start, write(0, 'a'), write(1, 'b'), flush, write(1, 'c'), write(2, 'd'));
    const answers = [false, true];
    expect(applyWrites(image, log, () => answers.shift() ?? false)).toEqual({ durable: 2, kept: 1, lost: 1 });
    expect(letters()).toBe('abd.');
  });

  it('has nothing without a flush, and nothing of an empty log', () => {
    expect(applyWrites(image, logOf(start, write(0, 'a')), () => false)).toMatchObject({ lost: 1 });
    expect(applyWrites(image, logOf(), () => true)).toEqual({ durable: 0, kept: 0, lost: 0 });
    expect(letters()).toBe('....');
  });

  it('ends with the last complete write', () => {
    const torn = write(3, 'x').subarray(0, sector + 10);
    expect(applyWrites(image, logOf(start, write(0, 'a'), flush, torn), () => true)).toMatchObject({
      kept: 0,
    });
    expect(letters()).toBe('a...');
  });

  it('is not guessed at where the log has a gap', () => {
    const gap = Buffer.alloc(2 * sector);
    expect(
      applyWrites(image, logOf(start, write(0, 'a'), gap, write(1, 'b'), flush), () => true),
    ).toBeUndefined();
    expect(letters()).toBe('....');
  });

  it('refuses what is no log', () => {
    expect(() => applyWrites(image, logOf(write(0, 'a')), () => true)).toThrow('no log of writes');
  });
});
