import { type ChildProcess, spawn } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { mustRun, until } from './run.ts';

/**
 * A private view of the file system, for full disks, read-only directories and the fixed paths of other programs.
 * It goes with this process, because its holder watches us.
 */
export class MountNamespace {
  readonly #holder: ChildProcess;

  private constructor(holder: ChildProcess) {
    this.#holder = holder;
  }

  static async create(): Promise<MountNamespace> {
    // Slave: network namespaces made later (bind mounts below /run/netns) still show up inside.
    const holder = spawn(
      'unshare',
      [
        '--mount',
        '--propagation',
        'slave',
        'tail',
        `--pid=${process.pid}`,
        '--sleep-interval=0.5',
        '-f',
        '/dev/null',
      ],
      { stdio: 'ignore' },
    );
    const own = readlinkSync('/proc/self/ns/mnt');
    await until('a mount namespace', 5000, () => {
      try {
        return (
          readlinkSync(`/proc/${holder.pid}/ns/mnt`) !== own &&
          readlinkSync(`/proc/${holder.pid}/exe`).endsWith('tail')
        );
      } catch {
        return false;
      }
    });
    return new MountNamespace(holder);
  }

  /** Prefix that runs a command inside. */
  get enter(): readonly string[] {
    return ['nsenter', `--mount=/proc/${this.#holder.pid}/ns/mnt`];
  }

  /** Runs a shell command inside, mostly mount(8). */
  sh(command: string): string {
    return mustRun([...this.enter, 'sh', '-ec', command]);
  }

  /** A fresh tmpfs of `bytes` over `path`. */
  tmpfs(path: string, bytes: number): void {
    this.sh(`mount -t tmpfs -o size=${bytes},mode=0700 tmpfs '${path}'`);
  }

  readOnly(path: string): void {
    this.sh(`mount --bind '${path}' '${path}' && mount -o remount,bind,ro '${path}'`);
  }

  unmount(path: string): void {
    this.sh(`umount '${path}'`);
  }

  dispose(): void {
    this.#holder.kill('SIGKILL');
  }
}
