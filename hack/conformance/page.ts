import { type Conformance, countResults, type Judged, results } from './judge.ts';
import { specifications } from './requirement.ts';
import type { Proof, TierRun } from './tier-run.ts';
import { withoutNumbers } from './title-numbers.ts';

/** Files with tests of one number that are named. */
const namedFiles = 3;

/** Characters of a test's title that are shown. */
const titleLength = 100;

/** docs/conformance.md. */
export function conformancePage(conformance: Conformance): string {
  const sections = Map.groupBy(conformance.rows, (row) => row.requirement.section);
  return [
    '<!-- Written by make conformance from test/conformance and the results of the tests. Do not edit. -->',
    '',
    '# Conformance',
    '',
    'What the CNI specification (CNI-nnn) and that of the Network Plumbing Working Group (NPWG-nnn) ask for, and the tests',
    'that prove it. `decision`: the specifications are silent, contradict each other, or weft departs from them.',
    '',
    ...countTable(conformance.rows),
    '',
    ...conformance.tiers.map((tier) => `- ${describeTier(tier)}`),
    ...conformance.problems.map((problem) => `- **Problem:** ${cell(problem)}`),
    '',
    ...[...sections].flatMap(([section, rows]) => sectionTable(section, rows)),
  ].join('\n');
}

/** `unit+engine: current, of 2026-11-21T18:00:00.000Z`, or how to get what lacks. */
export function describeTier(run: TierRun): string {
  const again = run.state === 'current' ? '' : `; run: node hack/test.ts --tier ${run.tier}`;
  return `${run.tier}: ${run.state}${run.started === undefined ? '' : `, of ${run.started}`}${again}`;
}

function countTable(rows: readonly Judged[]): string[] {
  const counts = specifications.map((name) =>
    countResults(rows.filter((row) => row.requirement.number.startsWith(`${name}-`))),
  );
  const all = countResults(rows);
  return [
    `| result | ${specifications.join(' | ')} | all |`,
    `| --- | ${specifications.map(() => '--- | ').join('')}--- |`,
    ...results.map(
      (result) => `| ${result} | ${counts.map((count) => count[result]).join(' | ')} | ${all[result]} |`,
    ),
  ];
}

function sectionTable(section: string, rows: readonly Judged[]): string[] {
  return [
    `## ${section}`,
    '',
    '| number | level | requirement | result | tests |',
    '| --- | --- | --- | --- | --- |',
    ...rows.map(tableRow),
    '',
  ];
}

function tableRow({ requirement, result, proofs }: Judged): string {
  const reason = requirement.notApplicable ?? requirement.pending;
  const verdict = `${result === 'failing' ? '**failing**' : result}${reason === undefined ? '' : `: ${reason}`}`;
  const cells = [requirement.number, requirement.level, cell(requirement.line), cell(verdict), tests(proofs)];
  return `| ${cells.join(' | ')} |`;
}

/** One of each file, because three cases of one table say less than three files; failed ones first. */
function tests(proofs: readonly Proof[]): string {
  const files = [...Map.groupBy(proofs.toSorted(failedFirst), (proof) => proof.file).values()];
  const more = files.length - namedFiles;
  const others = more > 0 ? [`and in ${more} more ${more === 1 ? 'file' : 'files'}`] : [];
  return [...files.slice(0, namedFiles).map(describeFile), ...others].join('<br>');
}

function failedFirst(a: Proof, b: Proof): number {
  return Number(b.outcome === 'failed') - Number(a.outcome === 'failed');
}

function describeFile([first, ...more]: readonly Proof[]): string {
  if (first === undefined) return '';
  const title = withoutNumbers(first.title);
  const short = title.length > titleLength ? `${title.slice(0, titleLength - 1)}…` : title;
  const mark = first.outcome === 'passed' ? '' : ` (${first.outcome})`;
  return `\`${first.file}\`: ${cell(short)}${mark}${more.length > 0 ? ` and ${more.length} more` : ''}`;
}

function cell(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('|', '\\|').replaceAll('\n', ' ');
}
