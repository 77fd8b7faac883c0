/** Versions of the parts of weft that meet. */
export interface PartVersions {
  /** For people: `agents`. */
  readonly part: string;
  /** Each once; what is no version is not judged. */
  readonly versions: readonly string[];
}

/** Parts may be so many minor versions apart: an upgrade goes node by node, and there is no other order in it. */
const supportedMinors = 1;

/**
 * What is unsupported, one sentence for each two parts, or one part in itself, that are too far apart; empty: all is well.
 */
export function skewComplaints(parts: readonly PartVersions[]): readonly string[] {
  return parts.flatMap((left, index) =>
    parts.slice(index).flatMap((right) => {
      const pair = farthest(left.versions, right.versions);
      if (pair === undefined) return [];
      const [one, other] = pair;
      return left === right
        ? [`${left.part} ${one} and ${other} are more than ${supportedMinors} minor version apart`]
        : [
            `${left.part} ${one} and ${right.part} ${other} are more than ${supportedMinors} minor version apart`,
          ];
    }),
  );
}

/** The first pair that is too far apart. */
function farthest(left: readonly string[], right: readonly string[]): readonly [string, string] | undefined {
  for (const one of left) {
    const other = right.find((candidate) => isUnsupported(one, candidate));
    if (other !== undefined) return [one, other];
  }
  return undefined;
}

/** Another major version may change everything. */
function isUnsupported(left: string, right: string): boolean {
  const one = parsed(left);
  const other = parsed(right);
  if (one === undefined || other === undefined) return false;
  return one.major !== other.major || Math.abs(one.minor - other.minor) > supportedMinors;
}

function parsed(text: string): { readonly major: number; readonly minor: number } | undefined {
  const match = /^v?(\d{1,6})\.(\d{1,6})\.\d/.exec(text);
  return match === null ? undefined : { major: Number(match[1]), minor: Number(match[2]) };
}
