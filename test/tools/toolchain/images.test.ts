import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toolDirectory } from '../../../hack/toolchain/tools.ts';
import { mustRun, tryRun, until } from '../../harness/run.ts';

const cold = 900_000;
const names = ['coredns', 'pause', 'tools'] as const;

let root = '';
let images = '';
let ctr: readonly string[] = [];
let containerd: ChildProcess | undefined;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'weft-images-'));
  const silent = (): void => {};
  images = await toolDirectory('images', silent);
  const programs = await toolDirectory('containerd', silent);
  // Without its Kubernetes part: that would look for CNI and cgroups.
  writeFileSync(
    join(root, 'config.toml'),
    `version = 3
root = '${root}/root'
state = '${root}/state'
disabled_plugins = ['io.containerd.grpc.v1.cri', 'io.containerd.cri.v1.images', 'io.containerd.cri.v1.runtime']
[grpc]
address = '${root}/sock'
[ttrpc]
address = '${root}/sock.ttrpc'
`,
  );
  containerd = spawn(join(programs, 'containerd'), ['--config', join(root, 'config.toml')], {
    stdio: 'ignore',
  });
  ctr = [join(programs, 'ctr'), '--address', join(root, 'sock'), '--namespace', 'k8s.io'];
  await until('containerd', 20_000, () => tryRun([...ctr, 'version']) !== undefined);
}, cold);

afterAll(async () => {
  containerd?.kill('SIGTERM');
  await until(
    'the end of containerd',
    20_000,
    () => containerd === undefined || containerd.exitCode !== null,
  );
  rmSync(root, { recursive: true, force: true });
});

/** A directory with the archive's files. */
function unpack(name: string): string {
  const dir = mkdtempSync(join(root, `${name}-`));
  mustRun(['tar', '-x', '-C', dir, '-f', join(images, `${name}.tar`)]);
  return dir;
}

interface Descriptor {
  readonly digest: string;
}

function readJson(path: string): Record<string, unknown> {
  return JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
}

function blobPath(dir: string, descriptor: Descriptor | undefined): string {
  return join(dir, 'blobs', descriptor?.digest.replace(':', '/') ?? 'nothing');
}

function readBlob(dir: string, descriptor: Descriptor | undefined): Record<string, unknown> {
  return readJson(blobPath(dir, descriptor));
}

describe('the images of test clusters', () => {
  it('are taken by containerd under the names that pods use, for this machine', () => {
    for (const name of names) mustRun([...ctr, 'images', 'import', join(images, `${name}.tar`)]);
    expect(
      mustRun([...ctr, 'images', 'list', '--quiet'])
        .trim()
        .split('\n')
        .sort(),
    ).toEqual(names.map((name) => `localhost/weft-${name}:dev`));
    // `check` says of each whether all of its content is there and whether it was unpacked for the platform.
    const checked = mustRun([...ctr, 'images', 'check']);
    expect(checked.match(/complete \(2\/2\).* true/gu)).toHaveLength(names.length);
  });

  it.each([
    ['coredns', '/coredns'],
    ['pause', '/pause'],
    ['tools', '/bin/sh'],
  ])('%s starts with %s', (name, program) => {
    const dir = unpack(name);
    const [index] = readJson(join(dir, 'index.json')).manifests as Descriptor[];
    const manifest = readBlob(dir, index);
    expect(readBlob(dir, manifest.config as Descriptor)).toMatchObject({
      os: 'linux',
      architecture: process.arch === 'x64' ? 'amd64' : process.arch,
      config: { Entrypoint: [program] },
    });
    mustRun(['tar', '-t', '-f', blobPath(dir, (manifest.layers as Descriptor[])[0]), `.${program}`]);
  });

  it('tools: its httpd, wget, ping, nc and ip work without any other file', () => {
    const dir = unpack('tools');
    const [index] = readJson(join(dir, 'index.json')).manifests as Descriptor[];
    const [layer] = readBlob(dir, index).layers as Descriptor[];
    const tree = join(dir, 'tree');
    mustRun(['mkdir', tree]);
    mustRun(['tar', '-x', '-C', tree, '-f', blobPath(dir, layer)]);
    const script = `ip link set lo up; echo hello >/tmp/index.html; httpd -p 127.0.0.1:80 -h /tmp
      wget -q -O - http://127.0.0.1/; ping -c 1 -q 127.0.0.1 >/tmp/ping && echo pong
      printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc 127.0.0.1 80 | tail -n 1`;
    // A PID namespace, so that the httpd ends with it.
    const inside = [
      'unshare',
      '--net',
      '--pid',
      '--fork',
      '--kill-child',
      'chroot',
      tree,
      '/bin/sh',
      '-c',
      script,
    ];
    expect(mustRun(inside)).toBe('hello\npong\nhello\n');
  });

  it.each(names)('%s: every blob is what its name says', (name) => {
    const blobs = join(unpack(name), 'blobs', 'sha256');
    const hashes = readdirSync(blobs);
    expect(hashes).toHaveLength(3);
    for (const hash of hashes) {
      expect(
        createHash('sha256')
          .update(readFileSync(join(blobs, hash)))
          .digest('hex'),
      ).toBe(hash);
    }
  });
});
