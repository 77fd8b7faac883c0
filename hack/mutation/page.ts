import { judged, percent, type Score, type Survivor, totalOf } from './score.ts';

/** The dated report: a table of the rooms, then every mutant that no test noticed, for a person to look at. */
export function mutationPage(
  date: string,
  limit: number,
  scores: readonly Score[],
  survivors: readonly Survivor[],
): string {
  const missed = survivors.map(
    ({ place, mutator, replacement }) => `- ${place} ${mutator}: \`${oneLine(replacement)}\``,
  );
  return [
    `# Mutation testing, ${date}`,
    '',
    `A mutant is the program with one small change. The tests have to notice at least ${limit} % of each room's.`,
    '',
    'killed: a test failed. late: the tests ran on and on. survived: all tests that reach it passed. unreached: none does.',
    'Not in the score: static ones, in what a module does once when it is loaded, which are not tried; and broken ones, for',
    'which Stryker has no verdict.',
    '',
    '| room | mutants | killed | late | survived | unreached | score | static | broken |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...[...scores, totalOf(scores)].map(row),
    '',
    '## Not noticed',
    '',
    ...(missed.length === 0 ? ['None.'] : missed),
    '',
  ].join('\n');
}

function row(score: Score): string {
  const { room, killed, timeout, survived, unreached, ignored, broken } = score;
  const share = `${percent(score).toFixed(1)} %`;
  return `| ${[room, judged(score), killed, timeout, survived, unreached, share, ignored, broken].join(' | ')} |`;
}

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').replaceAll('`', "'");
  return line.length > 100 ? `${line.slice(0, 100)} …` : line;
}
