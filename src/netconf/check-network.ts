import type { RawNetworkAttachmentDefinition } from '../api/network-attachment-definition.schema.ts';
import type { NetworkAttachmentDefinition } from '../api/network-attachment-definition.ts';
import { parseNetworkAttachmentDefinition, resourceNameOf } from '../api/network-attachment-definition.ts';
import type { NetworkList } from '../cni/network-list.ts';
import { inheritedVersion } from '../cni/version.ts';
import { asWeftError } from '../errors/weft-error.ts';
import { configFindings } from './config-findings.ts';
import { configHash } from './config-hash.ts';
import { type Finding, finding, hasErrors } from './finding.ts';
import { type NetworkFacts, networkFacts } from './network-facts.ts';
import { networkOf } from './network-of.ts';
import { objectFindings } from './object-findings.ts';

/** What is known of a network from its object alone. */
export interface NetworkCheck {
  /** In the order in which the configuration is read; a mistake is one finding. */
  readonly findings: readonly Finding[];
  /** Type of the first plugin: `macvlan`. Absent where the configuration cannot be read, or is on the node. */
  readonly type?: string;
  /** The CNI name of the network: `name` of its configuration, or the object's. Absent where `facts` is. */
  readonly name?: string;
  /** SHA-256 of `spec.config`; '' where the object has no configuration of its own. */
  readonly configHash: string;
  /** Absent where the configuration cannot be read, or is on the node. */
  readonly facts?: NetworkFacts;
}

/** Findings beyond this many help nobody. */
const mostFindings = 50;

/**
 * Checks a NetworkAttachmentDefinition as far as that can be done without a cluster. Never throws, whatever the object
 * is. Without an error in the findings networkOf can read the network.
 */
export function checkNetwork(nad: RawNetworkAttachmentDefinition): NetworkCheck {
  const unusable = objectFindings(nad);
  if (hasErrors(unusable)) return { findings: unusable, configHash: '' };
  const object = parseNetworkAttachmentDefinition(nad, 'default');
  const config = object.spec?.config ?? '';
  if (config === '') {
    const message = `spec.config is empty, so each node takes its own file whose name is ${object.metadata.name}; write the configuration here if that is not meant`;
    return { findings: [finding('ConfigOnNode', 'spec', message)], configHash: '' };
  }
  const hasDevice = resourceNameOf(object) !== undefined;
  const found = distinct(configFindings(config, 'spec.config', { hasDevice }));
  const read = readNetwork(object);
  if (!('network' in read)) {
    return { findings: hasErrors(found) ? found : [...found, read.fault], configHash: configHash(config) };
  }
  const [first] = read.network.plugins;
  return {
    findings: found,
    ...(first && { type: first.type }),
    configHash: configHash(config),
    name: read.network.name,
    facts: networkFacts(read.network),
  };
}

/** The reader that the agent has is the judge: what it refuses is an error here, too. */
function readNetwork(
  nad: NetworkAttachmentDefinition,
): { readonly network: NetworkList } | { readonly fault: Finding } {
  try {
    return { network: networkOf(nad, [], inheritedVersion('1.1.0')).network };
  } catch (error) {
    const { cause } = asWeftError(error).failure;
    const [, field, complaint] = /^spec\.config: ([A-Za-z0-9_.[\]]+) (.*)$/.exec(cause) ?? [];
    if (field?.endsWith('type') === true && complaint?.includes('file name') === true) {
      const message = `${field} ${complaint}; write the name of the program alone, such as "macvlan"`;
      return { fault: finding('InvalidConfig', `spec.config.${field}`, message) };
    }
    if (field === undefined || complaint === undefined) {
      return { fault: finding('InvalidConfig', 'spec.config', `${cause}; correct that`) };
    }
    return { fault: finding('InvalidConfig', `spec.config.${field}`, `${field} ${complaint}; correct that`) };
  }
}

/** One of each code and path: rules may meet the same mistake. */
function distinct(findings: readonly Finding[]): readonly Finding[] {
  const seen = new Set<string>();
  const kept = findings.filter(({ code, path }) => {
    const key = `${code} ${path}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
  // The errors must be among those that are kept.
  return kept.length <= mostFindings
    ? kept
    : kept
        .toSorted((left, right) => Number(right.severity === 'error') - Number(left.severity === 'error'))
        .slice(0, mostFindings);
}
