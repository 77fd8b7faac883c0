import { percent, type Score, type Survivor, totalOf } from './score.ts';

/** The dated report: a table of the rooms, then every mutant that no test noticed, for a person to look at. */
export function mutationPage(
  date: string,
  limit: number,
  scores: readonly Score[],
  survivors: readonly Survivor[],
): string {
  const rows = [...scores, totalOf(scores)].map(
    (score) => `| ${score.room} | ${score.valid} | ${score.killed} | ${percent(score).toFixed(1)} % |`,
  );
  const missed = survivors.map(
    ({ place, mutator, replacement }) => `- ${place} ${mutator}: \`${oneLine(replacement)}\``,
  );
  return [
    `# Mutation testing, ${date}`,
    '',
    `A mutant is the program with one small change. The tests have to notice at least ${limit} % of them.`,
    '',
    '| room | mutants | noticed | score |',
    '| --- | ---: | ---: | ---: |',
    ...rows,
    '',
    '## Not noticed',
    '',
    ...(missed.length === 0 ? ['None.'] : missed),
    '',
  ].join('\n');
}

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').replaceAll('`', "'");
  return line.length > 100 ? `${line.slice(0, 100)} …` : line;
}
