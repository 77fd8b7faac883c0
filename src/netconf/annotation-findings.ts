import { shown } from '../api/schema-validator.ts';
import { isObject, type JsonObject, kindOf, parseJson } from '../cni/json.ts';
import { asWeftError } from '../errors/weft-error.ts';
import {
  defaultNetworkAnnotation,
  parseDefaultNetworkAnnotation,
} from '../selection/default-network-annotation.ts';
import { networksAnnotation } from '../selection/invalid-annotation.ts';
import { knownKeys } from '../selection/json-form.ts';
import type { NetworkSelection } from '../selection/network-selection.ts';
import { parseNetworksAnnotation } from '../selection/networks-annotation.ts';
import { type Finding, finding, hasErrors } from './finding.ts';
import { jsonFault } from './json-fault.ts';
import { childPath, deepPath } from './json-path.ts';
import { keyFindings } from './key-findings.ts';
import type { JsonSchema } from './plugins/plugin-schema.ts';
import { similarTo } from './similar.ts';

/**
 * Checks the value of a pod's `k8s.v1.cni.cncf.io/networks` in either form. Whether the networks are there is not looked
 * at. Without an error the pod's request can be read. Never throws.
 */
export function checkNetworksAnnotation(text: string, podNamespace: string): readonly Finding[] {
  return annotationFindings(text, podNamespace, networksAnnotation);
}

/** The same for all annotations of a pod, or of a template of pods, that have to do with networks. */
export function checkPodAnnotations(
  annotations: Readonly<Record<string, string>>,
  podNamespace: string,
  base = 'metadata.annotations',
): readonly Finding[] {
  return Object.entries(annotations).flatMap(([key, text]) => {
    const found =
      key === networksAnnotation
        ? checkNetworksAnnotation(text, podNamespace)
        : key === defaultNetworkAnnotation
          ? defaultFindings(text, podNamespace)
          : mistypedAnnotation(key);
    return base === 'metadata.annotations'
      ? found
      : found.map((one) => ({ ...one, path: moved(one.path, base) }));
  });
}

function moved(path: string, base: string): string {
  return `${base}${path.slice('metadata.annotations'.length)}`;
}

function pathOf(key: string): string {
  return childPath('metadata.annotations', key);
}

/** A wrong key is silence: the pod starts without its networks. */
function mistypedAnnotation(key: string): readonly Finding[] {
  const slash = key.indexOf('/');
  const domain = key.slice(0, slash);
  const meant = similarTo(key, [networksAnnotation, defaultNetworkAnnotation]);
  const isOurs = meant !== undefined && similarTo(domain, [meant.slice(0, meant.indexOf('/'))]) !== undefined;
  const written = ['k8s.v1.cni.cncf.io/networks-status', 'k8s.v1.cni.cncf.io/network-status'];
  if (!isOurs || written.includes(key)) return [];
  return [finding('MistypedKey', pathOf(key), `nobody reads the annotation "${key}"; write "${meant}"`)];
}

function defaultFindings(text: string, podNamespace: string): readonly Finding[] {
  const found = annotationFindings(text, podNamespace, defaultNetworkAnnotation);
  if (hasErrors(found)) return found;
  try {
    parseDefaultNetworkAnnotation(text, podNamespace);
    return found;
  } catch (error) {
    return [...found, refusal(error, defaultNetworkAnnotation)];
  }
}

