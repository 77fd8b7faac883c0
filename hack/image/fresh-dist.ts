import { existsSync, globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../cluster/command.ts';
import type { Progress } from '../toolchain/tools.ts';

/** What the builds read; the compiler and the libraries are hack/bootstrap.sh's and hack/toolchain's. */
const sources = ['src/**/*', 'hack/build/*', 'hack/toolchain/quickjs.sh', 'VERSION', 'package-lock.json'];

const products = ['dist/weft', 'dist/agent.mjs', 'dist/agent.meta.json', 'dist/operator.mjs'];

/** Runs the builds where dist is missing or older than what it is made of. */
export async function freshDist(root: string, progress: Progress): Promise<void> {
  if (isFresh(root)) return;
  progress('dist is missing or older than its sources: building it');
  // With an empty cache the plugin's build first compiles QuickJS.
  for (const script of ['plugin', 'agent', 'operator'])
    await run([process.execPath, join(root, `hack/build/${script}.ts`)], { timeoutMs: 600_000 });
}

function isFresh(root: string): boolean {
  if (!products.every((path) => existsSync(join(root, path)))) return false;
  const built = Math.min(...products.map((path) => statSync(join(root, path)).mtimeMs));
  return globSync([...sources], { cwd: root }).every((path) => statSync(join(root, path)).mtimeMs <= built);
}
