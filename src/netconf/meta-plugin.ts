import type { NetworkList } from '../cni/network-list.ts';
import { WeftError } from '../errors/weft-error.ts';

/**
 * Plugins that would call other networks' plugins in turn. weft under itself never ends (CNI-453), and under another
 * of its kind nobody would know what is attached.
 */
const metaPlugins: readonly string[] = ['weft', 'multus', 'multus-shim', 'genie'];

/** True for the type of one. */
export function isMetaPlugin(type: string): boolean {
  return metaPlugins.includes(type);
}

/** The first such plugin in a chain; undefined if there is none. */
export function metaPluginIn(network: NetworkList): string | undefined {
  return network.plugins.map(({ type }) => type).find(isMetaPlugin);
}

/** NetworkInvalid if the chain holds one. */
export function refuseMetaPlugin(network: NetworkList): void {
  const type = metaPluginIn(network);
  if (type === undefined) return;
  const cause = `its chain holds the plugin "${type}", which would attach networks in turn`;
  throw new WeftError('NetworkInvalid', { cause, remedy: 'name the plugin that makes the interface' });
}
