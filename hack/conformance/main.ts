import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readRequirements, readSourceNumbers, readTierRuns } from './checkout.ts';
import { type Conformance, countResults, isComplete, judge, results } from './judge.ts';
import { conformancePage, describeTier } from './page.ts';

/** make conformance. */

const root: string = resolve(import.meta.dirname, '../..');
const pagePath = 'docs/conformance.md';

const help = `Which requirements of the CNI and NPWG specifications the tests prove.

  node hack/conformance/main.ts [-o json]
  node hack/conformance/main.ts --titles

Reads the requirements (test/conformance) and what the tiers of make test, or of node hack/test.ts --tier NAME, left in
build/results. A test proves the numbers in its title, written like [CNI-283]; it runs nothing itself. Writes
${pagePath} and ends with 1 while a number is missing or failing, or a title names a number that there is not.

-o, --output  json: everything on stdout instead of the page
--titles      only list the numbers that no test's source carries; needs no results
`;

function printTitles(): void {
  const carried = readSourceNumbers(root);
  const open = readRequirements(root).filter(
    (row) => row.notApplicable === undefined && row.pending === undefined,
  );
  const without = open.filter((row) => !carried.has(row.number));
  for (const row of without) console.log(`${row.number}  ${row.level.padEnd(8)}  ${row.line}`);
  console.log(`${open.length - without.length} of ${open.length} numbers stand in a test's source`);
}

function printSummary(conformance: Conformance): void {
  for (const tier of conformance.tiers) console.log(`tier ${describeTier(tier)}`);
  for (const problem of conformance.problems) console.log(`problem: ${problem}`);
  const missing = conformance.rows.filter((row) => row.result === 'missing');
  if (missing.length > 0) console.log(`missing: ${missing.map((row) => row.requirement.number).join(' ')}`);
  for (const { requirement, proofs } of conformance.rows.filter((row) => row.result === 'failing')) {
    const failed = proofs.find((proof) => proof.outcome === 'failed');
    console.log(`failing: ${requirement.number}: ${failed?.file} > ${failed?.title}`);
  }
  const counts = countResults(conformance.rows);
  console.log(`${pagePath}: ${results.map((result) => `${counts[result]} ${result}`).join(', ')}`);
}

function printJson({ rows, tiers, problems }: Conformance): void {
  const document = {
    counts: countResults(rows),
    tiers: tiers.map(({ tier, state, started }) => ({ tier, state, started })),
    problems,
    requirements: rows.map(({ requirement, result, proofs }) => ({ ...requirement, result, tests: proofs })),
  };
  console.log(JSON.stringify(document, null, 2));
}

function report(output: string | undefined): void {
  if (output !== undefined && output !== 'json') throw new Error(`--output ${output}: must be json`);
  const conformance = judge(readRequirements(root), readTierRuns(root));
  if (output === 'json') {
    printJson(conformance);
  } else {
    writeFileSync(join(root, pagePath), conformancePage(conformance));
    printSummary(conformance);
  }
  process.exitCode = isComplete(conformance) ? 0 : 1;
}

try {
  const { values } = parseArgs({
    options: {
      output: { type: 'string', short: 'o' },
      titles: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) process.stdout.write(help);
  else if (values.titles) printTitles();
  else report(values.output);
} catch (error) {
  console.error(`conformance: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
