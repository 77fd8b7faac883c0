import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { resultsFile } from '../test/tier-results.ts';
import { tiers } from '../test/tiers.ts';
import { parseRequirements, type Requirement } from './requirement.ts';
import { type TierRun, tierRun } from './tier-run.ts';
import { sourceNumbers } from './title-numbers.ts';

/** What changes no result of a test. */
const notSources: readonly string[] = [
  'test/conformance/',
  'hack/conformance/',
  'test/unit/hack/conformance/',
];

/** All of test/conformance, in the order of the files' names. */
export function readRequirements(root: string): Requirement[] {
  const directory = join(root, 'test/conformance');
  return readdirSync(directory)
    .filter((name) => name.endsWith('.yaml'))
    .toSorted()
    .flatMap((name) => parseRequirements(readFileSync(join(directory, name), 'utf8'), name));
}

/** What the tiers of `make test` left, in their order. */
export function readTierRuns(root: string): TierRun[] {
  const newest = newestSource(root);
  return tiers.map(({ name }) => {
    const file = resultsFile(root, name);
    return tierRun(name, existsSync(file) ? readFileSync(file, 'utf8') : undefined, newest, root);
  });
}

/** Numbers that stand in the tests' sources, whether they have run or not; a vector's name is the title of its tests. */
export function readSourceNumbers(root: string): Set<string> {
  const files = [...sources(root, ['test/**/*.ts']), ...sources(root, ['test/engine/vectors'])];
  return new Set(files.flatMap((path) => sourceNumbers(readFileSync(join(root, path), 'utf8'))));
}

function newestSource(root: string): number {
  const files = sources(root, ['src', 'test', 'hack', 'crds', 'config', 'package-lock.json']);
  return Math.max(...files.map((path) => statSync(join(root, path)).mtimeMs));
}

function sources(root: string, paths: readonly string[]): string[] {
  return execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z', ...paths], { cwd: root })
    .toString('utf8')
    .split('\0')
    .filter((path) => path !== '' && !notSources.some((start) => path.startsWith(start)))
    .filter((path) => existsSync(join(root, path)));
}
