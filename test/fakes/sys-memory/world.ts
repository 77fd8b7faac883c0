import type { Verb } from '../../../src/cni/env.ts';
import type { DefaultRoute } from '../../../src/executor/sys.ts';
import { Disk, type Inode, type Survival } from './disk.ts';
import type { MemoryAgent } from './memory-agent.ts';
import type { DelegateRun } from './memory-delegate.ts';
import { simulatedDelegate } from './memory-delegate.ts';

/** A network namespace. */
export interface MemorySandbox {
  readonly links: Set<string>;
  routes: DefaultRoute[];
}

/** A process that goes on after the plugin which caused it was killed: a delegate's own child. */
export interface Stray {
  readonly pgid: number;
  readonly containerId: string;
  readonly run: DelegateRun;
}

/** One open lock: who holds the inode how. */
interface Hold {
  readonly inode: Inode;
  readonly kind: 'shared' | 'exclusive';
  readonly owner: string;
}

/** How the plugins of one type behave on one verb; `ifname` narrows it down. */
export interface Mood {
  readonly type: string;
  readonly verb: Verb;
  readonly ifname?: string;
  /** `unrunnable`: the program cannot be executed. */
  readonly how: 'fail' | 'hang' | 'garbage' | 'fail-after-work' | 'unrunnable';
}

/** One execution of a delegate, as it was called. */
export interface DelegateLog {
  readonly verb: string;
  readonly type: string;
  readonly ifname: string;
  readonly containerId: string;
  readonly netns: string;
  readonly args: string;
  readonly stdin: string;
  /** Path of what was executed. */
  readonly program: string;
  /** Its CNI_PATH. */
  readonly path: string;
}

/** The machine: disk, clock, kernel, addresses and agent. Processes look at it through a MemorySys each. */
export class World {
  readonly disk: Disk = new Disk();
  readonly sandboxes: Map<string, MemorySandbox> = new Map();
  /** What delegates hold on disk, `network container interface`: survives a power loss at once, which is the worst case. */
  readonly allocations: Set<string> = new Set();
  /** Delegates' executions in order. */
  readonly log: DelegateLog[] = [];
  /** What must never happen, and did. */
  readonly violations: string[] = [];
  moods: Mood[] = [];
  strays: Stray[] = [];
  agent: MemoryAgent | undefined;
  /** Monotonic milliseconds since boot. */
  nowMs = 1000;
  /** Wall clock at monotonic 0. */
  wallBaseMs = 1_700_000_000_000;
  #holds: Hold[] = [];
  #timers: { readonly at: number; readonly action: () => void }[] = [];
  #nextPid = 100;
  #uuids = 0;

  constructor() {
    this.disk.now = () => this.wallBaseMs + this.nowMs;
    this.disk.plantDirectory('/run');
    this.disk.plantDirectory('/var/lib');
  }

  newPid(): number {
    this.#nextPid += 1;
    return this.#nextPid;
  }

  /** A fresh one with each read, as the kernel's file gives. */
  uuid(): string {
    this.#uuids += 1;
    return `00000000-0000-4000-8000-${String(this.#uuids).padStart(12, '0')}`;
  }

  /** The agent dies. */
  strikeAgent(): void {
    this.agent = undefined;
  }

  addSandbox(netns: string): MemorySandbox {
    const sandbox = { links: new Set(['lo']), routes: [] };
    this.sandboxes.set(netns, sandbox);
    return sandbox;
  }

  install(directory: string, ...types: readonly string[]): void {
    for (const type of types) this.disk.plant(`${directory}/${type}`, '#!');
  }

  /** Lets time pass; what was to happen meanwhile happens. */
  pass(ms: number): void {
    const until = this.nowMs + ms;
    for (;;) {
      const due = this.#timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== due);
      this.nowMs = Math.max(this.nowMs, due.at);
      due.action();
    }
    this.nowMs = Math.max(this.nowMs, until);
  }

  in(ms: number, action: () => void): void {
    this.#timers.push({ at: this.nowMs + ms, action });
  }

  tryLock(owner: string, inode: Inode, kind: Hold['kind']): boolean {
    const others = this.#holds.filter((hold) => hold.inode === inode && hold.owner !== owner);
    if (others.some((hold) => hold.kind === 'exclusive' || kind === 'exclusive')) return false;
    this.unlock(owner);
    this.#holds.push({ inode, kind, owner });
    return true;
  }

  unlock(owner: string): void {
    this.#holds = this.#holds.filter((hold) => hold.owner !== owner);
  }

  /** How many locks are held now, by whomever. */
  get locks(): number {
    return this.#holds.length;
  }

  moodOf(type: string, verb: string, ifname: string): Mood['how'] | undefined {
    const fits = (mood: Mood): boolean =>
      mood.type === type && mood.verb === verb && (mood.ifname === undefined || mood.ifname === ifname);
    return this.moods.find(fits)?.how;
  }

  startDelegate(environ: Readonly<Record<string, string>>, program: string, stdin: string): DelegateRun {
    return simulatedDelegate(this, environ, program, stdin);
  }

  killGroup(pgid: number): void {
    this.strays = this.strays.filter((stray) => stray.pgid !== pgid);
  }

  /** What still runs ends as it would have, in its own time. */
  settle(): void {
    for (const { run } of this.strays) while (run.next().done !== true);
    this.strays = [];
  }

  powerLoss(survival: Survival): void {
    this.disk.powerLoss(survival, ['/run']);
    this.sandboxes.clear();
    this.strays = [];
    this.#holds = [];
    this.#timers = [];
    this.nowMs = 500;
    this.wallBaseMs += 3_600_000;
    this.agent = undefined;
  }

  /** Links other than lo, allocations and files of weft, one a line; `keep` are files that may stay. */
  remains(keep: readonly string[] = []): readonly string[] {
    this.settle();
    const links = [...this.sandboxes].flatMap(([netns, { links: names }]) =>
      [...names].filter((name) => name !== 'lo').map((name) => `link ${netns} ${name}`),
    );
    const allocations = [...this.allocations].map((allocation) => `allocation ${allocation}`);
    const files = ['/run/weft', '/var/lib/weft', '/var/run/k8s.cni.cncf.io/devinfo/cni'].flatMap((path) =>
      this.disk.files(path),
    );
    const stray = files.filter((path) => !keep.includes(path)).map((path) => `file ${path}`);
    const locks = this.locks === 0 ? [] : [`${this.locks} locks held`];
    return [...links, ...allocations, ...stray, ...locks, ...this.violations];
  }
}
