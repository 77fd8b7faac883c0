import { fitMessage } from '../errors/weft-error.ts';
import { type FindingCode, findingCodes } from './finding-codes.ts';

/** `error`: the network cannot be used, or is refused. `warning`: it is admitted, and shown. `note`: good to know. */
export type Severity = 'error' | 'warning' | 'note';

/** What is wrong with, or worth saying about, an object. */
export interface Finding {
  readonly severity: Severity;
  /** A row of findingCodes. Stable: users and pipelines match on it. */
  readonly code: FindingCode;
  /** JSON path of the value as the user finds it: `spec.config.plugins[0].ipam.subnet`. */
  readonly path: string;
  /** One sentence without a full stop, under 300 characters: what is wrong and what to write instead. */
  readonly message: string;
}

/** A finding. `severity` is for codes that have several; otherwise it is the usual one. */
export function finding(code: FindingCode, path: string, message: string, severity?: Severity): Finding {
  return { severity: severity ?? findingCodes[code].severity, code, path, message: fitMessage(message) };
}

/** True if one of them makes the object unusable. */
export function hasErrors(findings: readonly Finding[]): boolean {
  return findings.some(({ severity }) => severity === 'error');
}
