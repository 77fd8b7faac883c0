import { shown } from '../api/schema-validator.ts';
import { isObject, type JsonObject } from '../cni/json.ts';
import { type Finding, finding } from './finding.ts';
import { childPath } from './json-path.ts';
import { isGiven, type LocatedPlugin, listOf } from './located-plugin.ts';
import { sysctlFindings } from './sysctl-findings.ts';

/** What a rule knows besides the plugin. */
export interface NetworkContext {
  /** The NAD names a resource whose devices its attachments get. */
  readonly hasDevice: boolean;
}

/** What a plugin refuses that a schema cannot say: keys that need or exclude each other. */
export function pluginFindings(plugin: LocatedPlugin, context: NetworkContext): readonly Finding[] {
  return (rules.get(plugin.type) ?? []).flatMap((rule) => rule(plugin, context));
}

type Rule = (plugin: LocatedPlugin, context: NetworkContext) => readonly Finding[];

const rules: ReadonlyMap<string, readonly Rule[]> = new Map<string, readonly Rule[]>([
  ['bridge', [hairpinAndPromisc, noInterfaceNoIpam, trunks('vlanTrunk')]],
  ['ovs', [trunks('trunk'), ovsBridge]],
  ['host-device', [whichDevice]],
  ['sriov', [whichVf, vlanNeeded, rates]],
  ['bandwidth', [burst('ingress'), burst('egress')]],
  ['portmap', [oneMark]],
  ['tuning', [sysctlFindings]],
  ['bond', [tlbOnly]],
  ['flannel', [delegateKeys]],
  ['macvlan', [passthruOnce]],
]);

function hairpinAndPromisc({ conf, path }: LocatedPlugin): readonly Finding[] {
  if (conf['hairpinMode'] !== true || conf['promiscMode'] !== true) return [];
  return [
    conflict(path, 'promiscMode', 'bridge refuses hairpinMode and promiscMode together; keep one of them'),
  ];
}

function noInterfaceNoIpam({ conf, path, ipamType }: LocatedPlugin): readonly Finding[] {
  if (conf['disableContainerInterface'] !== true || ipamType === '') return [];
  const message =
    'an interface that stays down can have no address; remove "ipam" or disableContainerInterface';
  return [conflict(path, 'disableContainerInterface', message)];
}

function trunks(key: string): Rule {
  return ({ conf, path }) =>
    listOf(conf[key]).flatMap((entry, index) =>
      isObject(entry) ? trunkFindings(entry, childPath(childPath(path, key), index)) : [],
    );
}

function trunkFindings({ minID, maxID }: JsonObject, path: string): readonly Finding[] {
  if (typeof minID === 'number' && typeof maxID === 'number') {
    const message = `minID ${minID} is greater than maxID ${maxID}; exchange them`;
    return minID > maxID ? [finding('RangeReversed', childPath(path, 'minID'), message)] : [];
  }
  if (isGiven(minID) === isGiven(maxID)) return [];
  const missing = isGiven(minID) ? 'maxID' : 'minID';
  return [
    finding('MissingKey', childPath(path, missing), `${missing} is missing; write both minID and maxID`),
  ];
}

function ovsBridge({ conf, path }: LocatedPlugin, { hasDevice }: NetworkContext): readonly Finding[] {
  const others = ['bridge', 'deviceID', 'configuration_path', 'args'];
  if (hasDevice || others.some((key) => isGiven(conf[key]))) return [];
  const message = 'bridge is missing; write the name of an Open vSwitch bridge, such as "br1"';
  return [finding('MissingKey', childPath(path, 'bridge'), message)];
}

function whichDevice({ conf, path }: LocatedPlugin, { hasDevice }: NetworkContext): readonly Finding[] {
  const given = ['device', 'hwaddr', 'kernelpath', 'pciBusID'].filter((key) => isGiven(conf[key]));
  const [first, second] = given;
  if (first === undefined) {
    if (hasDevice) return [];
    const message =
      'no device is named; write "device", "hwaddr", "kernelpath" or "pciBusID", or the annotation k8s.v1.cni.cncf.io/resourceName';
    return [finding('MissingKey', childPath(path, 'device'), message)];
  }
  if (second === undefined) return [];
  const message = `${first} and ${second} both name the device, and only ${first} counts; keep one of them`;
  return [finding('ConflictingKeys', childPath(path, second), message, 'warning')];
}

