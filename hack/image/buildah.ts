import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { run } from '../cluster/command.ts';

/** What an image is made of. */
export interface BuildahBuild {
  /** Directory with Dockerfile and .dockerignore. */
  readonly context: string;
  /** The image's name. */
  readonly name: string;
  /** File to write: what `docker save` writes, which containerd, podman and Docker load under the image's name. */
  readonly archive: string;
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

/** Three minutes: it copies some hundred megabytes thrice. */
const timeoutMs = 180_000;

/**
 * Builds a Dockerfile and writes the archive. The same files give the same bytes. Everything that buildah keeps is in one
 * directory that is removed afterwards; it mounts nothing, because storage driver vfs copies.
 */
export async function buildWithBuildah(build: BuildahBuild): Promise<void> {
  const room = openRoom();
  try {
    const base = ['buildah', '--root', `${room}/r`, '--runroot', `${room}/rr`, '--storage-driver', 'vfs'];
    const policy = ['--signature-policy', `${room}/policy.json`];
    const options = { env: environment(room), timeoutMs };
    // Not format docker: its configuration holds a random container ID.
    const fixed = ['--isolation', 'chroot', '--pull-never', '--format', 'oci', '--timestamp', '0'];
    await run(
      [
        ...[...base, 'bud', ...policy, ...fixed, '--identity-label=false', '--quiet'],
        ...Object.entries(build.buildArgs).map(([name, value]) => `--build-arg=${name}=${value}`),
        ...Object.entries(build.labels).map(([name, value]) => `--label=${name}=${value}`),
        ...['--tag', build.name, '--file', join(build.context, 'Dockerfile'), build.context],
      ],
      options,
    );
    // Not oci-archive: it compresses, which costs more than it saves on the way to a node on this machine.
    const target = `docker-archive:${build.archive}:${build.name}`;
    await run([...base, 'push', '--quiet', ...policy, build.name, target], options);
  } finally {
    rmSync(room, { recursive: true, force: true });
  }
}

/** The directory below the cache in which all builds work; empty when there is none. */
export function buildahRoom(): string {
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'weft/image');
}

/** A new directory in it. Those of killed builds are removed: the caller holds the lock. */
function openRoom(): string {
  const parent = buildahRoom();
  rmSync(parent, { recursive: true, force: true });
  mkdirSync(parent, { recursive: true });
  const room = mkdtempSync(join(parent, 'b-'));
  writeFileSync(`${room}/policy.json`, '{"default":[{"type":"insecureAcceptAnything"}]}\n');
  return room;
}

/**
 * As root buildah writes outside of its storage too: /var/lib/containers/cache and /etc/cni/net.d/cni.lock. The first
 * variable is what it sets for itself in a user namespace: then it takes HOME and the XDG directories for both.
 */
function environment(room: string): Readonly<Record<string, string>> {
  return {
    _CONTAINERS_ROOTLESS_UID: '1',
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    HOME: room,
    XDG_CONFIG_HOME: room,
    XDG_DATA_HOME: room,
    XDG_RUNTIME_DIR: room,
    TMPDIR: room,
  };
}
