import { resolve } from 'node:path';
import { describeScript, runScripts } from './verify/run-scripts.ts';

const results = await runScripts(resolve(import.meta.dirname, '..'), (result) =>
  console.log(describeScript(result)),
);
const failed = results.filter((result) => !result.ok).map((result) => result.name);
console.log(failed.length === 0 ? `all ${results.length} checks passed` : `failed: ${failed.join(', ')}`);
process.exitCode = failed.length === 0 && results.length > 0 ? 0 : 1;
