import { sameAddress } from '../../cni/address.ts';
import type { AskedNetwork, AttachedNetwork } from './pod-networks.ts';

/** In what a pod is not as it should be. */
export interface Difference {
  /** CamelCase, stable. */
  readonly code:
    | 'InvalidAnnotation'
    | 'InvalidStatus'
    | 'Missing'
    | 'NotAsked'
    | 'OtherDefault'
    | 'OtherInterface'
    | 'OtherAddress'
    | 'OtherMac'
    | 'Outdated'
    | 'NetworkGone'
    | 'NotReady';
  /** As AskedNetwork; absent: it is about all of them. */
  readonly network?: string;
  /** One sentence. */
  readonly message: string;
}

/**
 * What a pod asks for against what its network-status says. An attachment may have several interfaces, hence entries: of
 * one network the asked ones are told apart by the interface they want, then by their order.
 */
export function statusDifferences(
  asked: readonly AskedNetwork[],
  attached: readonly AttachedNetwork[],
): readonly Difference[] {
  const additional = asked.filter((one) => !one.default);
  const entries = attached.filter((entry) => !entry.default);
  const networks = [...new Set(additional.map(({ network }) => network))];
  return [
    ...defaultDifference(
      asked.find((one) => one.default),
      attached.find((entry) => entry.default),
    ),
    ...networks.flatMap((network) =>
      networkDifferences(
        network,
        additional.filter((one) => one.network === network),
        entries.filter((entry) => entry.network === network),
      ),
    ),
    ...notAsked(networks, asked, entries),
  ];
}

/** Pods without any entry are told what they miss, and nothing of the default network, which they may well have. */
function defaultDifference(
  asked: AskedNetwork | undefined,
  attached: AttachedNetwork | undefined,
): readonly Difference[] {
  if (asked === undefined || attached === undefined || asked.network === attached.network) return [];
  const message = `the default network is ${attached.network}, not ${asked.network} as the ${asked.by === 'pod' ? 'pod asks' : 'WeftConfig says'}`;
  return [{ code: 'OtherDefault', network: asked.network, message }];
}

function networkDifferences(
  network: string,
  asked: readonly AskedNetwork[],
  entries: readonly AttachedNetwork[],
): readonly Difference[] {
  const lacking = asked.length - entries.length;
  if (lacking > 0) {
    const often = asked.length === 1 ? '' : ` ${lacking} of ${asked.length} times`;
    return [{ code: 'Missing', network, message: `${network} is missing${often}` }];
  }
  const pairs = paired(asked, entries);
  const isOneToOne = asked.length === entries.length;
  return pairs.flatMap(([wanted, entry]) => detailDifferences(wanted, entry, isOneToOne));
}

/** Each asked one with its entry; undefined: no entry has the interface. */
function paired(
  asked: readonly AskedNetwork[],
  entries: readonly AttachedNetwork[],
): readonly (readonly [AskedNetwork, AttachedNetwork | undefined])[] {
  const named = new Set(asked.flatMap((one) => one.interface ?? []));
  const free = entries.filter((entry) => !named.has(entry.interface ?? ''));
  return asked.map((one) => [
    one,
    one.interface === undefined
      ? free.shift()
      : (entries.find((entry) => entry.interface === one.interface) ?? undefined),
  ]);
}

function detailDifferences(
  wanted: AskedNetwork,
  entry: AttachedNetwork | undefined,
  isOneToOne: boolean,
): readonly Difference[] {
  const { network, ips = [], mac } = wanted;
  if (entry === undefined) {
    if (wanted.interface === undefined) return [];
    const message = `${network} has no interface ${wanted.interface}`;
    return [{ code: 'OtherInterface', network, message }];
  }
  // The addresses of one attachment may be spread over its interfaces.
  if (!isOneToOne) return [];
  const has = entry.ips ?? [];
  const lost = ips.filter((ip) => !has.some((other) => sameAddress(withoutPrefix(ip), withoutPrefix(other))));
  const otherMac = mac !== undefined && entry.mac !== undefined && !sameMac(mac, entry.mac);
  return [
    ...(lost.length === 0
      ? []
      : [
          {
            code: 'OtherAddress' as const,
            network,
            message: `${network} does not have ${lost.join(', ')}, but ${has.join(', ') || 'no address'}`,
          },
        ]),
    ...(otherMac
      ? [{ code: 'OtherMac' as const, network, message: `${network} has ${entry.mac}, not ${mac}` }]
      : []),
  ];
}

function notAsked(
  networks: readonly string[],
  asked: readonly AskedNetwork[],
  entries: readonly AttachedNetwork[],
): readonly Difference[] {
  const others = entries.filter(
    ({ network }) =>
      !networks.includes(network) && !asked.some((one) => one.default && one.network === network),
  );
  return [...new Set(others.map(({ network }) => network))].map((network) => ({
    code: 'NotAsked',
    network,
    message: `${network} is there, and nobody asks for it`,
  }));
}

function withoutPrefix(text: string): string {
  return text.split('/')[0] ?? '';
}

function sameMac(left: string, right: string): boolean {
  const digits = (text: string): string => text.toLowerCase().replaceAll(/[^0-9a-f]/g, '');
  return digits(left) === digits(right);
}
