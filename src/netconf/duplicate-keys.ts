import { elements, members } from '../cni/splice.ts';
import { childPath } from './json-path.ts';

/** Paths of keys that stand more than once in their object, once each. The text must be JSON. */
export function duplicateKeys(text: string, path: string): readonly string[] {
  if (text.startsWith('[')) {
    return elements(text).flatMap((item, index) => duplicateKeys(item, childPath(path, index)));
  }
  if (!text.startsWith('{')) return [];
  const all = members(text);
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const { key } of all) (seen.has(key) ? twice : seen).add(key);
  return [
    ...[...twice].map((key) => childPath(path, key)),
    ...all.flatMap(({ key, value }) => duplicateKeys(value, childPath(path, key))),
  ];
}
