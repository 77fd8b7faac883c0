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

/** What takes longest of the api tier, in this order: started last it would go on alone when all else has ended. */
const longOnes: readonly string[] = ['deploy', 'weft-node', 'operator-rights', 'agent-sources'];

/** What measures memory: beside other work the garbage collector has less time than it wants. */
const quietOnes = /\/test\/api\/agent-memory\.test\.ts$/;

/**
 * vitest's own order, in which the files that took longest the last time come first; a fresh clone does not know which,
 * so some are named here. What measures memory comes last. In the e2e tier the order is always the same, by directory
 * and then by name.
 */
export class FileOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const others = sorted.filter((file) => e2ePosition(file.moduleId) === undefined);
    const e2e = sorted.filter((file) => e2ePosition(file.moduleId) !== undefined);
    const turn = (file: TestSpecification): number => turnOf(file.moduleId);
    return [
      ...others.toSorted((a, b) => turn(a) - turn(b)),
      ...e2e.sort((a, b) => compare(a.moduleId, b.moduleId)),
    ];
  }
}

/** The lowest starts first; it is below 0 for what takes longest, 0 for most, 1 for what comes last. */
export function turnOf(path: string): number {
  const name = /\/test\/api\/([^/]+)\.test\.ts$/.exec(path)?.[1] ?? '';
  if (longOnes.includes(name)) return longOnes.indexOf(name) - longOnes.length;
  return quietOnes.test(path) ? 1 : 0;
}

function compare(left: string, right: string): number {
  const byDirectory = (e2ePosition(left) ?? 0) - (e2ePosition(right) ?? 0);
  return byDirectory === 0 ? left.localeCompare(right, 'en') : byDirectory;
}
