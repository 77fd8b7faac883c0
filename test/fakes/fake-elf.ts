import { Buffer } from 'node:buffer';

/**
 * A file that passes for a program of this architecture (or of `machine`, an ELF number) until somebody runs it: a header
 * that speaks of no segments, then `text`.
 */
export function fakeElf(text: string, machine: number = process.arch === 'arm64' ? 183 : 62): Buffer {
  const header = Buffer.alloc(64);
  header.write('\x7fELF\x02\x01\x01', 'latin1');
  header.writeUInt16LE(3, 16);
  header.writeUInt16LE(machine, 18);
  return Buffer.concat([header, Buffer.from(text)]);
}
