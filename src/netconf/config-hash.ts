import { createHash } from 'node:crypto';

/** SHA-256 of a configuration's UTF-8 bytes in lower-case hex, as records and the NAD's status have it (DESIGN §3.3). */
export function configHash(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
