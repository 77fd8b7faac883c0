import { isDeepStrictEqual } from 'node:util';
import type { Tenancy } from '../../api/weft-config.ts';
import { checkNetwork, type NetworkCheck } from '../../netconf/check-network.ts';
import type { Finding } from '../../netconf/finding.ts';
import { openingFindings } from '../../netconf/network-access.ts';
import type { OwnRange } from '../../netconf/network-facts.ts';
import { addressList, type ComparedNetwork, overlapFindings } from '../../netconf/overlap-findings.ts';
import { tenancyFindings } from '../../netconf/tenancy.ts';
import type { WatchedNetwork } from '../sources/watched-network.ts';
import { RangeIndex } from './range-index.ts';

/** A network with everything that is to be said of its object. */
export interface JudgedNetwork {
  readonly network: WatchedNetwork;
  readonly check: NetworkCheck;
  /** Of the object by itself, of its namespace's rights, and of networks beside it. */
  readonly findings: readonly Finding[];
}

interface Entry {
  network: WatchedNetwork;
  readonly check: NetworkCheck;
  /** Undefined: it gives out no addresses on a segment that others could be on. */
  readonly compared: ComparedNetwork | undefined;
  /** undefined: to be reckoned when somebody asks. */
  tenancy: readonly Finding[] | undefined;
  overlaps: readonly Finding[] | undefined;
}

const unusable: NetworkCheck = { findings: [], configHash: '' };

/** All networks, each checked once for each change of it, and which of them get into each other's way. */
export class KnownNetworks {
  readonly #entries = new Map<string, Entry>();
  /** By segment. */
  readonly #segments = new Map<string, RangeIndex<ComparedNetwork>>();
  readonly #onChange: (network: string) => void;
  #tenancy: Tenancy;

  /** `onChange` is told `namespace/name` of a network of which something else is to be said though it has not changed. */
  constructor(tenancy: Tenancy, onChange: (network: string) => void) {
    this.#tenancy = tenancy;
    this.#onChange = onChange;
  }

  /** A network that is new or has changed. `key`: `namespace/name`. */
  put(key: string, network: WatchedNetwork): void {
    const known = this.#entries.get(key);
    if (known !== undefined && isSame(known.network, network)) {
      known.network = network;
      return;
    }
    const check = network.fault === undefined ? checkNetwork(network) : unusable;
    const compared = comparedOf(key, check);
    const overlaps = this.#place(known?.compared, compared) ? undefined : [];
    this.#entries.set(key, { network, check, compared, tenancy: undefined, overlaps });
  }

  /** A network that is gone. */
  remove(key: string): void {
    this.#place(this.#entries.get(key)?.compared, undefined);
    this.#entries.delete(key);
  }

  /** WeftConfig has changed. */
  configure(tenancy: Tenancy): void {
    if (isDeepStrictEqual(tenancy, this.#tenancy)) return;
    this.#tenancy = tenancy;
    for (const [key, entry] of this.#entries) {
      entry.tenancy = undefined;
      this.#onChange(key);
    }
  }

  /** undefined: there is none of this name. Never throws. */
  get(key: string): JudgedNetwork | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    const { network, check, compared } = entry;
    entry.tenancy ??= this.#bound(network);
    entry.overlaps ??= compared === undefined ? [] : overlapFindings(compared, this.#firstClashing(compared));
    return { network, check, findings: [...check.findings, ...entry.tenancy, ...entry.overlaps] };
  }

  #bound({ metadata, spec, fault }: WatchedNetwork): readonly Finding[] {
    if (fault !== undefined) return [];
    const { namespace, name, annotations } = metadata;
    const tenant = { namespace, name, config: spec?.config };
    return [...openingFindings(annotations), ...tenancyFindings(tenant, this.#tenancy)];
  }

  /** Puts a network where its neighbours find it, and lets those look again that had to do with it or have now: true if there are such. */
  #place(before: ComparedNetwork | undefined, after: ComparedNetwork | undefined): boolean {
    if (before !== undefined) {
      this.#leave(before);
      this.#disturb(before);
    }
    if (after === undefined) return false;
    const some = this.#disturb(after);
    this.#enter(after);
    return some;
  }

  #enter(network: ComparedNetwork): void {
    for (const segment of network.facts.segments) {
      const index = this.#segments.get(segment) ?? new RangeIndex<ComparedNetwork>();
      this.#segments.set(segment, index);
      for (const range of network.facts.ranges) index.add(range, addressList(range, network.name), network);
    }
  }

  #leave(network: ComparedNetwork): void {
    for (const segment of network.facts.segments) {
      const index = this.#segments.get(segment);
      for (const range of network.facts.ranges) index?.delete(range, addressList(range, network.name));
      if (index?.size === 0) this.#segments.delete(segment);
    }
  }

  /** True if there are networks that have to do with it. */
  #disturb(network: ComparedNetwork): boolean {
    const others = new Set(network.facts.ranges.flatMap((range) => [...this.#clashing(range, network)]));
    for (const { label } of others) {
      const entry = this.#entries.get(label);
      if (entry !== undefined) entry.overlaps = undefined;
      this.#onChange(label);
    }
    return others.size > 0;
  }

  /** For each range the network that comes first by its name, so that every replica names the same one. */
  #firstClashing(network: ComparedNetwork): readonly ComparedNetwork[] {
    const first = network.facts.ranges.flatMap((range) => {
      let least: ComparedNetwork | undefined;
      for (const other of this.#clashing(range, network))
        if (least === undefined || other.label < least.label) least = other;
      return least ?? [];
    });
    return first.sort((left, right) => (left.label < right.label ? -1 : 1));
  }

  /** Other networks that give out addresses of a range of this one, on one of its segments and without knowing of each other. */
  *#clashing(range: OwnRange, { label, name, facts }: ComparedNetwork): Generator<ComparedNetwork> {
    for (const segment of facts.segments) {
      const met = this.#segments.get(segment)?.meeting(range, addressList(range, name)) ?? [];
      for (const other of met) if (other.label !== label) yield other;
    }
  }
}

function comparedOf(label: string, { name, facts }: NetworkCheck): ComparedNetwork | undefined {
  if (name === undefined || facts === undefined) return undefined;
  return facts.ranges.length === 0 || facts.segments.length === 0 ? undefined : { label, name, facts };
}

/** Whether the checks see the same: its status is no part of it. */
function isSame(known: WatchedNetwork, network: WatchedNetwork): boolean {
  return (
    known.metadata.uid === network.metadata.uid &&
    known.fault === network.fault &&
    known.spec?.config === network.spec?.config &&
    isDeepStrictEqual(known.metadata.annotations, network.metadata.annotations)
  );
}
