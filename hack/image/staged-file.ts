import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';

/** One file of the image. */
export interface StagedFile {
  /** Where it is in the image; absolute. */
  readonly target: string;
  /** Its content: a file of this machine, or the text itself. */
  readonly from: { readonly path: string; readonly strip?: boolean } | { readonly text: string };
  /** Permission bits. Its owner is root. */
  readonly mode: 0o644 | 0o755;
}

/** One line with everything that decides the file in the image. Throws ENOENT if its source is missing. */
export function stagedLine({ target, from, mode }: StagedFile): string {
  const line = `${target} ${mode.toString(8)}`;
  if ('text' in from) return `${line} ${sha256(from.text)}`;
  if (from.strip !== true) return `${line} ${sha256(readFileSync(from.path))}`;
  // Node's 127 MB would take half a second, each time; its package only comes and goes as a whole.
  const { ino, size, mtimeMs } = statSync(from.path);
  return `${line} stripped ${ino} ${size} ${mtimeMs}`;
}

function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
