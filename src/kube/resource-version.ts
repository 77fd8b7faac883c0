/**
 * Resource versions are decimal numbers that grow, and may be compared within one kind (KEP-5504). Where a server gives
 * anything else, they can only be equal or not.
 */

/** True only if both can be compared and `left` is not newer than `right`. */
export function notNewer(left: string, right: string): boolean {
  if (left === right) return true;
  if (!isDecimal(left) || !isDecimal(right)) return false;
  return left.length === right.length ? left < right : left.length < right.length;
}

/** As the API server writes it: no sign, no leading zero. Any length, because they do not fit a number. */
function isDecimal(version: string): boolean {
  return /^[1-9][0-9]*$/.test(version);
}
