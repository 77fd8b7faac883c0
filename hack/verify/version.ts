import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { conclude } from './problems.ts';
import { type Manifest, versionProblems } from './version-problems.ts';

const root: string = resolve(import.meta.dirname, '../..');

function manifest(path: string): Manifest {
  return JSON.parse(readFileSync(resolve(root, path), 'utf8')) as Manifest;
}

function installed(name: string): string | undefined {
  const path = `node_modules/${name}/package.json`;
  return existsSync(resolve(root, path)) ? manifest(path).version : undefined;
}

const version = readFileSync(resolve(root, 'VERSION'), 'utf8').trimEnd();
const problems = versionProblems({
  version,
  manifest: manifest('package.json'),
  lockVersion: manifest('package-lock.json').version,
  changelog: readFileSync(resolve(root, 'CHANGELOG.md'), 'utf8'),
  kustomization: readFileSync(resolve(root, 'config/default/kustomization.yaml'), 'utf8'),
  installed,
});
conclude('verify-version', problems, version);
