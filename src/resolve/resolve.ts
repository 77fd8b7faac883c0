import type { DefaultRouteStep, DelegateStep, Plan } from '../attachment/plan.ts';
import type { NetworkList } from '../cni/network-list.ts';
import { WeftError } from '../errors/weft-error.ts';
import { networkOf } from '../netconf/network-of.ts';
import type { NetworkSelection } from '../selection/network-selection.ts';
import { delegateStep } from './delegate-step.ts';
import { interfaceNames } from './interface-names.ts';
import { runtimeConfigFor } from './runtime-config.ts';
import type { Snapshot } from './snapshot.ts';
import { additionalNetworks, nadOf } from './wanted-attachment.ts';

/** A few netlink calls in the sandbox; what takes longer hangs. */
const defaultRouteMs = 5000;

/** A plan and what the reader of the log should know about how it came to be. */
export interface Resolution {
  readonly plan: Plan;
  /** Plain sentences: ignored keys, malformed unrelated files, networks that share a CNI name. */
  readonly warnings: readonly string[];
}

interface ResolvedStep {
  readonly step: DelegateStep;
  readonly warnings: readonly string[];
}

/** Decides what one ADD does; the same snapshot gives the same plan. Every failure is a WeftError. */
export function resolve(snapshot: Snapshot): Plan {
  return resolveWithWarnings(snapshot).plan;
}

/** `resolve`, with its warnings. */
export function resolveWithWarnings(snapshot: Snapshot): Resolution {
  const first = defaultStep(snapshot);
  const { selections, warnings } = additionalNetworks(snapshot);
  const names = interfaceNames(selections, snapshot.request.ifname);
  const others = selections.map((selection, index) =>
    additionalStep(selection, names[index] ?? '', snapshot),
  );
  const delegates = [first, ...others.map(({ step }) => step)];
  const routes = selections.flatMap((selection, index) => defaultRouteStep(selection, names[index] ?? ''));
  const { containerId, ifname, netns } = snapshot.request;
  return {
    plan: {
      sandbox: { containerId, ifname, netns },
      ...(snapshot.pod && { pod: snapshot.pod }),
      steps: [...delegates, ...routes],
    },
    warnings: [...warnings, ...new Set(others.flatMap((other) => other.warnings)), ...sharedNames(delegates)],
  };
}

/** Gets the runtime's interface name (CNI-452) and everything the runtime sent, known to us or not (CNI-238). */
function defaultStep({ defaultNetwork, request, config }: Snapshot): DelegateStep {
  if (defaultNetwork instanceof WeftError) throw defaultNetwork;
  return delegateStep({
    network: defaultNetwork,
    label: defaultNetwork.name,
    ifname: request.ifname,
    isDefault: true,
    runtimeConfig: request.runtimeConfig,
    deadlineMs: config.timeBudgets.delegate,
  });
}

function additionalStep(selection: NetworkSelection, ifname: string, snapshot: Snapshot): ResolvedStep {
  const { request, files, config, sha256 } = snapshot;
  const { network, warnings } = networkOf(nadOf(selection, snapshot), files, request.cniVersion);
  const { namespace, name } = selection;
  const step = delegateStep({
    network,
    label: `${namespace}/${name}`,
    ifname,
    isDefault: false,
    runtimeConfig: runtimeConfigFor(selection, network, request.runtimeConfig),
    cniArgs: selection.cniArgs,
    nad: { namespace, name, hash: hashOf(network, sha256) },
    deadlineMs: config.timeBudgets.delegate,
  });
  return { step, warnings };
}

const hashes = new WeakMap<NetworkList, string>();

/** Of the network's text, reckoned once for each network that was read. */
function hashOf(network: NetworkList, sha256: Snapshot['sha256']): string {
  const known = hashes.get(network);
  if (known !== undefined) return known;
  const hash = sha256(network.text);
  hashes.set(network, hash);
  return hash;
}

function defaultRouteStep(selection: NetworkSelection, ifname: string): readonly DefaultRouteStep[] {
  if (selection.defaultRoute === undefined) return [];
  const id = `default-route:${ifname}`;
  return [
    { kind: 'default-route', id, deadlineMs: defaultRouteMs, ifname, gateways: selection.defaultRoute },
  ];
}

/**
 * Plugins keep their state by CNI name, leases for example, so two networks of one name get into each other's way.
 * Names are the author's and are not rewritten (NPWG-113).
 */
function sharedNames(delegates: readonly DelegateStep[]): readonly string[] {
  const owners = new Map<string, string>();
  const warnings = new Set<string>();
  for (const { networkName, network } of delegates) {
    const owner = owners.get(networkName) ?? network;
    owners.set(networkName, owner);
    if (owner !== network) {
      warnings.add(
        `networks ${owner} and ${network} have the same CNI name "${networkName}" and may share state`,
      );
    }
  }
  return [...warnings];
}
