import { shown } from '../api/schema-validator.ts';
import { isObject, type JsonObject } from '../cni/json.ts';
import { networksAnnotation } from '../selection/invalid-annotation.ts';
import { checkPodAnnotations } from './annotation-findings.ts';
import { type Finding, finding } from './finding.ts';
import { childPath, deepPath } from './json-path.ts';

/** Where an object that makes pods has their template, by the keys that lead to it. */
const templates: readonly (readonly string[])[] = [
  ['spec', 'template'],
  ['spec', 'jobTemplate', 'spec', 'template'],
  ['template'],
];

/** Checks the network annotations of a pod, or of an object with a template of pods. [] for anything else. */
export function checkWorkload(object: unknown): readonly Finding[] {
  if (!isObject(object)) return [];
  const namespace = namespaceOf(object);
  if (object['kind'] === 'Pod') return annotationsAt(object, '', namespace);
  const found = templates.map((parts) => ({ parts, template: at(object, parts) }));
  const [first] = found.filter(({ template }) => isObject(template));
  if (first === undefined || !isObject(first.template)) return [];
  const base = deepPath('', first.parts);
  return [...misplaced(object, base), ...annotationsAt(first.template, base, namespace)];
}

/** The template decides, and not what is above it: the pods come without networks otherwise. */
function misplaced(object: JsonObject, base: string): readonly Finding[] {
  const annotations = at(object, ['metadata', 'annotations']);
  if (!isObject(annotations) || !Object.hasOwn(annotations, networksAnnotation)) return [];
  const path = deepPath('', ['metadata', 'annotations', networksAnnotation]);
  const message = `its pods do not get this annotation; move it to ${base}.metadata.annotations`;
  return [finding('MisplacedKey', path, message)];
}

function annotationsAt(object: JsonObject, base: string, namespace: string): readonly Finding[] {
  const path = base === '' ? 'metadata.annotations' : `${base}.metadata.annotations`;
  const annotations = at(object, ['metadata', 'annotations']);
  if (!isObject(annotations)) return [];
  const texts: Record<string, string> = {};
  const others: Finding[] = [];
  for (const [key, value] of Object.entries(annotations)) {
    if (typeof value === 'string') texts[key] = value;
    else if (key === networksAnnotation) others.push(noText(childPath(path, key), value));
  }
  return [...others, ...checkPodAnnotations(texts, namespace, path)];
}

function noText(path: string, value: unknown): Finding {
  const message = `the annotation is ${shown(value)}, must be one text; write it in quotes, or as a YAML block: |`;
  return finding('InvalidObject', path, message);
}

function namespaceOf(object: JsonObject): string {
  const namespace = at(object, ['metadata', 'namespace']);
  return typeof namespace === 'string' && namespace !== '' ? namespace : 'default';
}

function at(object: unknown, parts: readonly string[]): unknown {
  return parts.reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), object);
}
