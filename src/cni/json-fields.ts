import type { WeftError } from '../errors/weft-error.ts';
import { isObject, type JsonObject, kindOf } from './json.ts';

/** Makes the error for a complaint that starts with the JSON path of the field. */
export type Refuse = (complaint: string) => WeftError;

/**
 * An object whose fields are read one by one, with the path that leads to it. As in Go, null is an absent field and
 * unknown fields are ignored; unlike in Go, only the exact spelling of a key counts (CNI-041).
 */
export interface Fields {
  readonly object: JsonObject;
  /** `plugins[1]`; '' for the document itself. */
  readonly path: string;
  readonly refuse: Refuse;
}

/** `value` as fields; refused unless it is an object. */
export function fieldsOf(value: unknown, path: string, refuse: Refuse): Fields {
  if (isObject(value)) return { object: value, path, refuse };
  throw refuse(`${path === '' ? 'it' : path} must be an object, not ${kindOf(value)}`);
}

/** `plugins[1].type` */
export function pathOf(fields: Fields, key: string): string {
  return fields.path === '' ? key : `${fields.path}.${key}`;
}

/** A field that is a string if it is there. */
export function textOf(fields: Fields, key: string): string | undefined {
  const value = fields.object[key] ?? undefined;
  if (value === undefined || typeof value === 'string') return value;
  throw mustBe(fields, key, 'a string', value);
}

/** The same, with '' taken for absent, as Go's omitempty does. */
export function filledOf(fields: Fields, key: string): string | undefined {
  return textOf(fields, key) || undefined;
}

/** A field that is an integer which a number holds exactly, if it is there. */
export function integerOf(fields: Fields, key: string): number | undefined {
  const value = fields.object[key] ?? undefined;
  if (value === undefined || (typeof value === 'number' && Number.isSafeInteger(value))) return value;
  throw mustBe(fields, key, 'an integer', value);
}

/** A field that is an object if it is there. */
export function objectOf(fields: Fields, key: string): Fields | undefined {
  const value = fields.object[key] ?? undefined;
  return value === undefined ? undefined : fieldsOf(value, pathOf(fields, key), fields.refuse);
}

/** A field that is an array if it is there; [] if not. */
export function arrayOf(fields: Fields, key: string): readonly unknown[] {
  const value = fields.object[key] ?? [];
  if (Array.isArray(value)) return value;
  throw mustBe(fields, key, 'an array', value);
}

/** A field that is an array of objects if it is there; [] if not. */
export function objectsOf(fields: Fields, key: string): readonly Fields[] {
  return arrayOf(fields, key).map((item, index) =>
    fieldsOf(item, `${pathOf(fields, key)}[${index}]`, fields.refuse),
  );
}

/** A field that is an array of strings if it is there; [] if not. */
export function textsOf(fields: Fields, key: string): readonly string[] {
  return arrayOf(fields, key).map((item, index) => {
    if (typeof item === 'string') return item;
    throw fields.refuse(`${pathOf(fields, key)}[${index}] must be a string, not ${kindOf(item)}`);
  });
}

function mustBe(fields: Fields, key: string, kind: string, value: unknown): WeftError {
  return fields.refuse(`${pathOf(fields, key)} must be ${kind}, not ${kindOf(value)}`);
}