function whichVf({ conf, path }: LocatedPlugin, { hasDevice }: NetworkContext): readonly Finding[] {
  if (hasDevice || isGiven(conf['deviceID'])) return [];
  const message =
    'no virtual function is named; write the annotation k8s.v1.cni.cncf.io/resourceName on this object, or "deviceID"';
  return [finding('MissingKey', childPath(path, 'deviceID'), message)];
}

/** A priority or a protocol of a VLAN needs a VLAN. */
function vlanNeeded({ conf, path }: LocatedPlugin): readonly Finding[] {
  if (typeof conf['vlan'] === 'number' && conf['vlan'] > 0) return [];
  const needing = [
    ...(typeof conf['vlanQoS'] === 'number' && conf['vlanQoS'] > 0 ? ['vlanQoS'] : []),
    ...(isGiven(conf['vlanProto']) ? ['vlanProto'] : []),
  ];
  return needing.map((key) => {
    const message = `${key} is for a VLAN and there is none; write "vlan" as well, from 1 to 4094`;
    return finding('MissingKey', childPath(path, key), message);
  });
}

function rates({ conf, path }: LocatedPlugin): readonly Finding[] {
  const { min_tx_rate: min, max_tx_rate: max } = conf;
  if (typeof min !== 'number' || typeof max !== 'number' || max === 0 || min <= max) return [];
  const message = `min_tx_rate ${min} is greater than max_tx_rate ${max}; exchange them`;
  return [finding('RangeReversed', childPath(path, 'min_tx_rate'), message)];
}

/** The plugin refuses a rate without a burst, and the other way round. */
function burst(direction: 'ingress' | 'egress'): Rule {
  return ({ conf, path }) => {
    const has = (key: string): boolean => typeof conf[key] === 'number' && conf[key] > 0;
    const [rate, size] = [`${direction}Rate`, `${direction}Burst`];
    if (has(rate) === has(size)) return [];
    const [there, missing] = has(rate) ? [rate, size] : [size, rate];
    const message = `${there} is there without ${missing}; write both, or neither`;
    return [finding('MissingKey', childPath(path, missing), message)];
  };
}

function oneMark({ conf, path }: LocatedPlugin): readonly Finding[] {
  if (!isGiven(conf['markMasqBit']) || !isGiven(conf['externalSetMarkChain'])) return [];
  const message = 'portmap refuses markMasqBit and externalSetMarkChain together; keep one of them';
  return [conflict(path, 'externalSetMarkChain', message)];
}

function tlbOnly({ conf, path }: LocatedPlugin): readonly Finding[] {
  const { mode } = conf;
  if (!isGiven(conf['tlbDynamicLb']) || typeof mode !== 'string' || /^balance-(tlb|alb)$/.test(mode))
    return [];
  const message = `tlbDynamicLb is for the modes balance-tlb and balance-alb, not ${shown(mode)}; remove it`;
  return [conflict(path, 'tlbDynamicLb', message)];
}

function delegateKeys({ conf, path }: LocatedPlugin): readonly Finding[] {
  const { delegate } = conf;
  if (!isObject(delegate)) return [];
  const at = childPath(path, 'delegate');
  return ['name', 'ipam']
    .filter((key) => Object.hasOwn(delegate, key))
    .map((key) =>
      conflict(at, key, `flannel sets ${key} of its delegate itself and refuses yours; remove it`),
    );
}

/** passthru gives the whole interface away. */
function passthruOnce({ conf, path }: LocatedPlugin): readonly Finding[] {
  if (conf['mode'] !== 'passthru' || isGiven(conf['master'])) return [];
  const message =
    'passthru without master takes the interface with the default route from the node; write the interface that it may have';
  return [finding('MissingKey', childPath(path, 'master'), message, 'warning')];
}

function conflict(path: string, key: string, message: string): Finding {
  return finding('ConflictingKeys', childPath(path, key), message);
}
