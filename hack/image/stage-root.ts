import { chmodSync, copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run } from '../cluster/command.ts';
import type { StagedFile } from './staged-file.ts';

/** Makes `root` hold exactly these files; modes do not depend on the umask. */
export async function stageRoot(root: string, files: readonly StagedFile[]): Promise<void> {
  rmSync(root, { recursive: true, force: true });
  mkdirSync(root, { recursive: true });
  for (const file of files) await stage(`${root}${file.target}`, file);
  openDirectories(root);
}

async function stage(path: string, { from, mode }: StagedFile): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  if ('text' in from) writeFileSync(path, from.text);
  // A seventh of Node is symbols that only a debugger reads.
  else if (from.strip === true) await run(['strip', '-o', path, from.path]);
  else copyFileSync(from.path, path);
  chmodSync(path, mode);
}

function openDirectories(directory: string): void {
  chmodSync(directory, 0o755);
  for (const entry of readdirSync(directory, { withFileTypes: true }))
    if (entry.isDirectory()) openDirectories(join(directory, entry.name));
}
