import type { Tenancy } from '../api/weft-config.ts';
import type { NetworkList } from '../cni/network-list.ts';
import { WeftError } from '../errors/weft-error.ts';
import type { Finding } from '../netconf/finding.ts';
import { cniArgsFindings, isRestricted, networkFindings } from '../netconf/tenancy.ts';
import { networkLabel } from '../selection/network-selection.ts';
import type { NetworkName, Snapshot } from './snapshot.ts';
import { podNamespace, type WantedNetworks } from './wanted-attachment.ts';

/** The verdict on a network that was read, while the rules are the same object. */
const judged = new WeakMap<NetworkList, Verdict>();

interface Verdict {
  readonly tenancy: Tenancy;
  readonly finding: Finding | undefined;
}

/**
 * A network of a restricted namespace may name only what the administrator allows there, whoever asks for it, and
 * wherever its text is from: a file of the node too, which it names by its own name. NetworkRestricted.
 */
export function refuseRestricted(nad: NetworkName, network: NetworkList, tenancy: Tenancy): void {
  if (!isRestricted(nad.namespace, tenancy)) return;
  const finding = firstFinding(network, tenancy);
  if (finding !== undefined) throw restricted(nad, finding);
}

/** What a pod of a restricted namespace adds to any network's configuration is bound by the same rules. NetworkRestricted. */
export function refuseCniArgs(
  { first, asked }: WantedNetworks,
  snapshot: Pick<Snapshot, 'pod' | 'config'>,
): void {
  const { tenancy } = snapshot.config;
  if (!isRestricted(podNamespace(snapshot), tenancy)) return;
  for (const selection of first === undefined ? asked : [first, ...asked]) {
    if (selection.cniArgs === undefined) continue;
    const [finding] = cniArgsFindings(selection.cniArgs, `${selection.where}.cni-args`, tenancy);
    if (finding !== undefined) throw restricted(selection, finding);
  }
}

function firstFinding(network: NetworkList, tenancy: Tenancy): Finding | undefined {
  const known = judged.get(network);
  if (known?.tenancy === tenancy) return known.finding;
  const [finding] = networkFindings(network, tenancy);
  judged.set(network, { tenancy, finding });
  return finding;
}

function restricted(network: NetworkName, { path, message }: Finding): WeftError {
  return new WeftError('NetworkRestricted', {
    network: networkLabel(network),
    step: 'check the tenancy rules',
    cause: message.startsWith(path) ? message : `${path}: ${message}`,
  });
}
