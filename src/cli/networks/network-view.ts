import type { RawNetworkAttachmentDefinition } from '../../api/network-attachment-definition.schema.ts';
import type { Tenancy } from '../../api/weft-config.ts';
import { isObject } from '../../cni/json.ts';
import type { RawObject } from '../../kube/raw-object.ts';
import { checkNetwork, type NetworkCheck } from '../../netconf/check-network.ts';
import type { Finding } from '../../netconf/finding.ts';
import { availabilityOf, networkNeeds } from '../../netconf/network-availability.ts';
import type { NodeMeans } from '../../netconf/node-means.ts';
import { type ComparedNetwork, overlapFindings } from '../../netconf/overlap-findings.ts';
import { tenancyFindings } from '../../netconf/tenancy.ts';

/** Names a pod. */
export interface PodName {
  readonly namespace: string;
  readonly name: string;
}

/** A network: what is wrong with it, where it can be attached, and who uses it. */
export interface NetworkView {
  readonly namespace: string;
  readonly name: string;
  /** RFC 3339. */
  readonly created: string;
  /** Of the first plugin; '': it cannot be read, or is on the nodes. */
  readonly type: string;
  /** As the condition that the operator writes. Unknown: the configuration is on the nodes. */
  readonly valid: 'True' | 'False' | 'Unknown';
  /** `Valid`, or the code of the finding that decides. */
  readonly reason: string;
  readonly findings: readonly Finding[];
  /** Of the nodes whose agent has reported; absent: they cannot be known. */
  readonly nodes?: { readonly able: number; readonly total: number; readonly missing: string };
  /** Pods that ask for it, or are given it. */
  readonly users: readonly PodName[];
  /** Pods that were attached with another configuration. */
  readonly outdated: readonly PodName[];
}

/** A network as it is listed, and what the checks say of it. */
export interface ListedNetwork {
  readonly namespace: string;
  readonly name: string;
  readonly created: string;
  /** '': it has none of its own. */
  readonly config: string;
  readonly check: NetworkCheck;
}

/** Never throws. */
export function listedNetwork(object: RawObject): ListedNetwork {
  const { name, namespace = '', creationTimestamp } = object.metadata;
  const config = isObject(object['spec']) ? object['spec']['config'] : undefined;
  return {
    namespace,
    name,
    created: typeof creationTimestamp === 'string' ? creationTimestamp : '',
    config: typeof config === 'string' ? config : '',
    // checkNetwork looks at the shape itself.
    check: checkNetwork(object as unknown as RawNetworkAttachmentDefinition),
  };
}

/** Those whose configuration is known. */
export function comparedNetworks(networks: readonly ListedNetwork[]): readonly ComparedNetwork[] {
  return networks.flatMap((network) => {
    const { facts, name } = network.check;
    return facts === undefined || name === undefined ? [] : [{ label: labelOf(network), name, facts }];
  });
}

/** What a network is seen among. */
export interface NetworkContext {
  /** All that the user may see. */
  readonly compared: readonly ComparedNetwork[];
  readonly tenancy: Tenancy;
  /** undefined: they may not be read. */
  readonly nodes: readonly NodeMeans[] | undefined;
  /** Of the network `namespace/name`. */
  readonly users: (network: string) => readonly PodName[];
  readonly outdated: (network: string) => readonly PodName[];
}

export function networkView(network: ListedNetwork, context: NetworkContext): NetworkView {
  const { namespace, name, created, check } = network;
  const label = labelOf(network);
  const findings = [
    ...check.findings,
    ...tenancyFindings(network, context.tenancy),
    ...overlaps(network, context.compared),
  ];
  return {
    namespace,
    name,
    created,
    type: check.type ?? '',
    ...verdict(findings),
    findings,
    ...nodesOf(check, context.nodes),
    users: context.users(label),
    outdated: context.outdated(label),
  };
}

function verdict(findings: readonly Finding[]): Pick<NetworkView, 'valid' | 'reason'> {
  const error = findings.find(({ severity }) => severity === 'error');
  if (error !== undefined) return { valid: 'False', reason: error.code };
  const onNode = findings.find(({ code }) => code === 'ConfigOnNode');
  if (onNode !== undefined) return { valid: 'Unknown', reason: onNode.code };
  return { valid: 'True', reason: 'Valid' };
}

function overlaps(network: ListedNetwork, all: readonly ComparedNetwork[]): readonly Finding[] {
  return comparedNetworks([network]).flatMap((own) => overlapFindings(own, all));
}

function nodesOf(
  { facts }: NetworkCheck,
  nodes: readonly NodeMeans[] | undefined,
): Pick<NetworkView, 'nodes'> {
  if (facts === undefined || nodes === undefined) return {};
  const { able, total, missing } = availabilityOf(networkNeeds(facts), nodes);
  return { nodes: { able, total, missing } };
}

function labelOf({ namespace, name }: PodName): string {
  return `${namespace}/${name}`;
}
