/**
 * `make test`: builds, verifies, then one vitest run a tier; ends with one line `N passed, N failed, N skipped`.
 * `--long`: properties look at more cases. `--tier NAME`, repeatable: these tiers only, without build and verify.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { enforceSkips, parseExpectedSkips } from './test/expected-skips.ts';
import { runTier } from './test/run-tier.ts';
import { addTallies, emptyTally, summaryLine, type Tally } from './test/tally.ts';
import { tiers, toolchainBudget, verifyBudget } from './test/tiers.ts';
import { describeScript, runScripts } from './verify/run-scripts.ts';

const root: string = resolve(import.meta.dirname, '..');
const { values } = parseArgs({
  options: { long: { type: 'boolean', default: false }, tier: { type: 'string', multiple: true } },
});
if (values.long) process.env['WEFT_LONG'] = '1';

/** A script that ends well or not counts as one test. */
function runScript(script: string): Tally {
  const run = spawnSync(process.execPath, [script], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  return run.status === 0
    ? { ...emptyTally, passed: 1 }
    : { ...emptyTally, failures: [`${script} ended with ${run.signal ?? run.status}`] };
}

/** Each build and each verify script counts as one test. */
async function buildAndVerify(): Promise<Tally> {
  const builds = ['plugin', 'agent', 'cli', 'operator'].map((name) => runScript(`hack/build/${name}.ts`));
  const scripts = await runScripts(root, (result) => console.log(describeScript(result)));
  const verified = scripts.map(
    (script): Tally =>
      script.ok ? { ...emptyTally, passed: 1 } : { ...emptyTally, failures: [`hack/${script.name}`] },
  );
  return addTallies([...builds, ...verified]);
}

const times: string[] = [];

async function timed(name: string, budget: number, stage: () => Tally | Promise<Tally>): Promise<Tally> {
  console.log(`\n== ${name}`);
  const start = performance.now();
  const tally = await stage();
  const seconds = (performance.now() - start) / 1000;
  const over = seconds > budget && !values.long ? '  OVER BUDGET' : '';
  times.push(
    `${name.padEnd(14)} ${seconds.toFixed(1).padStart(6)} s of ${String(budget).padStart(3)} s  ${summaryLine(tally)}${over}`,
  );
  return tally;
}

const names = values.tier ?? tiers.map((tier) => tier.name);
const unknown = names.filter((name) => !tiers.some((tier) => tier.name === name));
if (unknown.length > 0) {
  throw new Error(
    `unknown tier ${unknown.join(', ')}; there are: ${tiers.map((tier) => tier.name).join(', ')}`,
  );
}
const tallies: Tally[] = [];
if (values.tier === undefined) {
  tallies.push(await timed('verify+build', verifyBudget, buildAndVerify));
  tallies.push(await timed('toolchain', toolchainBudget, () => runScript('hack/toolchain/main.ts')));
}
for (const tier of tiers.filter((entry) => names.includes(entry.name))) {
  tallies.push(await timed(tier.name, tier.budget, () => runTier(tier, root)));
}
const expected = parseExpectedSkips(readFileSync(resolve(root, 'test/expected-skips.json'), 'utf8'));
const total = enforceSkips(addTallies(tallies), expected, (process.env['CI'] ?? '') !== '');

console.log(`\n== result\n${times.join('\n')}`);
for (const title of total.skipped) console.log(`skipped: ${title}`);
for (const failure of total.failures) console.log(`failed: ${failure}`);
console.log(summaryLine(total));
process.exitCode = total.failures.length === 0 ? 0 : 1;
