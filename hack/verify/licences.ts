import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type LicenceRules, type LockedPackage, licenceProblems } from './licence-problems.ts';
import { conclude } from './problems.ts';

const root: string = resolve(import.meta.dirname, '../..');

function read(path: string): unknown {
  return JSON.parse(readFileSync(resolve(root, path), 'utf8'));
}

const { packages } = read('package-lock.json') as { packages: Record<string, LockedPackage> };
const rules = read('hack/verify/licences.json') as LicenceRules;
const shipped = Object.entries(packages)
  .filter(([path, entry]) => path !== '' && entry.dev !== true && entry.optional !== true)
  .map(([path]) => ({ path, licence: (read(`${path}/package.json`) as { license?: unknown }).license }));
conclude('verify-licences', licenceProblems(shipped, rules), `${shipped.length} production packages`);
