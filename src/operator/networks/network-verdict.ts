import type { Condition } from '../../api/condition.schema.ts';
import type { Finding } from '../../netconf/finding.ts';
import type { JudgedNetwork } from './known-networks.ts';

/** What a condition says, without its times. */
export interface Verdict {
  readonly status: Condition['status'];
  /** CamelCase: `Valid`, or the code of a finding. */
  readonly reason: string;
  /** JSON path and sentence, for people; '' where there is nothing to say. */
  readonly message: string;
}

/** Findings that are shown with their sentence; of more only the number. */
const shownFindings = 5;

/** The condition `Valid`. Unknown: the configuration is on the nodes. Never throws. */
export function networkVerdict({ network, findings }: Pick<JudgedNetwork, 'network' | 'findings'>): Verdict {
  if (network.fault !== undefined)
    return { status: 'False', reason: 'InvalidObject', message: network.fault };
  const said = (severity: Finding['severity']): readonly Finding[] =>
    findings.filter((finding) => finding.severity === severity);
  const [error, ...errors] = said('error');
  const rest = [...errors, ...said('warning'), ...said('note')];
  if (error !== undefined) {
    return { status: 'False', reason: error.code, message: sentences([error, ...rest]) };
  }
  const onNode = findings.find(({ code }) => code === 'ConfigOnNode');
  if (onNode !== undefined) {
    return { status: 'Unknown', reason: onNode.code, message: sentences([onNode]) };
  }
  return { status: 'True', reason: 'Valid', message: sentences(rest) };
}

function sentences(findings: readonly Finding[]): string {
  const shown = findings.slice(0, shownFindings).map(({ path, message }) => `${path}: ${message}`);
  const more = findings.length - shown.length;
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}
