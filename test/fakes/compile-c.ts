import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';

const compiled = new Map<string, string>();

/** Path of a static program of one C file, built into the cache outside the checkout when it changed. Needs gcc. */
export function compileC(source: string): string {
  const known = compiled.get(source);
  if (known !== undefined) return known;
  const hash = createHash('sha256').update(readFileSync(source)).digest('hex').slice(0, 16);
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const dir = join(cache, 'weft', basename(source, '.c'));
  const path = join(dir, hash);
  if (!existsSync(path)) {
    mkdirSync(dir, { recursive: true });
    const building = `${path}.${process.pid}`;
    execFileSync('gcc', ['-O2', '-static', '-o', building, source], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    renameSync(building, path);
  }
  compiled.set(source, path);
  return path;
}
