import { shown } from '../api/schema-validator.ts';
import { isObject } from '../cni/json.ts';
import { type Finding, finding } from './finding.ts';
import { childPath } from './json-path.ts';
import { isGiven, type LocatedPlugin } from './located-plugin.ts';
import { isMetaPlugin } from './meta-plugin.ts';
import { pluginSchemas } from './plugins/all.ts';
import { similarTo } from './similar.ts';

/** What is wrong with the order of a chain and with the types in it. */
export function chainFindings(chain: readonly LocatedPlugin[]): readonly Finding[] {
  return chain.flatMap((plugin, index) => [
    ...typeFindings(plugin),
    ...placeFindings(plugin, index),
    ...ipamFindings(plugin),
    ...capabilityFindings(plugin),
  ]);
}

function typeFindings({ type, known, path }: LocatedPlugin): readonly Finding[] {
  const at = childPath(path, 'type');
  if (type === '') return [];
  if (isMetaPlugin(type)) {
    const message = `type is ${shown(type)}, which would attach networks in turn; write the plugin that makes the interface, such as "macvlan"`;
    return [finding('MetaPlugin', at, message)];
  }
  if (known === undefined) return [unknownPlugin(type, at)];
  if (known.role === 'ipam') {
    const message = `${shown(type)} gives addresses and makes no interface; write it as "ipam": {"type": ${shown(type)}} of a plugin such as "macvlan"`;
    return [finding('IpamAsPlugin', at, message)];
  }
  if (known.role === 'cluster') {
    const message = `${shown(type)} is made for default networks; as an additional one it may need its own agent's support, see its documentation`;
    return [finding('ClusterPlugin', at, message)];
  }
  return [];
}

/** Other plugins than ours are welcome; only a name that is nearly a known one is worth a warning. */
function unknownPlugin(type: string, path: string): Finding {
  const meant = similarTo(type, [...pluginSchemas.keys()]);
  if (meant === undefined) {
    const message = `weft does not know the plugin ${shown(type)}, so its settings were not checked; see its documentation`;
    return finding('UnknownPlugin', path, message);
  }
  const message = `weft does not know the plugin ${shown(type)}; write ${shown(meant)} if you mean that`;
  return finding('UnknownPlugin', path, message, 'warning');
}

function placeFindings({ type, known, path }: LocatedPlugin, index: number): readonly Finding[] {
  const at = childPath(path, 'type');
  if (known?.role === 'chained' && index === 0) {
    const message = `${shown(type)} works on an interface that a plugin before it has made; write one such as "macvlan" before it in "plugins"`;
    return [finding('ChainOrder', at, message)];
  }
  if (known?.role === 'interface' && index > 0) {
    const message = `${shown(type)} makes the interface of the pod, so it must be the first of "plugins"; write a network of its own for a second interface`;
    return [finding('ChainOrder', at, message, 'warning')];
  }
  return [];
}

function ipamFindings(plugin: LocatedPlugin): readonly Finding[] {
  const { conf, type, known, ipamType, knownIpam, path } = plugin;
  const at = childPath(path, 'ipam');
  if (known?.ipam === 'none') {
    if (Object.keys(plugin.ipam).length === 0) return [];
    const message = `${shown(type)} takes no addresses; move "ipam" to the plugin that makes the interface`;
    return [finding('MisplacedKey', at, message)];
  }
  if (ipamType === '') return isObject(conf['ipam']) ? noIpamType(plugin, at) : noIpam(plugin, at);
  const typeAt = childPath(at, 'type');
  if (knownIpam === undefined) return [unknownPlugin(ipamType, typeAt)];
  if (knownIpam.role === 'ipam') return [];
  const message = `${shown(ipamType)} gives no addresses; write an IPAM plugin, such as "host-local", "static" or "whereabouts"`;
  return [finding('IpamAsPlugin', typeAt, message)];
}

function noIpam({ type, known }: LocatedPlugin, at: string): readonly Finding[] {
  if (known?.ipam === 'required') {
    const message = `${shown(type)} fails without addresses; write "ipam", such as {"type": "host-local", "subnet": "10.1.2.0/24"}`;
    return [finding('MissingIpam', at, message)];
  }
  if (known?.role !== 'interface') return [];
  const message = 'the interface gets no address; write "ipam" if it needs one';
  return [finding('MissingIpam', at, message, 'note')];
}

/** `"ipam": {}` is how people say that they want none. */
function noIpamType(plugin: LocatedPlugin, at: string): readonly Finding[] {
  if (Object.keys(plugin.ipam).length === 0) return noIpam(plugin, at);
  // A key that is a typing error of `type` has been reported; a missing one is the schema's to report.
  return [];
}

/** A capability that is not declared brings nothing, and nobody says so. */
function capabilityFindings({ conf, type, known, path }: LocatedPlugin): readonly Finding[] {
  const wanted = known?.capability;
  if (wanted === undefined || wanted.unless.some((key) => isGiven(conf[key]))) return [];
  const { capabilities } = conf;
  if (isObject(capabilities) && capabilities[wanted.name] === true) return [];
  const message = `${shown(type)} gets nothing to do from pods; write "capabilities": {"${wanted.name}": true} beside "type"`;
  return [finding('UndeclaredCapability', path, message)];
}
