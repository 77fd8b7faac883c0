import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { shown } from '../api/schema-validator.ts';
import { isObject } from '../cni/json.ts';
import { type Finding, finding } from './finding.ts';
import type { FindingCode } from './finding-codes.ts';
import { childPath, deepPath, type PathPart } from './json-path.ts';
import type { JsonSchema } from './plugins/plugin-schema.ts';
import { similarTo } from './similar.ts';
import { valueFormats } from './value-formats.ts';

/**
 * Checks a value against a schema. `path`: of the value. `explained`: paths of missing keys that were reported as typing
 * errors. As for Go, null is an absent value, and so is an empty text where a text is meant.
 */
export function schemaFindings(
  value: unknown,
  schema: JsonSchema,
  path: string,
  explained: ReadonlySet<string> = new Set(),
): readonly Finding[] {
  const validate = compiled(schema);
  if (validate(cleaned(value, schema))) return [];
  const errors = validate.errors ?? [];
  const mistyped = new Set(
    errors.filter(({ keyword }) => keyword === 'type').map((error) => error.instancePath),
  );
  return (
    errors
      .filter(({ schemaPath }) => !schemaPath.includes('/anyOf/'))
      // A value of the wrong kind fits nothing else either.
      .filter(({ keyword, instancePath }) => keyword === 'type' || !mistyped.has(instancePath))
      .flatMap((error) => errorFinding(error, value, path, explained))
  );
}

/** Compiled when first needed; whoever cannot wait for that then begins with warmChecks. */
const validators = new WeakMap<JsonSchema, ValidateFunction>();

let engine: Ajv | undefined;

function compiled(schema: JsonSchema): ValidateFunction {
  const known = validators.get(schema);
  if (known !== undefined) return known;
  engine ??= newEngine();
  const validate = engine.compile(schema);
  validators.set(schema, validate);
  return validate;
}

function newEngine(): Ajv {
  const ajv = new Ajv({ allErrors: true, verbose: true, strict: true, strictRequired: false });
  ajv.addVocabulary(['finding', 'severity', 'synonyms', 'quotable']);
  for (const [name, { kind, holds }] of Object.entries(valueFormats)) {
    if (kind === 'string') ajv.addFormat(name, { type: 'string', validate: (text: string) => holds(text) });
    else ajv.addFormat(name, { type: 'number', validate: (number: number) => holds(number) });
  }
  return ajv;
}

/** Without members that are as good as absent. */
function cleaned(value: unknown, schema: JsonSchema | undefined): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => cleaned(item, schema?.items));
  if (!isObject(value)) return value;
  const members = Object.entries(value).flatMap(([key, member]) => {
    const child = propertyOf(schema, key);
    if (member === null || (member === '' && child?.type === 'string')) return [];
    return [[key, cleaned(member, child)] as const];
  });
  return Object.fromEntries(members);
}

function propertyOf(schema: JsonSchema | undefined, key: string): JsonSchema | undefined {
  const { properties } = schema ?? {};
  return properties !== undefined && Object.hasOwn(properties, key) ? properties[key] : undefined;
}

function errorFinding(
  error: ErrorObject,
  root: unknown,
  base: string,
  explained: ReadonlySet<string>,
): readonly Finding[] {
  const schema = (error.parentSchema ?? {}) as JsonSchema;
  const parts = partsOf(error.instancePath, root);
  const path = deepPath(base, parts);
  const name = deepPath('', parts) || 'it';
  if (error.keyword === 'required') {
    const key = String(error.params['missingProperty']);
    if (explained.has(childPath(path, key))) return [];
    const what = schema.properties?.[key]?.description;
    const message = `${childPath(deepPath('', parts), key)} is missing${what === undefined ? '; add it' : `; write ${what}`}`;
    return [finding('MissingKey', childPath(path, key), message)];
  }
  if (error.keyword === 'anyOf') {
    const keys = (schema.anyOf ?? []).flatMap(({ required }) => required ?? []);
    if (keys.some((key) => explained.has(childPath(path, key)))) return [];
    return [
      finding('MissingKey', path, `${name} has none of ${keys.join(', ')}; write ${schema.description}`),
    ];
  }
  const message = `${name} ${complaint(error)}; write ${advice(error, schema)}`;
  return [finding(codeOf(error, schema), path, message, schema.severity)];
}

