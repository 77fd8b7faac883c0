import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { elfComplaint } from '../../../src/agent/install/elf-header.ts';
import { fakeElf } from '../../fakes/fake-elf.ts';

describe('an ELF header', () => {
  const own = readFileSync(process.execPath);

  it('of a program of this machine gives no complaint', () => {
    expect(elfComplaint(own, process.arch)).toBeUndefined();
  });

  it('tells a program that was cut off, wherever', () => {
    for (const bytes of [64, 100, 4096, own.byteLength >> 1])
      expect(elfComplaint(own.subarray(0, bytes), process.arch)).toBe('is cut off');
  });

  it('tells another machine', () => {
    expect(elfComplaint(fakeElf('', 62), 'x64')).toBeUndefined();
    expect(elfComplaint(fakeElf('', 183), 'arm64')).toBeUndefined();
    expect(elfComplaint(fakeElf('', 183), 'x64')).toBe('is a program for another machine (ELF 183, not x64)');
    expect(elfComplaint(fakeElf('', 62), 'riscv64')).toContain('not riscv64');
  });

  it('tells what is no program for 64 bits in this byte order', () => {
    expect(elfComplaint(new Uint8Array(0), 'x64')).toBe('is no program');
    expect(elfComplaint(Buffer.from(`#!/bin/sh\n${' '.repeat(100)}`), 'x64')).toBe('is no program');
    for (const [at, value] of [
      [0, 0],
      [4, 1],
      [5, 2],
    ] as const) {
      const file = fakeElf('');
      file[at] = value;
      expect(elfComplaint(file, process.arch)).toBe('is no program');
    }
  });
});
