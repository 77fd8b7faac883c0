/**
 * `make toolchain`: builds what is missing of the programs and images that test clusters and the API server's tests run,
 * with progress on stderr, and prints where they are.
 */
import { clusterTools, envtestAssets } from './tools.ts';

const start = performance.now();

function progress(line: string): void {
  console.error(`${((performance.now() - start) / 1000).toFixed(0).padStart(5)} s  ${line}`);
}

const directories = { ...(await clusterTools(progress)), envtestAssets: await envtestAssets(progress) };
for (const [name, directory] of Object.entries(directories)) console.log(`${name.padEnd(14)} ${directory}`);
console.log(`ready after ${((performance.now() - start) / 1000).toFixed(1)} s`);
