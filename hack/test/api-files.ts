import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Test files of the tier api, below test/. */
export interface ApiFiles {
  /** Those that use the API server of test/api/global-setup.ts: one after the other, because they share it. */
  readonly shared: readonly string[];
  /** Those that start one of their own, or need none. */
  readonly own: readonly string[];
}

/** By what a file does: whoever asks vitest for the address of the shared server shares it. `root` is the checkout. */
export function filesByServer(root: string): ApiFiles {
  const files = globSync('api/**/*.test.ts', { cwd: join(root, 'test') }).toSorted();
  const asks = (file: string): boolean =>
    readFileSync(join(root, 'test', file), 'utf8').includes('inject(adminServer)');
  return { shared: files.filter(asks), own: files.filter((file) => !asks(file)) };
}
