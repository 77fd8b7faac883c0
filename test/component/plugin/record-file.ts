import { readFileSync, writeFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import type { AttachmentRecord } from '../../../src/attachment/record.ts';
import { encodeRecord } from '../../../src/attachment/record-codec.ts';

/** Rewrites a record file as weft would have written it, with its checksum right. */
export function rewriteRecord(path: string, change: (record: AttachmentRecord) => unknown): void {
  const { record } = JSON.parse(readFileSync(path, 'utf8')) as { record: AttachmentRecord };
  writeFileSync(
    path,
    encodeRecord(change(record) as AttachmentRecord, (text) => crc32(text)),
  );
}

/** Makes a leftover due now, as 30 s would. */
export function makeDue(path: string): void {
  rewriteRecord(path, (record) => ({
    ...record,
    teardown: { calls: 0, firstAt: 0, retries: 0, ...record.teardown, nextAt: 1 },
  }));
}
