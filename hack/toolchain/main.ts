/**
 * `make toolchain`: builds or fetches what is missing of everything that the tests run besides weft, with progress on
 * stderr, and prints where it is.
 */
import { clusterTools, envtestAssets, toolDirectory } from './tools.ts';

const start = performance.now();

function progress(line: string): void {
  console.error(`${((performance.now() - start) / 1000).toFixed(0).padStart(5)} s  ${line}`);
}

const directories = {
  ...(await clusterTools(progress)),
  envtestAssets: await envtestAssets(progress),
  kind: await toolDirectory('kind', progress),
  flannel: await toolDirectory('flannel', progress),
  cnitool: await toolDirectory('cnitool', progress),
  libcniGc: await toolDirectory('libcni-gc', progress),
  multus: await toolDirectory('multus', progress),
  promqlEval: await toolDirectory('promql-eval', progress),
  // Only x86-64 is emulated.
  ...(process.arch === 'x64' ? { kernel: await toolDirectory('kernel', progress) } : {}),
};
for (const [name, directory] of Object.entries(directories)) console.log(`${name.padEnd(14)} ${directory}`);
console.log(`ready after ${((performance.now() - start) / 1000).toFixed(1)} s`);
