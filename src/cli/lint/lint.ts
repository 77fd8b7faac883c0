import type { RawNetworkAttachmentDefinition } from '../../api/network-attachment-definition.schema.ts';
import { parseWeftConfig } from '../../api/weft-config.ts';
import { isObject } from '../../cni/json.ts';
import { asWeftError } from '../../errors/weft-error.ts';
import { checkConfigFile } from '../../netconf/check-config-file.ts';
import { checkNetwork } from '../../netconf/check-network.ts';
import { type Finding, finding } from '../../netconf/finding.ts';
import { type ComparedNetwork, overlapFindings } from '../../netconf/overlap-findings.ts';
import { checkWorkload } from '../../netconf/workload-findings.ts';
import type { LintInput } from './lint-input.ts';

/** A finding and where it is from. */
export interface LintRow extends Finding {
  /** As it was named on the command line. */
  readonly file: string;
  /** `Pod default/a`; for a CNI configuration `CNI configuration`. */
  readonly object: string;
}

/** Checks everything, in order: each by itself, and the networks among each other. */
export function lint(inputs: readonly LintInput[]): readonly LintRow[] {
  const checked = inputs.map(check);
  const networks = checked.flatMap(({ network }) => network ?? []);
  return checked.flatMap(({ input, object, findings, network }) => {
    const overlaps = network === undefined ? [] : overlapFindings(network, networks);
    return [...findings, ...overlaps].map((found) => ({ file: input.file, object, ...found }));
  });
}

interface Checked {
  readonly input: LintInput;
  readonly object: string;
  readonly findings: readonly Finding[];
  readonly network?: ComparedNetwork;
}

function check(input: LintInput): Checked {
  if (input.kind === 'config') {
    return { input, object: 'CNI configuration', findings: checkConfigFile(input.text) };
  }
  const object = labelOf(input.object);
  switch (kindOf(input.object)) {
    case 'NetworkAttachmentDefinition':
      return checkedNetwork(input, input.object, object);
    case 'WeftConfig':
      return { input, object, findings: weftConfigFindings(input.object) };
    default:
      return { input, object, findings: checkWorkload(input.object) };
  }
}

function checkedNetwork(input: LintInput, nad: unknown, object: string): Checked {
  // checkNetwork looks at the shape itself.
  const { findings, facts, name } = checkNetwork(nad as RawNetworkAttachmentDefinition);
  if (facts === undefined || name === undefined) return { input, object, findings };
  const label = object.slice(object.indexOf(' ') + 1);
  return { input, object, findings, network: { label, name, facts } };
}

function weftConfigFindings(object: unknown): readonly Finding[] {
  try {
    parseWeftConfig(object);
    return [];
  } catch (error) {
    const { cause } = asWeftError(error).failure;
    const path = /^(metadata|spec)[A-Za-z0-9.[\]]*/.exec(cause)?.[0] ?? '';
    return [finding('InvalidObject', path, `${cause}; see kubectl explain weftconfig.spec`)];
  }
}

function kindOf(object: unknown): string {
  return isObject(object) && typeof object['kind'] === 'string' ? object['kind'] : '';
}

function labelOf(object: unknown): string {
  const metadata = isObject(object) && isObject(object['metadata']) ? object['metadata'] : {};
  const { name, namespace, generateName } = metadata;
  const shownName = [name, generateName].find((text) => typeof text === 'string') ?? '?';
  if (kindOf(object) === 'WeftConfig') return `WeftConfig ${String(shownName)}`;
  return `${kindOf(object) || 'object'} ${typeof namespace === 'string' ? namespace : 'default'}/${String(shownName)}`;
}
