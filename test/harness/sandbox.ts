import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isDebris, ownedName } from './owner.ts';
import { mustRun, type RunEnd, type RunOptions, run, tryRun } from './run.ts';

const netnsDir = '/run/netns';
/** Short on purpose: a unix socket's path has at most 107 bytes. */
const tempRoot = '/tmp/weft-test';

/** A pod's sandbox: an empty network namespace of its own and the id the runtime would give it. */
export interface Pod {
  readonly containerId: string;
  /** Name for `ip -n`. */
  readonly netnsName: string;
  /** CNI_NETNS. */
  readonly netns: string;
}

/** Directories of one node, all below one temporary directory. */
export interface NodeDirs {
  readonly root: string;
  readonly state: string;
  readonly run: string;
  readonly bin: string;
  readonly conf: string;
  readonly networks: string;
  readonly networkConf: string;
  /** `ipam.dataDir` of host-local. */
  readonly ipam: string;
  /** libcni's cache directory. */
  readonly cache: string;
  /** Multus's scratch directory. */
  readonly multus: string;
}

export interface TestNodeOptions {
  /** True: a network namespace of its own with a macvlan parent `eth1`. False: dirs and pods only. */
  readonly network: boolean;
  /** Directories that shall outlive the node. They must be there; dispose() leaves them alone. */
  readonly dirs?: Partial<NodeDirs>;
}

/**
 * A node that cannot collide with the machine: everything that runs "on the host" runs in a network namespace of the
 * test, with its own directories. dispose() removes all of it; what a killed run left is removed by the next create().
 */
export class TestNode {
  readonly name: string;
  readonly dirs: NodeDirs;
  readonly #network: boolean;
  readonly #pods: Pod[] = [];
  #disposed = false;

  private constructor(name: string, dirs: NodeDirs, network: boolean) {
    this.name = name;
    this.dirs = dirs;
    this.#network = network;
  }

  static create(options: TestNodeOptions): TestNode {
    clearDebris();
    const name = ownedName();
    const node = new TestNode(name, { ...makeDirs(name), ...options.dirs }, options.network);
    living.add(node);
    if (options.network) node.#makeNetwork();
    return node;
  }

  /** The agent's socket. */
  get socket(): string {
    return join(this.dirs.run, 'agent.sock');
  }

  /** Prefix that puts a command into the node's network namespace; empty without one. */
  get enter(): readonly string[] {
    // Not `ip netns exec`: that also changes mounts, and costs more.
    return this.#network ? ['nsenter', `--net=${join(netnsDir, this.name)}`] : [];
  }

  get pods(): readonly Pod[] {
    return this.#pods;
  }

  /** An empty pod. IPv6 addresses are usable at once there (no duplicate detection), as in no other respect. */
  pod(): Pod {
    const netnsName = ownedName();
    mustRun(['ip', 'netns', 'add', netnsName]);
    const netns = join(netnsDir, netnsName);
    mustRun([
      'nsenter',
      `--net=${netns}`,
      'sh',
      '-c',
      'ip link set lo up; echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad',
    ]);
    const pod = { containerId: `${netnsName}-pod`, netnsName, netns };
    this.#pods.push(pod);
    return pod;
  }

  /** Removes a pod's namespace, as the runtime does after a DEL (or before, when it is in a hurry). */
  removePod(pod: Pod): void {
    removeNetns(pod.netnsName);
    const at = this.#pods.indexOf(pod);
    if (at >= 0) this.#pods.splice(at, 1);
  }

  /** Runs a command in the node's network namespace. */
  exec(argv: readonly string[], options: RunOptions = {}): Promise<RunEnd> {
    return run([...this.enter, ...argv], options);
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    living.delete(this);
    for (const pod of this.#pods) removeNetns(pod.netnsName);
    if (this.#network) removeNetns(this.name);
    rmSync(this.dirs.root, { recursive: true, force: true });
  }

  #makeNetwork(): void {
    mustRun(['ip', 'netns', 'add', this.name]);
    const inside = [
      'ip link set lo up',
      'ip link add eth1 type veth peer name eth1-wire',
      'ip link set eth1 up',
      'ip link set eth1-wire up',
    ];
    mustRun([...this.enter, 'sh', '-ec', inside.join('\n')]);
  }
}

const living = new Set<TestNode>();
process.on('exit', () => {
  for (const node of living) node.dispose();
});

/** Removes namespaces and directories whose maker is dead, with the processes that still sit in them. */
export function clearDebris(): void {
  for (const name of namesIn(netnsDir).filter(isDebris)) removeNetns(name);
  for (const name of namesIn(tempRoot).filter(isDebris)) {
    rmSync(join(tempRoot, name), { recursive: true, force: true });
  }
}

/** Ends what runs inside (only a test's own processes can) and removes the namespace. */
function removeNetns(name: string): void {
  const pids = tryRun(['ip', 'netns', 'pids', name]) ?? '';
  for (const pid of pids.split('\n').filter((line) => line !== '')) {
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // Gone meanwhile.
    }
  }
  tryRun(['ip', 'netns', 'del', name]);
}

function namesIn(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
}

function makeDirs(name: string): NodeDirs {
  mkdirSync(tempRoot, { recursive: true, mode: 0o755 });
  const root = join(tempRoot, name);
  mkdirSync(root, { mode: 0o755 });
  const make = (sub: string): string => {
    const path = join(root, sub);
    mkdirSync(path, { mode: 0o700 });
    return path;
  };
  return {
    root,
    state: make('state'),
    run: make('run'),
    bin: make('bin'),
    conf: make('conf'),
    networks: make('networks'),
    networkConf: make('networkconf'),
    ipam: make('ipam'),
    cache: make('cache'),
    multus: make('multus'),
  };
}
