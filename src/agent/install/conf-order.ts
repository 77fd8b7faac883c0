import { byBytes } from '../sources/stamped-directory.ts';

/** The endings that runtimes read (CNI-200). */
const suffixes = ['.conf', '.conflist', '.json'];

/**
 * The files that a runtime takes before `own`, in its order: it uses the first in byte order only, so weft would never
 * be called (DESIGN §3.6: 00-multus.conf and 00-genie.conf sort before us).
 */
export function filesBefore(names: readonly string[], own: string): readonly string[] {
  return names
    .filter((name) => suffixes.some((suffix) => name.endsWith(suffix)) && byBytes(name, own) < 0)
    .toSorted(byBytes);
}
