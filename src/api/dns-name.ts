/** The two name grammars of Kubernetes (RFC 1123), lengths apart: a pattern that also counts would be slow. */
const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';

/** Grammar of one label: namespaces, and networks in the short form of the annotation (NPWG-043). */
export const labelPattern: RegExp = new RegExp(`^${label}$`);

/** Grammar of an object's name: labels with dots between (NPWG-313). */
export const subdomainPattern: RegExp = new RegExp(`^${label}(\\.${label})*$`);

/** True for a namespace's name: one label of at most 63 characters. */
export function isLabel(text: string): boolean {
  return text.length <= 63 && labelPattern.test(text);
}

/** True for an object's name: at most 253 characters. */
export function isSubdomain(text: string): boolean {
  return text.length <= 253 && subdomainPattern.test(text);
}
