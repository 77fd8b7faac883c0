import type { Finding } from '../../../src/netconf/finding.ts';

/** Findings as a table of tests has them: `error MissingKey p.bridge: bridge is missing; write …`. */
export function linesOf(findings: readonly Finding[]): readonly string[] {
  return findings.map(({ severity, code, path, message }) => `${severity} ${code} ${path}: ${message}`);
}