function annotationFindings(text: string, podNamespace: string, key: string): readonly Finding[] {
  const path = pathOf(key);
  if (text === '') return [];
  if (!/[[{"]/.test(text)) return whole(text, podNamespace, key);
  const fault = jsonFault(text);
  if (fault !== undefined) return [finding('InvalidAnnotation', path, fault)];
  const list = parseJson(text, 'the value');
  if (!Array.isArray(list)) {
    const message = `the value is ${kindOf(list)}, must be a list; write it in square brackets: [{"name": "net-a"}]`;
    return [finding('InvalidAnnotation', path, message)];
  }
  const each = list.flatMap((element: unknown, index) =>
    elementFindings(element, childPath(path, index), podNamespace, key),
  );
  return hasErrors(each) ? each : [...each, ...whole(text, podNamespace, key)];
}

/** The pod's own reader decides; and what only several elements together show. */
function whole(text: string, podNamespace: string, key: string): readonly Finding[] {
  try {
    return interfaceFindings(parseNetworksAnnotation(text, podNamespace, key).selections, key);
  } catch (error) {
    return [refusal(error, key)];
  }
}

/** Every element by itself, so that all mistakes are seen at once. */
function elementFindings(
  element: unknown,
  path: string,
  podNamespace: string,
  key: string,
): readonly Finding[] {
  if (typeof element === 'string') {
    const message = `the element is ${shown(element)}; write an object, such as {"name": "net-a"}`;
    return [finding('InvalidAnnotation', path, message)];
  }
  const keys = keyFindings({ value: element, schema: elementSchema, path, exact: everyKey });
  const others = isObject(element) ? ignored(element, path, keys.findings) : [];
  if (hasErrors(keys.findings)) return [...keys.findings, ...others];
  try {
    parseNetworksAnnotation(JSON.stringify([element]), podNamespace, key);
    return [...keys.findings, ...others];
  } catch (error) {
    return [refusal(error, key, path), ...keys.findings, ...others];
  }
}

function properties(keys: readonly string[]): Readonly<Record<string, JsonSchema>> {
  return Object.fromEntries(keys.map((key) => [key, {}]));
}

const everyKey: readonly string[] = Object.values(knownKeys).flat();

/** For the spelling of keys only: what is in them the pod's own reader says. */
const elementSchema: JsonSchema = {
  required: ['name'],
  synonyms: {
    ip: 'ips',
    ipRequest: 'ips',
    ifname: 'interface',
    interfaceRequest: 'interface',
    macRequest: 'mac',
    macAddress: 'mac',
    gateway: 'default-route',
    network: 'name',
    ports: 'portMappings',
  },
  properties: {
    ...properties(knownKeys.element),
    portMappings: {
      items: { required: ['hostPort', 'containerPort'], properties: properties(knownKeys.portMapping) },
    },
    bandwidth: { properties: properties(knownKeys.bandwidth) },
  },
};

/** Keys that are no typing error of anything; those with a dot belong to somebody else (NPWG-050). */
function ignored(element: JsonObject, path: string, mistyped: readonly Finding[]): readonly Finding[] {
  const { portMappings, bandwidth } = element;
  const ports = Array.isArray(portMappings) ? portMappings : [];
  return [
    ...ignoredIn(element, knownKeys.element, path),
    ...ports.flatMap((port: unknown, index) =>
      ignoredIn(port, knownKeys.portMapping, deepPath(path, ['portMappings', index])),
    ),
    ...ignoredIn(bandwidth, knownKeys.bandwidth, childPath(path, 'bandwidth')),
  ].filter(({ path: at }) => !mistyped.some((found) => found.path === at));
}

function ignoredIn(value: unknown, known: readonly string[], path: string): readonly Finding[] {
  if (!isObject(value)) return [];
  return Object.keys(value)
    .filter((key) => !known.includes(key) && !key.includes('.'))
    .map((key) => finding('IgnoredKey', childPath(path, key), `the key "${key}" is not acted on; remove it`));
}

/** The names that every pod has already. */
const reserved: readonly string[] = ['eth0', 'lo'];

function interfaceFindings(selections: readonly NetworkSelection[], key: string): readonly Finding[] {
  return selections.flatMap(({ ifname }, index) => {
    if (ifname === undefined || key !== networksAnnotation) return [];
    const at = deepPath(pathOf(key), [index, 'interface']);
    if (reserved.includes(ifname)) {
      const message = `the pod has an interface "${ifname}" already; write another name, such as "net${index + 1}"`;
      return [finding('ReservedInterface', at, message)];
    }
    const before = selections.slice(0, index).findIndex((other) => other.ifname === ifname);
    if (before === -1) return [];
    const message = `[${before}] asks for the interface "${ifname}" as well; write another name`;
    return [finding('DuplicateInterface', at, message)];
  });
}

/** The reader's complaint, which starts with the place: `[1].ips[0] is …`, `item 2 is …`. */
function refusal(error: unknown, key: string, elementPath?: string): Finding {
  const { cause } = asWeftError(error).failure;
  const [place = '', inElement = ''] = /^\[[0-9]+\]([^\s:]*)/.exec(cause) ?? [];
  const item = /^item ([0-9]+)/.exec(cause)?.[1];
  const path =
    elementPath !== undefined
      ? `${elementPath}${inElement}`
      : `${pathOf(key)}${item === undefined ? place : `[${Number(item) - 1}]`}`;
  const shownCause =
    elementPath === undefined
      ? cause.replace(place === '' ? '' : `${place}: `, '')
      : `${inElement.replace(/^\./, '')}${cause.slice(place.length)}`;
  return finding('InvalidAnnotation', path, instead(shownCause.trim()));
}

/** The complaint with what to write instead. */
function instead(cause: string): string {
  if (cause.includes(', must be ')) return cause.replace(', must be ', '; write ');
  const [bound, field, side, limit, value] = /^(\S+) must be ([<>])= (-?[0-9]+), not (.*)$/.exec(cause) ?? [];
  if (bound !== undefined)
    return `${field} is ${value}; write a number of at ${side === '<' ? 'most' : 'least'} ${limit}`;
  const single = /must be an array, not ("[^"]*"|[0-9]+)$/.exec(cause)?.[1];
  if (single !== undefined) return `${cause}; write a list: [${single}]`;
  const [, advice] = remedies.find(([pattern]) => pattern.test(cause)) ?? [];
  return `${cause}; ${advice ?? 'correct that'}`;
}

const remedies: readonly (readonly [RegExp, string])[] = [
  [/must be|must not be|cannot be/, 'write a value of that kind'],
  [
    /longer than 15 bytes|has white space|has a "\/"|is a directory/,
    'write 1 to 15 bytes without "/", ":" and white space',
  ],
  [/is missing/, 'add it'],
  [/is empty/, 'write a value, or remove it'],
  [/neither ingressRate nor egressRate/, 'write one of them'],
  [/without (ingress|egress)Rate/, 'write the rate as well'],
  [/has the key already|both ips and ipam|more than one IPv/, 'keep one of them'],
  [/asks for interface/, 'remove "interface"'],
  [/"[^"]*\s[^"]*" is not a network's name/, 'write a comma between the names of two networks'],
  [
    /is not a network's name|is not a namespace's name/,
    'write lower-case letters, digits and "-", as kubectl shows it',
  ],
  [/names [0-9]+ networks/, 'write one network'],
];
