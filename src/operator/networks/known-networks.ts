import { isDeepStrictEqual } from 'node:util';
import type { Tenancy } from '../../api/weft-config.ts';
import { checkNetwork, type NetworkCheck } from '../../netconf/check-network.ts';
import type { Finding } from '../../netconf/finding.ts';
import { overlap } from '../../netconf/ip-range.ts';
import { openingFindings } from '../../netconf/network-access.ts';
import type { OwnRange } from '../../netconf/network-facts.ts';
import { type ComparedNetwork, overlapFindings } from '../../netconf/overlap-findings.ts';
import { tenancyFindings } from '../../netconf/tenancy.ts';
import type { WatchedNetwork } from '../sources/watched-network.ts';

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
  /** By segment, then by `namespace/name`. */
  readonly #segments = new Map<string, Map<string, ComparedNetwork>>();
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
    const overlaps = this.#place(key, known?.compared, compared) ? undefined : [];
    this.#entries.set(key, { network, check, compared, tenancy: undefined, overlaps });
  }

  /** A network that is gone. */
  remove(key: string): void {
    this.#place(key, this.#entries.get(key)?.compared, undefined);
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
    entry.overlaps ??= compared === undefined ? [] : overlapFindings(compared, this.#clashing(compared));
    return { network, check, findings: [...check.findings, ...entry.tenancy, ...entry.overlaps] };
  }

  #bound({ metadata, spec, fault }: WatchedNetwork): readonly Finding[] {
    if (fault !== undefined) return [];
    const { namespace, name, annotations } = metadata;
    const tenant = { namespace, name, config: spec?.config };
    return [...openingFindings(annotations), ...tenancyFindings(tenant, this.#tenancy)];
  }

  /** Puts a network where its neighbours find it, and lets those look again that had to do with it or have now: true if there are such. */
  #place(key: string, before: ComparedNetwork | undefined, after: ComparedNetwork | undefined): boolean {
    if (before !== undefined) {
      for (const segment of before.facts.segments) this.#leave(segment, key);
      this.#disturb(before);
    }
    if (after === undefined) return false;
    const some = this.#disturb(after);
    for (const segment of after.facts.segments) {
      const members = this.#segments.get(segment) ?? new Map<string, ComparedNetwork>();
      this.#segments.set(segment, members.set(key, after));
    }
    return some;
  }

  #leave(segment: string, key: string): void {
    const members = this.#segments.get(segment);
    members?.delete(key);
    if (members?.size === 0) this.#segments.delete(segment);
  }

  /** True if there are networks that have to do with it. */
  #disturb(network: ComparedNetwork): boolean {
    let some = false;
    for (const other of this.#near(network)) {
      if (!network.facts.ranges.some((range) => meets(range, other))) continue;
      some = true;
      const entry = this.#entries.get(other.label);
      if (entry !== undefined) entry.overlaps = undefined;
      this.#onChange(other.label);
    }
    return some;
  }

  /** For each range the network that comes first by its name, so that every replica names the same one. */
  #clashing(network: ComparedNetwork): readonly ComparedNetwork[] {
    const first = network.facts.ranges.flatMap((range) => {
      const alone = { ...network, facts: { ...network.facts, ranges: [range] } };
      let least: ComparedNetwork | undefined;
      for (const other of this.#near(network)) {
        if (least !== undefined && least.label < other.label) continue;
        if (meets(range, other) && overlapFindings(alone, [other]).length > 0) least = other;
      }
      return least ?? [];
    });
    return first.sort((left, right) => (left.label < right.label ? -1 : 1));
  }

  /** Other networks of its segments; one that shares several of them comes several times. */
  *#near({ label, facts }: ComparedNetwork): Generator<ComparedNetwork> {
    for (const segment of facts.segments) {
      for (const other of this.#segments.get(segment)?.values() ?? []) if (other.label !== label) yield other;
    }
  }
}

function meets(range: OwnRange, { facts }: ComparedNetwork): boolean {
  return facts.ranges.some((theirs) => overlap(range, theirs));
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
