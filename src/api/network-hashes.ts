/**
 * Annotation of a pod: with which configuration of its networks it was attached. A JSON object from `namespace/name` of
 * each NetworkAttachmentDefinition to the start of that configuration's hash (NadRef).
 */
export const networkHashesAnnotation = 'weft.dev/network-hashes';

/** So many hex digits tell two configurations of one network apart. */
const shownDigits = 16;

/** The form of a hash in which the annotation has it. `hash`: SHA-256 in hex. */
export function shortHash(hash: string): string {
  return hash.slice(0, shownDigits);
}

/** The annotation's value, in the order given; '' where there is none. Keys and hashes as the annotation has them. */
export function networkHashesText(hashes: ReadonlyMap<string, string>): string {
  return hashes.size === 0 ? '' : JSON.stringify(Object.fromEntries(hashes));
}

/** What an annotation says; nothing where it is absent or not of this form. Never throws. */
export function parseNetworkHashes(text: string | undefined): ReadonlyMap<string, string> {
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return new Map();
    const entries = Object.entries(value);
    return new Map(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
  } catch {
    return new Map();
  }
}
