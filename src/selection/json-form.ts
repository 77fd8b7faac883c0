import { shown, violation } from '../api/schema-validator.ts';
import { isObject, kindOf, parseJson } from '../cni/json.ts';
import { elements, getMember } from '../cni/splice.ts';
import { WeftError } from '../errors/weft-error.ts';
import { checkElement } from './element.ts';
import { invalidAnnotation } from './invalid-annotation.ts';
import type { NetworkSelection, Selections } from './network-selection.ts';
import { validateNetworkSelectionElement } from './network-selection-element.generated.js';
import type { RawSelectionElement } from './network-selection-element.schema.ts';

/** Keys of an element, of one port mapping and of bandwidth that weft knows. */
export const knownKeys: Readonly<Record<'element' | 'portMapping' | 'bandwidth', readonly string[]>> = {
  element: [
    'name',
    'namespace',
    'interface',
    'ips',
    'mac',
    'cni-args',
    'portMappings',
    'bandwidth',
    'default-route',
    'infiniband-guid',
    'ipam-claim-reference',
  ],
  portMapping: ['hostPort', 'containerPort', 'protocol', 'hostIP'],
  bandwidth: ['ingressRate', 'ingressBurst', 'egressRate', 'egressBurst'],
};

/** How many ignored keys one warning names. */
const namedKeys = 4;

/** A JSON list of objects (NPWG-049). `key`: the annotation, for the warnings. */
export function parseJsonForm(text: string, podNamespace: string, key: string): Selections {
  const list = parseText(text);
  if (!Array.isArray(list))
    throw invalidAnnotation(`the value is ${kindOf(list)}, must be a list of objects`);
  const texts = elements(text);
  const warnings: string[] = [];
  const selections = list.map((value: unknown, index) => {
    const where = `[${index}]`;
    const selection = parseElement(value, texts[index] ?? '', where, podNamespace);
    warnings.push(...ignoredKeys(value as RawSelectionElement, `annotation ${key}, ${where}`));
    return selection;
  });
  return { selections, warnings };
}

/** The annotation is the pod's, so a syntax error is reported as its fault and not as a broken text of ours. */
function parseText(text: string): unknown {
  try {
    return parseJson(text, 'the value');
  } catch (error) {
    if (error instanceof WeftError) throw invalidAnnotation(error.failure.cause);
    throw error;
  }
}

function parseElement(value: unknown, text: string, where: string, podNamespace: string): NetworkSelection {
  if (!isObject(value)) throw invalidAnnotation(`${where} is ${kindOf(value)}, must be an object`);
  const fault = violation(validateNetworkSelectionElement, value, where);
  if (fault !== undefined) throw invalidAnnotation(fault);
  return checkElement(
    value as unknown as RawSelectionElement,
    getMember(text, 'cni-args'),
    where,
    podNamespace,
  );
}

/**
 * One sentence on the keys that are not acted on. Keys with a dot belong to somebody else and are passed over
 * silently (NPWG-050, 051).
 */
function ignoredKeys(element: RawSelectionElement, where: string): readonly string[] {
  const ports = element.portMappings ?? [];
  const unknown = [
    ...unknownKeys(element, knownKeys.element, ''),
    ...ports.flatMap((port, index) => unknownKeys(port, knownKeys.portMapping, `portMappings[${index}].`)),
    ...unknownKeys(element.bandwidth ?? {}, knownKeys.bandwidth, 'bandwidth.'),
  ];
  if (unknown.length === 0) return [];
  const named = unknown.slice(0, namedKeys).map(shown).join(', ');
  const more = unknown.length > namedKeys ? ` and ${unknown.length - namedKeys} more` : '';
  return [`${where}: keys that weft does not act on are ignored: ${named}${more}`];
}

function unknownKeys(value: object, known: readonly string[], prefix: string): readonly string[] {
  return Object.keys(value)
    .filter((key) => !key.includes('.') && !known.includes(key))
    .map((key) => prefix + key);
}
