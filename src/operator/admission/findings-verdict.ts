import type { Finding } from '../../netconf/finding.ts';
import type { Refusal, Verdict } from './admission-review.ts';

/** How many findings one answer lists: what is wrong with the rest shows after the correction. */
const listed = 10;

/** One finding as an answer shows it: the place, then the sentence. */
export function findingLine({ path, message }: Finding): string {
  return `${path}: ${message}`;
}

/** Errors refuse, warnings are shown; notes are for those who look at the object's status. */
export function verdictOn(findings: readonly Finding[], warnings: readonly string[] = []): Verdict {
  const errors = findings.filter(({ severity }) => severity === 'error').map(findingLine);
  const shown = findings.filter(({ severity }) => severity === 'warning').map(findingLine);
  const said = [...shown, ...warnings];
  return errors.length === 0 ? { warnings: said } : { refusal: invalid(errors), warnings: said };
}

/** One finding as it is, several as a list. */
function invalid(lines: readonly string[]): Refusal {
  const [only = ''] = lines;
  const more = lines.length > listed ? [`- and ${lines.length - listed} more`] : [];
  const list = [`${lines.length} errors`, ...lines.slice(0, listed).map((line) => `- ${line}`), ...more];
  return { message: lines.length === 1 ? only : list.join('\n'), reason: 'Invalid', code: 422 };
}
