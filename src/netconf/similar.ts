/** Finds what somebody meant to write. */

/** The candidate that `text` is a typing error of: another case, other separators, one or two slips. */
export function similarTo(text: string, candidates: readonly string[]): string | undefined {
  const plain = plainOf(text);
  if (plain === '') return undefined;
  const same = candidates.find((candidate) => plainOf(candidate) === plain);
  if (same !== undefined) return same;
  const near = candidates
    .map((candidate) => ({ candidate, slips: slipsBetween(plain, plainOf(candidate)) }))
    .filter(({ candidate, slips }) => slips <= tolerated(Math.min(plain.length, candidate.length)))
    .toSorted((left, right) => left.slips - right.slips);
  return near[0]?.candidate;
}

/** Without case and everything that is no letter or digit: `IP_Masq`, `ip-masq` and `ipMasq:` are the same. */
function plainOf(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** Short words are near to each other without being meant: `via` and `vlan`. */
function tolerated(length: number): number {
  if (length < 4) return 0;
  return length < 7 ? 1 : 2;
}

/** Letters to add, drop, replace or exchange with their neighbour (optimal string alignment). */
function slipsBetween(left: string, right: string): number {
  if (Math.abs(left.length - right.length) > 2) return 3;
  let before: number[] = [];
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= right.length; j += 1) {
      next.push(cheapest(left, right, i, j, { before, row, next }));
    }
    before = row;
    row = next;
  }
  return row[right.length] ?? 0;
}

interface Rows {
  readonly before: readonly number[];
  readonly row: readonly number[];
  readonly next: readonly number[];
}

function cheapest(left: string, right: string, i: number, j: number, { before, row, next }: Rows): number {
  const replaced = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
  const plain = Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1);
  const exchanged = i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1];
  return exchanged ? Math.min(plain, (before[j - 2] ?? 0) + 1) : plain;
}
