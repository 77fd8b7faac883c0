import { createHash } from 'node:crypto';
import { copyFileSync, createReadStream, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { run } from '../cluster/command.ts';
import { envtestAssets, type Progress } from '../toolchain/tools.ts';
import { type Lockfile, type SourceComponent, sbomOf } from './sbom.ts';

const root: string = resolve(import.meta.dirname, '../..');

/** What a release holds beside the image, by file name. */
const manifests = { 'weft.yaml': 'config/default', 'weft-crd.yaml': 'config/crd' } as const;

/** The metafiles of dist's bundles. */
const metafiles = ['weft', 'agent', 'operator', 'cli'] as const;

/**
 * Writes manifests, kubectl-weft, the SBOM, the archive of the image where one is named, and SHA256SUMS of all of it into a
 * directory, which then holds nothing else. dist must be built. The same checkout gives the same bytes.
 */
export async function makeRelease(directory: string, progress: Progress, image?: string): Promise<void> {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const kubectl = join(await envtestAssets(progress), 'kubectl');
  for (const [file, from] of Object.entries(manifests))
    writeFileSync(join(directory, file), await run([kubectl, 'kustomize', join(root, from)]));
  copyFileSync(join(root, 'dist/kubectl-weft'), join(directory, 'kubectl-weft'));
  writeFileSync(join(directory, 'weft.cdx.json'), `${JSON.stringify(sbom(), null, 2)}\n`);
  const files = [...Object.keys(manifests), 'kubectl-weft', 'weft.cdx.json'];
  if (image !== undefined) {
    copyFileSync(image, join(directory, 'weft-image.tar'));
    files.push('weft-image.tar');
  }
  const sums = await Promise.all(files.toSorted().map((file) => sumLine(directory, file)));
  writeFileSync(join(directory, 'SHA256SUMS'), sums.join(''));
}

/** As sha256sum writes and checks it. */
async function sumLine(directory: string, file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(join(directory, file)), hash);
  return `${hash.digest('hex')}  ${file}\n`;
}

function sbom(): object {
  const inputs = metafiles.flatMap((name) => {
    const { inputs } = JSON.parse(text(`dist/${name}.meta.json`)) as { readonly inputs: object };
    return Object.keys(inputs);
  });
  return sbomOf({
    version: text('VERSION').trim(),
    lockfile: JSON.parse(text('package-lock.json')) as Lockfile,
    inputs,
    // Of the image.
    shipped: [`node_modules/node-linux-${process.arch}`],
    sources: [quickjs()],
  });
}

/** From the script that builds it: dist/weft holds its interpreter. */
function quickjs(): SourceComponent {
  const script = text('hack/toolchain/quickjs.sh');
  const value = (name: string): string => {
    const found = new RegExp(`^${name}=(\\S+)$`, 'm').exec(script)?.[1];
    if (found === undefined) throw new Error(`hack/toolchain/quickjs.sh sets no ${name}`);
    return found;
  };
  return { name: 'quickjs', version: value('upstream'), sha256: value('tarball_sha256'), licence: 'MIT' };
}

function text(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}
