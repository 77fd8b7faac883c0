import { createHash } from 'node:crypto';
import { globSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { run } from '../cluster/command.ts';
import type { Progress } from '../toolchain/tools.ts';
import { buildWithBuildah } from './buildah.ts';
import { freshDist } from './fresh-dist.ts';
import { imageFiles } from './image-files.ts';
import { withImageLock } from './image-lock.ts';
import { stageRoot } from './stage-root.ts';
import { type StagedFile, stagedLine } from './staged-file.ts';

/** The name under which the archive is loaded; pods that use it need `imagePullPolicy: Never`. */
export const imageName = 'localhost/weft:dev';

/** Additions to an image that `make image` builds without. */
export interface ImageOptions {
  /** Commit, for the label org.opencontainers.image.revision. Not by default: it would change the image at each commit. */
  readonly revision?: string;
}

const root: string = resolve(import.meta.dirname, '../..');
const out: string = join(root, 'build/image');
const archive: string = join(out, 'weft.tar');
const stamp: string = join(out, 'weft.key');

/**
 * The path of an archive of the image, built unless it is there from the same content; dist is built first where it is
 * missing or outdated. Several callers at once are served one after the other. Rejects with what buildah said.
 */
export function buildImage(progress: Progress, options: ImageOptions = {}): Promise<string> {
  return locked(progress, async () => {
    await freshDist(root, progress);
    const files = await imageFiles(root);
    const key = await contentKey(files, options);
    if (readStamp() === stampFor(key)) return archive;
    const start = performance.now();
    progress('staging the files');
    await stageRoot(join(out, 'root'), files);
    progress('building with buildah');
    const temporary = join(out, '.weft.tar.tmp');
    await buildArchive(temporary, options);
    renameSync(temporary, archive);
    writeFileSync(stamp, stampFor(key));
    const megabytes = (statSync(archive).size / 1e6).toFixed(0);
    progress(`${imageName}: ${megabytes} MB after ${((performance.now() - start) / 1000).toFixed(1)} s`);
    return archive;
  });
}

/** Puts everything that goes into the image into build/image/root, for `docker build`; returns that path. */
export function stageOnly(progress: Progress): Promise<string> {
  return locked(progress, async () => {
    await freshDist(root, progress);
    await stageRoot(join(out, 'root'), await imageFiles(root));
    return join(out, 'root');
  });
}

function locked<T>(progress: Progress, action: () => Promise<T>): Promise<T> {
  return withImageLock(() => progress('another run is building an image, waiting'), action);
}

/** Builds from what lies in build/image/root already, into `target`. */
export async function buildArchive(target: string, { revision }: ImageOptions = {}): Promise<void> {
  rmSync(target, { force: true });
  await buildWithBuildah({
    context: root,
    name: imageName,
    archive: target,
    buildArgs: { VERSION: readFileSync(join(root, 'VERSION'), 'utf8').trim() },
    labels: revision === undefined ? {} : { 'org.opencontainers.image.revision': revision },
  });
}

/** Over what goes in and what builds it. */
async function contentKey(files: readonly StagedFile[], options: ImageOptions): Promise<string> {
  const builders = globSync(['Dockerfile', '.dockerignore', 'VERSION', 'hack/image/*.ts'], { cwd: root });
  const hash = createHash('sha256');
  for (const path of builders.toSorted()) hash.update(`${path}\n`).update(readFileSync(join(root, path)));
  for (const file of files) hash.update(`${stagedLine(file)}\n`);
  const tools = await Promise.all([run(['buildah', '--version']), run(['strip', '--version'])]);
  return hash.update(JSON.stringify([...tools, options])).digest('hex');
}

/** Names the very archive too: it may come from a build that was killed before it wrote this, or from somebody else. */
function stampFor(key: string): string {
  const stats = statSync(archive, { throwIfNoEntry: false });
  return `${key} ${stats?.size} ${stats?.mtimeMs}\n`;
}

function readStamp(): string {
  try {
    return readFileSync(stamp, 'utf8');
  } catch {
    return '';
  }
}
