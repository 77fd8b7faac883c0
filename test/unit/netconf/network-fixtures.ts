import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { RawNetworkAttachmentDefinition } from '../../../src/api/network-attachment-definition.schema.ts';
import { checkNetworksAnnotation, checkPodAnnotations } from '../../../src/netconf/annotation-findings.ts';
import { checkNetwork } from '../../../src/netconf/check-network.ts';
import type { Finding, Severity } from '../../../src/netconf/finding.ts';

/** One network, or what pods ask for, of test/fixtures/networks. Exactly one of the four forms is there. */
export interface NetworkFixture {
  readonly case: string;
  readonly config?: string;
  readonly object?: unknown;
  readonly networks?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Annotations of the network. */
  readonly with?: Readonly<Record<string, string>>;
  /** Of broken ones: the gravest finding. */
  readonly worst?: Severity;
  readonly expect?: readonly ExpectedFinding[];
}

interface ExpectedFinding {
  readonly code: string;
  readonly at: string;
  /** Part of the message. */
  readonly says: string;
}

const directory = join(import.meta.dirname, '../../fixtures/networks');

export const networksPath = 'metadata.annotations["k8s.v1.cni.cncf.io/networks"]';

/** All fixtures of `broken` or `valid`, in the order of the files. */
export function networkFixtures(kind: 'broken' | 'valid'): readonly NetworkFixture[] {
  return readdirSync(join(directory, kind))
    .toSorted()
    .flatMap((file) => parse(readFileSync(join(directory, kind, file), 'utf8')) as NetworkFixture[]);
}

/** A network with this configuration. */
export function nadOf(
  config: string,
  annotations?: Readonly<Record<string, string>>,
): RawNetworkAttachmentDefinition {
  return {
    apiVersion: 'k8s.cni.cncf.io/v1',
    kind: 'NetworkAttachmentDefinition',
    metadata: { name: 'a', namespace: 'default', ...(annotations && { annotations: { ...annotations } }) },
    spec: { config },
  };
}

export function findingsOf(fixture: NetworkFixture): readonly Finding[] {
  if (fixture.networks !== undefined) return checkNetworksAnnotation(fixture.networks, 'default');
  if (fixture.annotations !== undefined) return checkPodAnnotations(fixture.annotations, 'default');
  const nad = fixture.object ?? nadOf(fixture.config ?? '', fixture.with);
  return checkNetwork(nad as RawNetworkAttachmentDefinition).findings;
}

/** The gravest severity; undefined where nothing was found. */
export function worstOf(findings: readonly Finding[]): Severity | undefined {
  return (['error', 'warning', 'note'] as const).find((severity) =>
    findings.some((found) => found.severity === severity),
  );
}
