import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDebris, ownedName } from '../../harness/owner.ts';
import { until } from '../../harness/run.ts';

/** f_type of overlayfs, on which another overlayfs cannot lie (a checkout inside a container). */
const overlayMagic = 0x794c7630;

/**
 * A Docker API without a Docker engine: podman's service with its images, containers and networks in one temporary
 * directory and in namespaces that end with it, also when this process is killed.
 */
export class PodmanService {
  /** Absolute; everything it has on disk. */
  readonly dir: string;
  readonly #process: ChildProcess;

  private constructor(dir: string, process: ChildProcess) {
    this.dir = dir;
    this.#process = process;
  }

  /** Starts it and waits until it listens; rejects with its log if it does not. Removes what killed runs left on disk. */
  static async start(): Promise<PodmanService> {
    const root = join(tmpdir(), 'weft-image');
    const dir = join(root, ownedName());
    mkdirSync(join(dir, 'tmp'), { recursive: true, mode: 0o700 });
    for (const name of readdirSync(root).filter(isDebris)) removeTree(join(root, name));
    writeFileSync(join(dir, 'containers.conf'), containersConf(dir));
    writeFileSync(join(dir, 'storage.conf'), storageConf(dir));
    const service = new PodmanService(dir, startProcess(dir));
    try {
      await until('podman system service', 20_000, () => existsSync(service.socket) || service.#ended);
      if (service.#ended) throw new Error('podman system service ended');
      return service;
    } catch (error) {
      const log = readFileSync(join(dir, 'log'), 'utf8');
      await service.stop();
      throw new Error(`${error instanceof Error ? error.message : String(error)}: ${log.slice(-2000)}`);
    }
  }

  /** Path of the socket; it answers like Docker's. */
  get socket(): string {
    return join(this.dir, 'podman.sock');
  }

  /** Ends it with all its containers, and removes its directory. */
  async stop(): Promise<void> {
    if (!this.#ended) {
      const exit = once(this.#process, 'exit');
      const late = setTimeout(() => this.#process.kill('SIGKILL'), 10_000);
      this.#process.stdin?.end();
      await exit;
      clearTimeout(late);
    }
    removeTree(this.dir);
  }

  get #ended(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }
}

function startProcess(dir: string): ChildProcess {
  const log = openSync(join(dir, 'log'), 'a', 0o600);
  // It ends with its standard input. Process 1 inside ends last and takes the others along; --kill-child: also when
  // unshare itself is killed.
  const inside = ['--mount', '--net', '--pid', '--fork', '--kill-child', '--mount-proc'];
  return spawn('unshare', [...inside, join(import.meta.dirname, 'podman-service.sh'), dir], {
    stdio: ['pipe', log, log],
  });
}

/**
 * cgroups: none is made, so none stays (crun only). default_ulimits: podman's own need CAP_SYS_RESOURCE, which the
 * machine may lack ("error setting rlimit").
 */
function containersConf(dir: string): string {
  return `[containers]
cgroups = "disabled"
default_ulimits = []
log_driver = "k8s-file"
[network]
network_config_dir = "${dir}/networks"
[engine]
cgroup_manager = "cgroupfs"
runtime = "crun"
events_logger = "file"
events_logfile_path = "${dir}/events"
static_dir = "${dir}/static"
tmp_dir = "${dir}/tmp"
volume_path = "${dir}/volumes"
`;
}

function storageConf(dir: string): string {
  const driver = statfsSync(dir).type === overlayMagic ? 'vfs' : 'overlay';
  return `[storage]\ndriver = "${driver}"\ngraphroot = "${dir}/images"\nrunroot = "${dir}/run"\n`;
}

/** Its processes may still be dying. */
function removeTree(path: string): void {
  rmSync(path, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
}
