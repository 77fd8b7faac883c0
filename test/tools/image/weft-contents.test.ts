import { createHash } from 'node:crypto';
import { createReadStream, lutimesSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildArchive, buildImage, imageName } from '../../../hack/image/build-image.ts';
import { buildahRoom } from '../../../hack/image/buildah.ts';
import { withImageLock } from '../../../hack/image/image-lock.ts';
import { mustRun } from '../../harness/run.ts';
import { podmanTraces } from './traces.ts';

const root = resolve(import.meta.dirname, '../../..');
/** DESIGN §5. */
const maxBytes = 150_000_000;
/** The first build may have to compile QuickJS. */
const cold = 600_000;

/** The part of `docker save`'s manifest.json that is read here. */
interface Saved {
  readonly Config: string;
  readonly RepoTags: readonly string[];
  readonly Layers: readonly string[];
}

/** The part of an image's configuration that is taken apart here. */
interface ImageConfig {
  readonly config: { readonly Labels: Readonly<Record<string, string>> };
  readonly history: readonly object[];
}

/** One entry of the layer, as `tar -tv` shows it. */
interface Entry {
  readonly mode: string;
  readonly owner: string;
  readonly size: number;
  readonly path: string;
}

let work = '';
let archive = '';
let saved: Saved;
let entries: readonly Entry[] = [];

beforeAll(async () => {
  archive = await buildImage((line) => console.log(line));
  work = mkdtempSync(join(tmpdir(), 'weft-contents-'));
  mustRun(['tar', '-x', '-C', work, '-f', archive]);
  [saved] = JSON.parse(readFileSync(join(work, 'manifest.json'), 'utf8')) as [Saved];
  const list = mustRun(['tar', '--numeric-owner', '-tv', '-f', join(work, saved.Layers[0] ?? '')]);
  entries = list.trim().split('\n').map(entry);
}, cold);

afterAll(() => rmSync(work, { recursive: true, force: true }));

function entry(line: string): Entry {
  const [mode = '', owner = '', size = '', , , ...path] = line.split(/ +/);
  return { mode, owner, size: Number(size), path: `/${path.join(' ')}` };
}

function configOf(text: string): ImageConfig {
  return JSON.parse(text) as ImageConfig;
}

function files(): readonly Entry[] {
  return entries.filter(({ mode }) => !mode.startsWith('d'));
}

function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  return pipeline(createReadStream(path), hash).then(() => hash.digest('hex'));
}

describe('the image', () => {
  it('is one layer with the name that pods use, for this machine, with its version in the labels', () => {
    expect(saved.RepoTags).toEqual([imageName]);
    expect(saved.Layers).toHaveLength(1);
    expect(JSON.parse(readFileSync(join(work, saved.Config), 'utf8'))).toMatchObject({
      os: 'linux',
      architecture: process.arch === 'x64' ? 'amd64' : process.arch,
      created: '1970-01-01T00:00:00Z',
      config: {
        Labels: {
          'org.opencontainers.image.title': 'weft',
          'org.opencontainers.image.licenses': 'Apache-2.0',
          'org.opencontainers.image.version': readFileSync(join(root, 'VERSION'), 'utf8').trim(),
        },
      },
    });
  });

  it('unpacks to at most 150 MB', () => {
    const bytes = files().reduce((sum, { size }) => sum + size, 0);
    expect(bytes).toBeGreaterThan(50_000_000);
    expect(bytes).toBeLessThanOrEqual(maxBytes);
  });

  it('holds Node, its libraries, certificates, weft, four small files and licences; nothing else', () => {
    const library =
      /^\/(usr\/)?lib(64|\/[a-z0-9_]+-linux-gnu)?\/(ld-linux-[a-z0-9_-]+|lib(c|dl|gcc_s|m|pthread|stdc\+\+))\.so\.\d$/;
    const paths = files().map(({ path }) => path);
    const others = paths.filter((path) => !library.test(path) && !/^\/weft\/agent-[\w-]+\.mjs$/.test(path));
    expect(others.toSorted()).toEqual([
      '/etc/group',
      '/etc/nsswitch.conf',
      '/etc/passwd',
      '/etc/ssl/certs/ca-certificates.crt',
      '/licenses/node/LICENSE',
      '/licenses/weft/LICENSE',
      '/licenses/weft/NOTICE',
      '/usr/bin/node',
      '/weft/agent.mjs',
      '/weft/operator.mjs',
      '/weft/weft',
    ]);
    expect(paths.filter((path) => library.test(path)).length).toBeGreaterThanOrEqual(5);
  });

  it('has only plain files that root owns, none of them setuid, writable by others or a shell', () => {
    for (const { mode, owner, path } of entries) {
      expect(`${mode} ${owner} ${path}`).toMatch(/^(d|-)rw(x|-)r-(x|-)r-(x|-) 0\/0 /);
    }
    const programs = files().filter(({ mode, path }) => mode.includes('x') && !path.includes('.so.'));
    expect(programs.map(({ path }) => path).toSorted()).toEqual(['/usr/bin/node', '/weft/weft']);
  });

  it('holds exactly the agent, the operator and the plugin of dist', async () => {
    mustRun(['tar', '-x', '-C', work, '-f', join(work, saved.Layers[0] ?? ''), 'weft']);
    for (const name of ['weft', 'agent.mjs', 'operator.mjs'])
      expect(await hashOf(join(work, 'weft', name))).toBe(await hashOf(join(root, 'dist', name)));
  });
});

describe('building it', () => {
  it('does nothing when nothing has changed, in less than a second', async () => {
    const lines: string[] = [];
    const start = performance.now();
    expect(await buildImage((line) => lines.push(line))).toBe(archive);
    expect(performance.now() - start).toBeLessThan(1_000);
    expect(lines).toEqual([]);
  });

  it('gives the same from files of another time, but for a label if one is asked for', async () => {
    const before = podmanTraces();
    const again = join(work, 'again.tar');
    await withImageLock(
      () => {},
      async () => {
        lutimesSync(join(root, 'build/image/root/etc/passwd'), 1, 1);
        await buildArchive(again, { revision: '0123abc' });
      },
    );
    const [labelled] = JSON.parse(mustRun(['tar', '-xO', '-f', again, 'manifest.json'])) as [Saved];
    // Named by their hashes.
    expect(labelled.Layers).toEqual(saved.Layers);
    const config = configOf(mustRun(['tar', '-xO', '-f', again, labelled.Config]));
    const { 'org.opencontainers.image.revision': revision, ...labels } = config.config.Labels;
    expect(revision).toBe('0123abc');
    const usual = configOf(readFileSync(join(work, saved.Config), 'utf8'));
    // The last entry of the history is the label.
    const history = config.history.slice(0, -1);
    expect({ ...config, config: { ...config.config, Labels: labels }, history }).toEqual({
      ...usual,
      history: usual.history.map((step) => ({ empty_layer: true, ...step })),
    });
    expect(podmanTraces()).toEqual(before);
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain('weft/image');
    expect(readdirSync(buildahRoom())).toEqual([]);
  });
});
