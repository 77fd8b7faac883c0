import { networkReference } from '../../api/network-reference.ts';
import type { WeftConfigSpec } from '../../api/weft-config.ts';
import {
  defaultNetworkAnnotation,
  parseDefaultNetworkAnnotation,
} from '../../selection/default-network-annotation.ts';
import { networksAnnotation } from '../../selection/invalid-annotation.ts';
import { type NetworkSelection, networkLabel } from '../../selection/network-selection.ts';
import { parseNetworksAnnotation } from '../../selection/networks-annotation.ts';
import type { PodRequest } from './pod-request.ts';

/** Names a pod. */
export interface PodName {
  readonly namespace: string;
  readonly name: string;
}

/** Which pods use which network. */
export interface NetworkUsers {
  /** Of the network `namespace/name`, sorted by namespace and name; each pod once. */
  usersOf(network: string): readonly PodName[];
  /** How many there are, without naming them. */
  countOf(network: string): number;
}

/** Why a network is in use: WeftConfig gives it to pods, of which there may be none; pods ask for it; or not at all. */
export type NetworkUse = 'given' | 'pods' | 'none';

/** The part of WeftConfig that gives pods networks that they have not asked for. */
export type GivingConfig = Pick<
  WeftConfigSpec,
  'defaultNetwork' | 'defaultNetworks' | 'defaultNetworkNamespace' | 'systemNamespaces'
>;

interface Pod extends PodName {
  /** Of the networks annotation. */
  readonly asked: readonly string[];
  /** Names a network in the place of the default network. */
  readonly replaces: boolean;
}

/**
 * An index over what pods ask for. Networks that pods ask for are found by a map; those that WeftConfig gives to all pods
 * are few, and their users are reckoned when somebody asks, so that a change of WeftConfig costs nothing.
 *
 * A pod whose annotation cannot be read uses nothing: it does not start.
 */
export class NetworkUserIndex implements NetworkUsers {
  readonly #pods = new Map<string, { readonly request: PodRequest; readonly pod: Pod }>();
  readonly #users = new Map<string, Set<Pod>>();
  readonly #listeners: ((network: string) => void)[] = [];
  #config: GivingConfig;

  constructor(config: GivingConfig) {
    this.#config = config;
  }

  /** Called with `namespace/name` when the first pod asks for a network, and when none does any more. */
  onUse(listener: (network: string) => void): void {
    this.#listeners.push(listener);
  }

  /** Costs nothing, however many users there are. */
  useOf(network: string): NetworkUse {
    const { defaultNetwork, defaultNetworks } = this.#config;
    if ([defaultNetwork, ...defaultNetworks].some((reference) => isNad(reference, network))) return 'given';
    return this.#users.has(network) ? 'pods' : 'none';
  }

  /** A pod that is new or has changed. `key`: `namespace/name`. */
  put(key: string, request: PodRequest): void {
    this.remove(key);
    const pod = this.#read(request);
    this.#pods.set(key, { request, pod });
    for (const network of new Set(pod.asked)) this.#usersSet(network).add(pod);
  }

  /** A pod that is gone, or uses no networks any more. */
  remove(key: string): void {
    const known = this.#pods.get(key);
    if (known === undefined) return;
    this.#pods.delete(key);
    for (const network of known.pod.asked) {
      const users = this.#users.get(network);
      users?.delete(known.pod);
      if (users?.size !== 0) continue;
      this.#users.delete(network);
      this.#tell(network);
    }
  }

  /** WeftConfig has changed. */
  configure(config: GivingConfig): void {
    const moved = config.defaultNetworkNamespace !== this.#config.defaultNetworkNamespace;
    this.#config = config;
    if (!moved) return;
    for (const [key, { request }] of [...this.#pods]) {
      if (request.annotations !== undefined) this.put(key, request);
    }
  }

  usersOf(network: string): readonly PodName[] {
    return [...this.#usingPods(network)]
      .map(({ namespace, name }) => ({ namespace, name }))
      .sort((left, right) => order(left.namespace, right.namespace) || order(left.name, right.name));
  }

  countOf(network: string): number {
    return this.#usingPods(network).size;
  }

  #usingPods(network: string): ReadonlySet<Pod> {
    const asked = this.#users.get(network) ?? new Set();
    const givenToAll = isNad(this.#config.defaultNetwork, network);
    const given = this.#config.defaultNetworks.some((reference) => isNad(reference, network));
    if (!givenToAll && !given) return asked;
    const all = new Set(asked);
    for (const { pod } of this.#pods.values()) {
      const asDefault = givenToAll && !pod.replaces;
      const asAdditional = given && !this.#config.systemNamespaces.includes(pod.namespace);
      if (asDefault || asAdditional) all.add(pod);
    }
    return all;
  }

  #usersSet(network: string): Set<Pod> {
    const known = this.#users.get(network);
    if (known !== undefined) return known;
    const made = new Set<Pod>();
    this.#users.set(network, made);
    this.#tell(network);
    return made;
  }

  #tell(network: string): void {
    for (const listener of this.#listeners) listener(network);
  }

  #read({ namespace, name, annotations }: PodRequest): Pod {
    try {
      const first = parseDefaultNetworkAnnotation(
        annotations?.[defaultNetworkAnnotation],
        this.#config.defaultNetworkNamespace,
      );
      const { selections } = parseNetworksAnnotation(annotations?.[networksAnnotation], namespace);
      const asked: readonly NetworkSelection[] =
        first === undefined ? selections : [first.selection, ...selections];
      return { namespace, name, asked: asked.map(networkLabel), replaces: first !== undefined };
    } catch {
      // It uses no additional network, and no default network either: DESIGN §1, rule 2.
      return { namespace, name, asked: [], replaces: true };
    }
  }
}

/** True if a reference of WeftConfig names this NetworkAttachmentDefinition. */
function isNad(text: string | undefined, network: string): boolean {
  if (text === undefined) return false;
  const reference = networkReference(text);
  return reference.kind === 'nad' && `${reference.namespace}/${reference.name}` === network;
}

/** By code units, so that it is the same everywhere. */
function order(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