/** What is so: above all not that a list is a list, where it has too few entries. */
function complaint({ keyword, data }: ErrorObject): string {
  if (keyword !== 'minItems' || !Array.isArray(data)) return `is ${shown(data)}`;
  return data.length === 0
    ? 'is an empty list'
    : `has ${data.length === 1 ? 'one entry' : `${data.length} entries`}`;
}

function codeOf({ keyword }: ErrorObject, schema: JsonSchema): FindingCode {
  if (keyword === 'type') return 'WrongType';
  if (schema.finding !== undefined) return schema.finding;
  switch (keyword) {
    case 'format':
      return valueFormats[schema.format ?? '']?.code ?? 'UnknownValue';
    case 'enum':
    case 'pattern':
      return 'UnknownValue';
    case 'required':
      return 'MissingKey';
    default:
      return 'OutOfRange';
  }
}

/** What to write instead: what was probably meant, or else what there can be. */
function advice({ keyword, data }: ErrorObject, schema: JsonSchema): string {
  const general = schema.description ?? 'another value';
  if (keyword === 'type') return convertedText(data, schema) ?? general;
  if (keyword === 'enum' && typeof data === 'string') {
    const meant = similarTo(data, (schema.enum ?? []).map(String));
    return meant === undefined ? general : JSON.stringify(meant);
  }
  const meant = keyword === 'format' && typeof data === 'string' ? meantBy(data, schema) : undefined;
  return meant === undefined ? general : `${general}; perhaps ${meant}`;
}

function meantBy(value: string, { format }: JsonSchema): string | undefined {
  return valueFormats[format ?? '']?.meant?.(value);
}

/** The same value as the wanted kind: `"1500"` as 1500, 1 as `"1"`, a text as a list of one. */
function convertedText(value: unknown, schema: JsonSchema): string | undefined {
  const { type, enum: words, quotable } = schema;
  if (type === 'array') return listText(value, schema.items);
  if (type === 'string' && quotable !== false && (typeof value === 'number' || typeof value === 'boolean')) {
    return words === undefined || words.includes(String(value)) ? `it in quotes: "${value}"` : undefined;
  }
  if (typeof value !== 'string') return undefined;
  const word = value.trim().toLowerCase();
  if (type === 'integer' && /^-?[0-9]{1,15}$/.test(word)) return `${Number(word)} without quotes`;
  if (type !== 'boolean') return undefined;
  if (/^(true|yes|on|1)$/.test(word)) return 'true without quotes';
  return /^(false|no|off|0)$/.test(word) ? 'false without quotes' : undefined;
}

/** undefined where the value in brackets would be none of the wanted entries either. */
function listText(value: unknown, items: JsonSchema | undefined): string | undefined {
  if (isObject(value)) return 'a list, the object in square brackets: [{…}]';
  if (items?.type === 'object') return undefined;
  return value === null || typeof value === 'object' ? undefined : `a list: [${JSON.stringify(value)}]`;
}

/** A JSON pointer as steps, with numbers for the indexes of arrays. */
function partsOf(pointer: string, root: unknown): readonly PathPart[] {
  const parts: PathPart[] = [];
  let value = root;
  for (const raw of pointer === '' ? [] : pointer.slice(1).split('/')) {
    const key = raw.replaceAll('~1', '/').replaceAll('~0', '~');
    parts.push(Array.isArray(value) ? Number(key) : key);
    value = (value as Readonly<Record<string, unknown>> | null | undefined)?.[key];
  }
  return parts;
}
