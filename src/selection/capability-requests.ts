import type { Bandwidth, NetworkSelection } from './network-selection.ts';

/** Burst in bits where the pod asks for a rate alone. See `burstFor`. */
const leastBurst = 64 * 1024 * 8;
const mostBurst = 2 ** 32 - 1;

/** What a selection element asks of the network's plugins: capability → raw JSON for `runtimeConfig` (CNI-235). */
export function capabilityRequests(selection: NetworkSelection): ReadonlyMap<string, string> {
  const requests: readonly (readonly [string, unknown])[] = [
    ['ips', selection.ips],
    ['mac', selection.mac],
    ['portMappings', selection.portMappings],
    ['bandwidth', selection.bandwidth && withBursts(selection.bandwidth)],
    ['infinibandGUID', selection.infinibandGuid],
  ];
  return new Map(
    requests.flatMap(([capability, value]) =>
      value === undefined ? [] : [[capability, JSON.stringify(value)]],
    ),
  );
}

/** The reference bandwidth plugin refuses a rate without a burst; NPWG-086 lets us choose one. */
function withBursts(asked: Bandwidth): Bandwidth {
  const { ingressRate, egressRate } = asked;
  return {
    ...(ingressRate !== undefined && {
      ingressRate,
      ingressBurst: asked.ingressBurst ?? burstFor(ingressRate),
    }),
    ...(egressRate !== undefined && { egressRate, egressBurst: asked.egressBurst ?? burstFor(egressRate) }),
  };
}

/**
 * One second of the rate. Not less than one 64 KiB segment, because a token bucket smaller than a packet passes none;
 * not more than 2^32 - 1 bits, which is what containerd sends with the kubelet's own bandwidth annotations, and which
 * the plugin, counting bytes in 32 bits, takes.
 */
function burstFor(rate: number): number {
  return Math.min(Math.max(rate, leastBurst), mostBurst);
}
