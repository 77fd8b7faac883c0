import type { NetworkAttachmentDefinition } from '../api/network-attachment-definition.ts';
import type { Tenancy } from '../api/weft-config.ts';
import { inheritedVersion } from '../cni/version.ts';
import { networkOf } from '../netconf/network-of.ts';
import type { NetworkSelection } from '../selection/network-selection.ts';
import { runtimeConfigFor } from './runtime-config.ts';
import { refuseRestricted } from './tenancy.ts';

/** Of nodes whose runtime speaks the newest; older ones differ in nothing that matters here. */
const cniVersion = inheritedVersion('1.1.0');

/**
 * Throws what `resolve` would throw because the network cannot serve the selection, as far as that needs no node: its
 * configuration cannot be used, its namespace may not have it, or it does not take what is asked of it. Of a network whose
 * configuration is a file of each node nothing is known.
 */
export function refuseUnfit(
  selection: NetworkSelection,
  nad: NetworkAttachmentDefinition,
  tenancy: Tenancy,
): void {
  if ((nad.spec?.config ?? '') === '') return;
  const { network } = networkOf(nad, [], cniVersion);
  refuseRestricted(selection, network, tenancy);
  runtimeConfigFor(selection, network, new Map());
}
