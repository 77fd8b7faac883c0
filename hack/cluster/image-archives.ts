import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { ClusterError } from './cluster-error.ts';
import type { Layout } from './layout.ts';

/** Those of hack/toolchain/images.sh, in the order in which nodes import them. */
export const toolchainImages: readonly string[] = ['pause.tar', 'tools.tar', 'coredns.tar'];

/**
 * Copies an archive to where every node can see it, and returns the copy's path; the same archive replaces its former
 * copy. Throws ClusterError if there is none.
 */
export function keepArchive(layout: Layout, archive: string): string {
  if (!existsSync(archive)) throw new ClusterError(`image archive ${archive}: there is no such file`);
  const hash = createHash('sha256').update(resolve(archive)).digest('hex').slice(0, 8);
  const copy = join(layout.images, `${hash}-${basename(archive)}`);
  mkdirSync(layout.images, { recursive: true });
  cpSync(archive, copy, { dereference: true });
  return copy;
}
