import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Directories of test/e2e in the order in which they run; what breaks nodes comes last. */
const e2eOrder: readonly string[] = ['', 'weft/', 'own-cluster/'];

/** Position of a file among those of the e2e tier; undefined for files of other tiers. `path` is absolute. */
export function e2ePosition(path: string): number | undefined {
  const below = /\/test\/e2e\/((?:[^/]+\/)*)[^/]+$/.exec(path)?.[1];
  if (below === undefined) return undefined;
  const position = e2eOrder.indexOf(below);
  if (position < 0)
    throw new Error(`${path}: hack/test/file-order.ts does not say when this directory's turn is`);
  return position;
}

/** What measures memory: beside other work the garbage collector has less time than it wants. */
const quietOnes = /\/test\/api\/agent-memory\.test\.ts$/;

/**
 * vitest's own order, in which the files that took longest come first, but for the e2e tier: there the order is always
 * the same, by directory and then by name. What measures memory comes last.
 */
export class FileOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const others = sorted.filter((file) => e2ePosition(file.moduleId) === undefined);
    const e2e = sorted.filter((file) => e2ePosition(file.moduleId) !== undefined);
    const loud = others.filter((file) => !quietOnes.test(file.moduleId));
    const quiet = others.filter((file) => quietOnes.test(file.moduleId));
    return [...loud, ...quiet, ...e2e.sort((a, b) => compare(a.moduleId, b.moduleId))];
  }
}

function compare(left: string, right: string): number {
  const byDirectory = (e2ePosition(left) ?? 0) - (e2ePosition(right) ?? 0);
  return byDirectory === 0 ? left.localeCompare(right, 'en') : byDirectory;
}
