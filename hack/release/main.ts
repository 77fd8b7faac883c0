import { resolve } from 'node:path';
import { buildImage } from '../image/build-image.ts';
import { makeRelease } from './make-release.ts';

/** make release: everything that a release consists of, in build/release. dist is built by make. */

const directory: string = resolve(import.meta.dirname, '../../build/release');

const say = (line: string): void => console.error(`release: ${line}`);

try {
  await makeRelease(directory, say, await buildImage(say));
  console.log('build/release');
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
