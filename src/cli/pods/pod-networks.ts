import { networkReference } from '../../api/network-reference.ts';
import type { WeftConfigSpec } from '../../api/weft-config.ts';
import { isObject } from '../../cni/json.ts';
import { asWeftError } from '../../errors/weft-error.ts';
import { wantedNetworks } from '../../resolve/wanted-attachment.ts';
import { type NetworkSelection, networkLabel } from '../../selection/network-selection.ts';
import type { ListedPod } from './listed-pod.ts';

/** A network that a pod is to have. */
export interface AskedNetwork {
  /** `namespace/name`, or the CNI name of a network from a file. */
  readonly network: string;
  /** Who asks for it. */
  readonly by: 'pod' | 'WeftConfig';
  /** True: it is the pod's default network. */
  readonly default: boolean;
  /** What the pod wants of it, as written. */
  readonly interface?: string;
  readonly ips?: readonly string[];
  readonly mac?: string;
}

/** An entry of `network-status`: an interface of the pod. */
export interface AttachedNetwork {
  readonly network: string;
  readonly default: boolean;
  readonly interface?: string;
  readonly ips?: readonly string[];
  readonly mac?: string;
}

/** What a pod asks for, default network first, or why that cannot be read. Never throws. */
export function askedNetworks(
  { namespace, name, requests }: ListedPod,
  config: WeftConfigSpec,
): { readonly asked: readonly AskedNetwork[]; readonly fault?: string } {
  try {
    const wanted = wantedNetworks({ pod: { namespace, name, uid: '' }, annotations: requests, config });
    const first = wanted.first === undefined ? defaultOf(config) : [askedOf(wanted.first, 'pod', true)];
    const additional = wanted.additional.map((selection) =>
      askedOf(selection, wanted.asked.includes(selection) ? 'pod' : 'WeftConfig', false),
    );
    return { asked: [...first, ...additional] };
  } catch (error) {
    return { asked: [], fault: asWeftError(error).failure.cause };
  }
}

/** The entries of an annotation; none where it is absent, and a fault where it is not of its form. Never throws. */
export function attachedNetworks(text: string | undefined): {
  readonly attached: readonly AttachedNetwork[];
  readonly fault?: string;
} {
  if (text === undefined || text === '') return { attached: [] };
  try {
    const value: unknown = JSON.parse(text);
    if (
      Array.isArray(value) &&
      value.every((entry) => isObject(entry) && typeof entry['name'] === 'string')
    ) {
      return { attached: (value as readonly Entry[]).map(attachedOf) };
    }
  } catch {
    // Said below.
  }
  return { attached: [], fault: 'network-status is no list of entries with a name' };
}

interface Entry {
  readonly name: string;
  readonly [key: string]: unknown;
}

/** A name from a file is compared too; which name a path stands for, only the node knows. */
function defaultOf({ defaultNetwork }: WeftConfigSpec): readonly AskedNetwork[] {
  if (defaultNetwork === undefined || networkReference(defaultNetwork).kind === 'file') return [];
  return [{ network: defaultNetwork, by: 'WeftConfig', default: true }];
}

function askedOf(selection: NetworkSelection, by: AskedNetwork['by'], isDefault: boolean): AskedNetwork {
  const { ifname, ips, mac } = selection;
  return {
    network: networkLabel(selection),
    by,
    default: isDefault,
    ...(ifname !== undefined && { interface: ifname }),
    ...(ips && { ips }),
    ...(mac !== undefined && { mac }),
  };
}

function attachedOf(entry: Entry): AttachedNetwork {
  const { name, interface: place, ips, mac } = entry;
  return {
    network: name,
    default: entry['default'] === true,
    ...(typeof place === 'string' && place !== '' && { interface: place }),
    ...(Array.isArray(ips) && { ips: ips.filter((ip): ip is string => typeof ip === 'string') }),
    ...(typeof mac === 'string' && mac !== '' && { mac }),
  };
}
