import { isDeepStrictEqual } from 'node:util';
import type { RawNetworkAttachmentDefinition } from '../../api/network-attachment-definition.schema.ts';
import type { WeftConfigSpec } from '../../api/weft-config.ts';
import { checkNetwork } from '../../netconf/check-network.ts';
import type { Finding } from '../../netconf/finding.ts';
import { openingFindings } from '../../netconf/network-access.ts';
import { tenancyFindings } from '../../netconf/tenancy.ts';
import { type AdmissionRequest, admitted, type ReviewedObject, type Verdict } from './admission-review.ts';
import { findingLine, verdictOn } from './findings-verdict.ts';

/** Longest name that the short form of the annotation takes, and NPWG recommends (NPWG-007). */
const labelLength = 63;

/**
 * CREATE and UPDATE of a NetworkAttachmentDefinition: the checks of the reconciler and of `kubectl weft lint`, and what
 * its namespace may name. A network whose `spec` an UPDATE leaves as it is may stay as bad as it is, so that its labels,
 * finalizers and annotations can be changed; what the UPDATE makes worse is refused.
 */
export function reviewNetwork(request: AdmissionRequest, config: WeftConfigSpec): Verdict {
  const { object = {}, oldObject, namespace } = request;
  // Only finalizers change from now on.
  if (isBeingDeleted(object)) return admitted;
  const findings = networkFindings(object, namespace, config);
  const warnings = nameWarnings(request.name || nameOf(object));
  if (oldObject === undefined || !isDeepStrictEqual(object['spec'], oldObject['spec'])) {
    return verdictOn(findings, warnings);
  }
  const before = new Set(networkFindings(oldObject, namespace, config).map(findingLine));
  return verdictOn(
    findings.map((one): Finding => (before.has(findingLine(one)) ? { ...one, severity: lowered(one) } : one)),
    warnings,
  );
}

function lowered({ severity }: Finding): Finding['severity'] {
  return severity === 'error' ? 'warning' : severity;
}

/** All that is wrong with one object, without anything else of the cluster but WeftConfig. */
function networkFindings(
  object: ReviewedObject,
  namespace: string,
  { tenancy }: WeftConfigSpec,
): readonly Finding[] {
  const nad = object as unknown as RawNetworkAttachmentDefinition;
  const { findings } = checkNetwork(nad);
  if (findings.some(({ code }) => code === 'InvalidObject')) return findings;
  const { name, annotations } = nad.metadata;
  return [
    ...findings,
    ...openingFindings(annotations),
    ...tenancyFindings({ namespace, name, config: nad.spec?.config }, tenancy),
  ];
}

/** Legal for the API server, and a surprise later (NPWG-007, NPWG-313). */
function nameWarnings(name: string): readonly string[] {
  const trouble = [
    ...(name.includes('.') ? ['has a dot'] : []),
    ...(name.length > labelLength ? [`is longer than ${labelLength} characters`] : []),
  ];
  if (trouble.length === 0) return [];
  return [
    `metadata.name: it ${trouble.join(' and ')}, so pods can ask for this network in the JSON form only`,
  ];
}

function isBeingDeleted(object: ReviewedObject): boolean {
  return (object['metadata'] as { deletionTimestamp?: unknown } | undefined)?.deletionTimestamp !== undefined;
}

function nameOf(object: ReviewedObject): string {
  const name = (object['metadata'] as { name?: unknown } | undefined)?.name;
  return typeof name === 'string' ? name : '';
}
