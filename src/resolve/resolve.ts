import type { DefaultRouteStep, DelegateStep, DeviceRef, Plan } from '../attachment/plan.ts';
import type { NetworkList } from '../cni/network-list.ts';
import { inheritedVersion } from '../cni/version.ts';
import { WeftError } from '../errors/weft-error.ts';
import { type FoundNetwork, namedNetwork, networkOf } from '../netconf/network-of.ts';
import { type NetworkSelection, networkLabel } from '../selection/network-selection.ts';
import { delegateStep } from './delegate-step.ts';
import { assignDevices } from './devices.ts';
import { withOwnFlannelFiles } from './flannel-files.ts';
import { interfaceNames } from './interface-names.ts';
import { refuseForeign } from './isolation.ts';
import { podsOwn, runtimeConfigFor } from './runtime-config.ts';
import type { Snapshot } from './snapshot.ts';
import { refuseCniArgs, refuseRestricted } from './tenancy.ts';
import { nadOf, wantedNetworks } from './wanted-attachment.ts';

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
  const { containerId, ifname, netns } = snapshot.request;
  const wanted = wantedNetworks(snapshot);
  const { first, additional, warnings } = wanted;
  refuseForeign(wanted, snapshot);
  refuseCniArgs(wanted, snapshot);
  const names = interfaceNames(additional, ifname);
  const head = first ?? snapshot.defaultNad;
  const devices = assignDevices(head === undefined ? additional : [head, ...additional], snapshot);
  const [device, own] = head === undefined ? [undefined, devices] : [devices[0], devices.slice(1)];
  const others = additional.map((selection, index) =>
    additionalStep(selection, names[index] ?? '', own[index], snapshot),
  );
  const resolved = [
    first === undefined ? defaultStep(device, snapshot) : replacingStep(first, device, snapshot),
    ...others,
  ];
  const delegates = withOwnFlannelFiles(resolved.map(({ step }) => step));
  const routes = [
    ...(first === undefined ? [] : defaultRouteStep(first, ifname)),
    ...additional.flatMap((selection, index) => defaultRouteStep(selection, names[index] ?? '')),
  ];
  return {
    plan: {
      sandbox: { containerId, ifname, netns },
      ...(snapshot.pod && { pod: snapshot.pod }),
      steps: [...delegates, ...routes],
    },
    warnings: [...warnings, ...new Set(resolved.flatMap((one) => one.warnings)), ...sharedNames(delegates)],
  };
}

/** Gets the runtime's interface name (CNI-452) and everything the runtime sent, known to us or not (CNI-238). */
function defaultStep(device: DeviceRef | undefined, snapshot: Snapshot): ResolvedStep {
  const { defaultNetwork, defaultNad, request, config, sha256 } = snapshot;
  if (defaultNetwork instanceof WeftError) throw defaultNetwork;
  if (defaultNad !== undefined) refuseRestricted(defaultNad, defaultNetwork, config.tenancy);
  const step = delegateStep({
    network: defaultNetwork,
    label: defaultNad === undefined ? defaultNetwork.name : networkLabel(defaultNad),
    ifname: request.ifname,
    isDefault: true,
    runtimeConfig: request.runtimeConfig,
    nad: defaultNad && { ...defaultNad, hash: hashOf(defaultNetwork, sha256) },
    device,
    deadlineMs: config.timeBudgets.delegate,
  });
  return { step, warnings: [] };
}

/** Stands in for the default network (NPWG-244): what the runtime sent is for it, and over that what the pod asks of it (NPWG-243). */
function replacingStep(
  selection: NetworkSelection,
  device: DeviceRef | undefined,
  snapshot: Snapshot,
): ResolvedStep {
  const { ifname, runtimeConfig } = snapshot.request;
  return selectedStep(selection, { ifname, isDefault: true, inherited: runtimeConfig, device }, snapshot);
}

function additionalStep(
  selection: NetworkSelection,
  ifname: string,
  device: DeviceRef | undefined,
  snapshot: Snapshot,
): ResolvedStep {
  const inherited = podsOwn(snapshot.request.runtimeConfig);
  return selectedStep(selection, { ifname, isDefault: false, inherited, device }, snapshot);
}

interface Place extends Pick<DelegateStep, 'ifname' | 'isDefault'> {
  readonly device: DeviceRef | undefined;
  /** What it gets as runtimeConfig without asking for it. */
  readonly inherited: ReadonlyMap<string, string>;
}

function selectedStep(selection: NetworkSelection, place: Place, snapshot: Snapshot): ResolvedStep {
  const { config, sha256 } = snapshot;
  const { network, warnings } = selectedNetwork(selection, snapshot);
  const { namespace, name, cniArgs } = selection;
  if (namespace !== '') refuseRestricted(selection, network, config.tenancy);
  const { ifname, isDefault, inherited, device } = place;
  const step = delegateStep({
    network,
    label: networkLabel(selection),
    ifname,
    isDefault,
    runtimeConfig: runtimeConfigFor(selection, network, inherited),
    cniArgs,
    nad: namespace === '' ? undefined : { namespace, name, hash: hashOf(network, sha256) },
    device,
    deadlineMs: config.timeBudgets.delegate,
  });
  return { step, warnings };
}

function selectedNetwork(selection: NetworkSelection, snapshot: Snapshot): FoundNetwork {
  const { request, files } = snapshot;
  const version = inheritedVersion(request.cniVersion);
  return selection.namespace === ''
    ? namedNetwork(selection.name, files, version)
    : networkOf(nadOf(selection, snapshot), files, version);
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
