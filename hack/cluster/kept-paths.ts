/** Directories of the machine that a node covers with its own. */
const covered: readonly string[] = ['/var/lib', '/var/log', '/opt', '/run', '/var/run', '/tmp'];

/**
 * Of the absolute `paths` that a node's programs need, those that a covered directory would hide: the node shows them
 * at their old place again. Without duplicates and without what lies below another one of them.
 */
export function keptPaths(paths: readonly string[]): readonly string[] {
  const hidden = [...new Set(paths)].filter((path) => covered.some((dir) => isBelow(path, dir))).sort();
  return hidden.filter((path) => !hidden.some((other) => other !== path && isBelow(path, other)));
}

function isBelow(path: string, dir: string): boolean {
  return path === dir || path.startsWith(`${dir}/`);
}
