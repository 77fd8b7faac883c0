import { shown } from '../api/schema-validator.ts';
import { isObject, type JsonObject } from '../cni/json.ts';
import { type Finding, finding } from './finding.ts';
import { childPath } from './json-path.ts';
import type { JsonSchema } from './plugins/plugin-schema.ts';
import { similarTo } from './similar.ts';

/** Where keys are looked at. */
export interface KeyScope {
  readonly value: unknown;
  readonly schema: JsonSchema;
  readonly path: string;
  /** Keys that libcni and weft read themselves, and only in this spelling (CNI-041). */
  readonly exact?: readonly string[];
  /** Keys that belong elsewhere, and where: `into "ipam"`. */
  readonly elsewhere?: ReadonlyMap<string, string>;
}

/** What was found, and which missing keys it explains, as paths: those are not reported once more. */
export interface KeyFindings {
  readonly findings: readonly Finding[];
  readonly explained: ReadonlySet<string>;
}

/** Looks for keys that are typing errors, in the object and in those within it. */
export function keyFindings(scope: KeyScope): KeyFindings {
  const found = scopes(scope).map(objectKeys);
  return {
    findings: found.flatMap(({ findings }) => findings),
    explained: new Set(found.flatMap(({ explained }) => [...explained])),
  };
}

/** The object itself and every object within whose keys are known. */
function scopes(scope: KeyScope): readonly KeyScope[] {
  const { value, schema, path } = scope;
  if (Array.isArray(value)) {
    const { items } = schema;
    return items === undefined
      ? []
      : value.flatMap((item: unknown, index) =>
          scopes({ value: item, schema: items, path: childPath(path, index) }),
        );
  }
  const { properties } = schema;
  if (!isObject(value) || properties === undefined) return [];
  const inner = Object.entries(properties).flatMap(([key, child]) =>
    Object.hasOwn(value, key) ? scopes({ value: value[key], schema: child, path: childPath(path, key) }) : [],
  );
  return [scope, ...inner];
}

function objectKeys(scope: KeyScope): KeyFindings {
  const { value, schema, path } = scope;
  if (!isObject(value)) return { findings: [], explained: new Set() };
  const known = Object.keys(schema.properties ?? {});
  const missing = missingKeys(value, schema);
  const findings: Finding[] = [];
  const explained = new Set<string>();
  for (const key of Object.keys(value)) {
    if (known.includes(key) || isRemark(key)) continue;
    const meant = schema.synonyms?.[key] ?? similarTo(key, known);
    if (meant !== undefined && !Object.hasOwn(value, meant)) {
      findings.push(mistyped(key, meant, missing.has(meant), scope));
      explained.add(childPath(path, meant));
      continue;
    }
    const place = scope.elsewhere?.get(key);
    if (place !== undefined) {
      const message = `nobody reads ${shown(key)} here; move it ${place}`;
      findings.push(finding('MisplacedKey', childPath(path, key), message));
    }
  }
  return { findings, explained };
}

function mistyped(key: string, meant: string, isMissing: boolean, scope: KeyScope): Finding {
  const path = childPath(scope.path, key);
  const isCase = key.toLowerCase() === meant.toLowerCase();
  const isExact = scope.exact?.includes(meant) === true;
  // Go's encoding/json, hence every reference plugin, finds a key in any case.
  if (isCase && !isExact) {
    const message = `the key ${shown(key)} works only with plugins that ignore case; write ${shown(meant)}`;
    return finding('MistypedKey', path, message, 'warning');
  }
  const message = `the key ${shown(key)} is unknown; write ${shown(meant)}`;
  return finding('MistypedKey', path, message, isMissing || isExact ? 'error' : 'warning');
}

/** Keys without which the object is not valid: required ones, and each of those of which one must be there. */
function missingKeys(value: JsonObject, schema: JsonSchema): ReadonlySet<string> {
  const isThere = (key: string): boolean => Object.hasOwn(value, key);
  const alternatives = (schema.allOf ?? [])
    .map(({ anyOf }) => (anyOf ?? []).flatMap(({ required }) => required ?? []))
    .filter((keys) => !keys.some(isThere));
  return new Set([...(schema.required ?? []).filter((key) => !isThere(key)), ...alternatives.flat()]);
}

/** What people write beside the settings: `_comment`, `//`, and keys with a domain. */
function isRemark(key: string): boolean {
  return /^(_|\/\/|\$|#)/.test(key) || key.includes('.') || /^comment/i.test(key);
}
