import { shown } from '../api/schema-validator.ts';

/** One step into a JSON value: a key, or an index of an array. */
export type PathPart = string | number;

/** `base` and one step: `spec.config` and `plugins`, `[0]`. Keys that are no plain words stand in quotes and brackets. */
export function childPath(base: string, part: PathPart): string {
  if (typeof part === 'number') return `${base}[${part}]`;
  if (/^[A-Za-z_][-A-Za-z0-9_]*$/.test(part)) return base === '' ? part : `${base}.${part}`;
  return `${base}[${shown(part)}]`;
}

/** The same for several steps. */
export function deepPath(base: string, parts: readonly PathPart[]): string {
  return parts.reduce<string>(childPath, base);
}
