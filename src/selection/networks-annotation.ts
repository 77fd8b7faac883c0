import { family } from '../cni/address.ts';
import { invalidAnnotation, networksAnnotation } from './invalid-annotation.ts';
import { parseJsonForm } from './json-form.ts';
import type { NetworkSelection, Selections } from './network-selection.ts';
import { parseShortForm } from './short-form.ts';

/**
 * Reads the value of `k8s.v1.cni.cncf.io/networks` in either form (NPWG-040 to 096).
 *
 * Absent and '' mean no additional network (NPWG-041); anything else that names none but `[]` is an error. One wrong
 * element makes the whole annotation wrong: InvalidAnnotation names element, key and value (NPWG-312; DESIGN §1,
 * rule 2: nothing is attached rather than a part). `key`: the annotation's, for the warnings.
 */
export function parseNetworksAnnotation(
  text: string | undefined,
  podNamespace: string,
  key: string = networksAnnotation,
): Selections {
  if (text === undefined || text === '') return { selections: [], warnings: [] };
  const found = isJsonForm(text)
    ? parseJsonForm(text, podNamespace, key)
    : parseShortForm(text, podNamespace);
  checkDefaultRoutes(found.selections);
  return found;
}

/** The specification does not say how to tell the forms apart; the reference client does it so (NPWG-042). */
function isJsonForm(text: string): boolean {
  return /[[{"]/.test(text);
}

/**
 * The key on two elements is wrong by the text, even for two families (NPWG-087, 318). Several gateways of one family
 * would be a multipath route or a matter of metrics, which the text leaves open: refused (NPWG-091).
 */
function checkDefaultRoutes(selections: readonly NetworkSelection[]): void {
  const [first, second] = selections.filter((selection) => selection.defaultRoute !== undefined);
  if (second !== undefined) {
    throw invalidAnnotation(
      `${second.where}.default-route: ${first?.where} has the key already, only one element may`,
    );
  }
  const families = (first?.defaultRoute ?? []).map(family);
  const twice = families.find((candidate, index) => families.indexOf(candidate) !== index);
  if (twice !== undefined) {
    throw invalidAnnotation(`${first?.where}.default-route has more than one IPv${twice} gateway`);
  }
}
