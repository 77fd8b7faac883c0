import { Buffer } from 'node:buffer';
import { crc32 } from 'node:zlib';
import {
  type Child,
  type ChildEnd,
  type ChildLimits,
  type ChildSpec,
  type DefaultRoute,
  type Fd,
  type FileStat,
  type OpenMode,
  type RouteChange,
  type Sys,
  SysError,
} from '../../../src/executor/sys.ts';
import type { Inode } from './disk.ts';
import type { DelegateRun } from './memory-delegate.ts';
import type { World } from './world.ts';

/** Thrown by every call of a process that was killed; code that catches it gets no further. */
export class Killed extends Error {
  override readonly name: string = 'Killed';
}

/** What a process is started with. */
export interface ProcessOptions {
  readonly environ?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** kill -9 at the point with this number, from 0. */
  readonly killAt?: number;
  /** True if the delegate's own children survive its death. */
  readonly orphans?: boolean;
  /** The call with this number, from 0, fails once. A write is cut in half first. */
  readonly fail?: { readonly call: number; readonly errno: string };
  /** Everything below this directory is read-only, or (ENOSPC) on a disk that is full: nothing new, but unlink works. */
  readonly broken?: { readonly directory: string; readonly errno: 'EROFS' | 'ENOSPC' };
}

interface OpenFile {
  readonly inode: Inode;
  readonly path: string;
  readonly mode: OpenMode;
}

interface Connection {
  readonly inbox: { readonly at: number; readonly line: string | undefined }[];
}

interface RunningChild {
  readonly spec: ChildSpec;
  readonly pid: number;
  released: boolean;
  /** Once its program is at work. */
  run: DelegateRun | undefined;
}

/** The world as one process sees it. Each call is counted, and is a point for a kill before and after. */
export class MemorySys implements Sys {
  /** The calls so far, `open /run/weft/…`. */
  readonly calls: string[] = [];
  /** The places where the process could have been killed so far. */
  readonly points: string[] = [];
  readonly world: World;
  dead = false;
  /** What was passed on to standard error. */
  said = '';
  readonly #options: ProcessOptions;
  readonly #pid: number;
  readonly #files = new Map<Fd, OpenFile>();
  readonly #connections = new Map<Fd, Connection>();
  readonly #children = new Map<Fd, RunningChild>();
  #nextFd = 3;

  constructor(world: World, options: ProcessOptions = {}) {
    this.world = world;
    this.#options = options;
    this.#pid = world.newPid();
  }

  /** The process ends by itself. */
  exit(): void {
    if (!this.dead) this.#die();
  }

  environ(): Readonly<Record<string, string>> {
    return this.#options.environ ?? {};
  }

  pid(): number {
    return this.#pid;
  }

  wallMs(): number {
    return Math.floor(this.world.wallBaseMs + this.world.nowMs);
  }

  monotonicMs(): number {
    return this.world.nowMs;
  }

  sleepMs(ms: number): void {
    this.#call('sleepMs', '', () => this.world.pass(ms));
  }

  crc32(text: string): number {
    return crc32(text);
  }

  readText(path: string, limit: number): string {
    return this.#call('readText', path, () => {
      if (path === '/proc/sys/kernel/random/uuid') return `${this.world.uuid()}\n`;
      return decoded(this.world.disk.file(path, false, 'readText').bytes, limit, path);
    });
  }

  forwardStderr(text: string): void {
    this.said += text;
  }

  readStdin(limit: number): string {
    return this.#call('readStdin', '', () =>
      decoded(Buffer.from(this.#options.stdin ?? ''), limit, 'standard input'),
    );
  }

  open(path: string, mode: OpenMode): Fd {
    return this.#call('open', path, () => {
      const { disk } = this.world;
      const inode = mode === 'directory' ? disk.directory(path, 'open') : disk.file(path, true, 'open');
      if (mode === 'replace') inode.bytes = Buffer.alloc(0);
      const fd = this.#newFd();
      this.#files.set(fd, { inode, path, mode });
      return fd;
    });
  }

  write(fd: Fd, text: string): void {
    const file = this.#file(fd, 'write');
    const bytes = Buffer.from(text);
    const half = bytes.subarray(0, bytes.length >> 1);
    const put = (part: Buffer): void => {
      file.inode.bytes = Buffer.concat([file.inode.bytes, part]);
      file.inode.mtimeMs = this.wallMs();
    };
    this.#call(
      'write',
      file.path,
      () => {
        put(half);
        this.#point(`in the middle of write ${file.path}`);
        put(bytes.subarray(half.length));
      },
      () => put(half),
    );
  }

  fsync(fd: Fd): void {
    const { inode, path } = this.#file(fd, 'fsync');
    this.#call('fsync', path, () => this.world.disk.sync(inode));
  }

  close(fd: Fd): void {
    const path = this.#files.get(fd)?.path ?? 'socket';
    this.#call('close', path, () => {
      this.world.unlock(this.#owner(fd));
      this.#files.delete(fd);
      this.#connections.delete(fd);
    });
  }

  rename(from: string, to: string): void {
    this.#call('rename', to, () => this.world.disk.rename(from, to));
  }

  link(from: string, to: string): void {
    this.#call('link', to, () => this.world.disk.link(from, to));
  }

  unlink(path: string): void {
    this.#call('unlink', path, () => this.world.disk.unlink(path));
  }

  mkdir(path: string, _mode: number): void {
    this.#call('mkdir', path, () => this.world.disk.mkdir(path));
  }

  readdir(path: string): readonly string[] {
    return this.#call('readdir', path, () => [...this.world.disk.directory(path, 'readdir').entries.keys()]);
  }

  stat(path: string): FileStat | undefined {
    return this.#call('stat', path, () => {
      if (this.world.sandboxes.has(path)) return { ino: 1, kind: 'other', size: 0, mtimeMs: 0 };
      return this.world.disk.stat(path);
    });
  }

  inodeOf(fd: Fd): number {
    return this.#file(fd, 'inodeOf').inode.ino;
  }

  tryLock(fd: Fd, kind: 'shared' | 'exclusive'): boolean {
    const { inode, path } = this.#file(fd, 'tryLock');
    return this.#call('tryLock', path, () => this.world.tryLock(this.#owner(fd), inode, kind));
  }

  fork(spec: ChildSpec): Child {
    return this.#call('fork', spec.program, () => {
      const pid = this.world.newPid();
      const handle = this.#newFd();
      this.#children.set(handle, { spec, pid, released: false, run: undefined });
      return { handle, pid, startTicks: String(pid * 7) };
    });
  }

  release(child: Child): void {
    const running = this.#child(child, 'release');
    this.#call('release', running.spec.program, () => {
      const { program, environ } = running.spec;
      const containerId = environ['CNI_CONTAINERID'] ?? '';
      const type = program.slice(program.lastIndexOf('/') + 1);
      if (
        this.world.moodOf(type, environ['CNI_COMMAND'] ?? '', environ['CNI_IFNAME'] ?? '') === 'unrunnable'
      ) {
        this.#children.delete(child.handle);
        throw new SysError('EACCES', 'release', program);
      }
      // What a killed GC has left works on every sandbox.
      if (this.world.strays.some((stray) => ['', containerId].includes(stray.containerId))) {
        this.world.violations.push(`${program} starts while an earlier delegate still runs`);
      }
      running.released = true;
    });
  }

  finish(child: Child, stdin: string, limits: ChildLimits): ChildEnd {
    const running = this.#child(child, 'finish');
    return this.#call('finish', running.spec.program, () => {
      if (!running.released) {
        this.#children.delete(child.handle);
        return { how: 'timeout', value: 9, stdout: '', stderr: '' };
      }
      running.run = this.world.startDelegate(running.spec.environ, running.spec.program, stdin);
      return this.#follow(child, running, running.run, limits);
    });
  }

  #follow(child: Child, running: RunningChild, run: DelegateRun, limits: ChildLimits): ChildEnd {
    for (let stage = 0; ; stage += 1) {
      this.#point(`stage ${stage} of ${running.spec.program}`);
      const step = run.next();
      if (step.done === true) {
        this.#children.delete(child.handle);
        return {
          how: 'exit',
          value: step.value.status,
          stdout: step.value.stdout,
          stderr: step.value.stderr,
        };
      }
      if (this.world.nowMs + step.value > limits.deadline) {
        this.world.pass(Math.max(0, limits.deadline - this.world.nowMs));
        this.#children.delete(child.handle);
        return { how: 'timeout', value: 9, stdout: '', stderr: '' };
      }
      this.world.pass(step.value);
    }
  }

  killGroup(pgid: number): void {
    this.#call('killGroup', String(pgid), () => this.world.killGroup(pgid));
  }

  groupMembers(pgid: number, _startTicks: string, containerId: string): readonly number[] {
    return this.#call('groupMembers', String(pgid), () =>
      this.world.strays
        .filter((stray) => stray.pgid === pgid && stray.containerId === containerId)
        .map(() => pgid + 1),
    );
  }

  isOwnNetns(netns: string): boolean {
    return this.#call('isOwnNetns', netns, () => netns === '/proc/self/ns/net');
  }

  linkNames(netns: string, _deadline: number): readonly string[] {
    return this.#call('linkNames', netns, () => [...this.#sandbox(netns, 'linkNames').links]);
  }

  removeLink(netns: string, name: string, _deadline: number): void {
    this.#call('removeLink', `${netns} ${name}`, () => {
      const { links } = this.#sandbox(netns, 'removeLink');
      this.#point(`remove ${name}`);
      links.delete(name);
    });
  }

  defaultRoutes(netns: string, _deadline: number): readonly DefaultRoute[] {
    return this.#call('defaultRoutes', netns, () => [...this.#sandbox(netns, 'defaultRoutes').routes]);
  }

  changeDefaultRoutes(netns: string, changes: readonly RouteChange[], _deadline: number): void {
    this.#call('changeDefaultRoutes', netns, () => {
      const sandbox = this.#sandbox(netns, 'changeDefaultRoutes');
      for (const { op, route } of changes) {
        this.#point(`${op} default route over ${route.ifname}`);
        sandbox.routes = sandbox.routes.filter((known) => !sameRoute(known, route));
        if (op === 'add') sandbox.routes.push(route);
      }
    });
  }

  connect(path: string, _deadline: number): Fd {
    return this.#call('connect', path, () => {
      if (this.world.agent === undefined) throw new SysError('ECONNREFUSED', 'connect', path);
      const fd = this.#newFd();
      this.#connections.set(fd, { inbox: [] });
      return fd;
    });
  }

  send(fd: Fd, text: string, _deadline: number): void {
    this.#call('send', 'socket', () => {
      const { agent } = this.world;
      const inbox = this.#connection(fd, 'send').inbox;
      if (agent === undefined) throw new SysError('EPIPE', 'send', 'socket');
      const frame = JSON.parse(text) as Readonly<Record<string, unknown>>;
      agent.received.push(frame);
      agent.script(frame, (answer, afterMs = 0) => {
        inbox.push({ at: this.world.nowMs + afterMs, line: lineOf(answer) });
      });
    });
  }

  receiveLine(fd: Fd, _limit: number, deadline: number): string | undefined {
    return this.#call('receiveLine', 'socket', () => {
      const next = this.#connection(fd, 'receiveLine').inbox.shift();
      const at = next?.at ?? Number.POSITIVE_INFINITY;
      this.world.pass(Math.max(0, Math.min(at, deadline) - this.world.nowMs));
      if (at > deadline) throw new SysError('ETIMEDOUT', 'receiveLine', 'socket');
      return next?.line;
    });
  }

  /** One call: a point, the action, a point. A planned failure takes the action's place. */
  #call<Value>(name: string, subject: string, action: () => Value, halfDone?: () => void): Value {
    if (this.dead) throw new Killed();
    const number = this.calls.length;
    const label = `${name} ${subject}`.trim();
    this.calls.push(label);
    this.#point(`before ${label}`);
    this.world.nowMs += 0.01;
    const { fail } = this.#options;
    if (fail?.call === number) {
      halfDone?.();
      throw new SysError(fail.errno, name, subject);
    }
    if (this.#isBroken(name, subject)) {
      halfDone?.();
      throw new SysError(this.#options.broken?.errno ?? '', name, subject);
    }
    const value = action();
    this.#point(`after ${label}`);
    return value;
  }

  /** As Linux has it: a read-only file system refuses also to unlink what is not there. */
  #isBroken(name: string, subject: string): boolean {
    const { broken } = this.#options;
    if (broken === undefined || !subject.startsWith(`${broken.directory}/`)) return false;
    if (name === 'open') return this.world.disk.find(subject) === undefined || broken.errno === 'EROFS';
    const writing = ['write', 'rename', 'link', 'mkdir', ...(broken.errno === 'EROFS' ? ['unlink'] : [])];
    return writing.includes(name);
  }

  #point(label: string): void {
    const number = this.points.length;
    this.points.push(label);
    if (number !== this.#options.killAt) return;
    this.#die();
    throw new Killed();
  }

  /** The kernel closes the files; children get PDEATHSIG, their own children do not. */
  #die(): void {
    this.dead = true;
    for (const fd of this.#files.keys()) this.world.unlock(this.#owner(fd));
    for (const { run, pid, spec } of this.#children.values()) {
      if (this.#options.orphans !== true || run === undefined) continue;
      this.world.strays.push({ pgid: pid, containerId: spec.environ['CNI_CONTAINERID'] ?? '', run });
    }
  }

  #newFd(): Fd {
    this.#nextFd += 1;
    return this.#nextFd;
  }

  #owner(fd: Fd): string {
    return `${this.#pid}:${fd}`;
  }

  #file(fd: Fd, call: string): OpenFile {
    if (this.dead) throw new Killed();
    const file = this.#files.get(fd);
    if (file === undefined) throw new SysError('EBADF', call, `fd ${fd}`);
    return file;
  }

  #connection(fd: Fd, call: string): Connection {
    const connection = this.#connections.get(fd);
    if (connection === undefined) throw new SysError('EBADF', call, `fd ${fd}`);
    return connection;
  }

  #child(child: Child, call: string): RunningChild {
    if (this.dead) throw new Killed();
    const running = this.#children.get(child.handle);
    if (running === undefined) throw new SysError('EBADF', call, `child ${child.pid}`);
    return running;
  }

  #sandbox(netns: string, call: string): { readonly links: Set<string>; routes: DefaultRoute[] } {
    const sandbox = this.world.sandboxes.get(netns);
    if (sandbox === undefined) throw new SysError('ENOENT', call, netns);
    return sandbox;
  }
}

function decoded(bytes: Buffer, limit: number, subject: string): string {
  if (bytes.length > limit) throw new SysError('EFBIG', 'readText', subject);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new SysError('EILSEQ', 'readText', subject);
  }
}

function lineOf(answer: Readonly<Record<string, unknown>> | string | undefined): string | undefined {
  if (answer === undefined || typeof answer === 'string') return answer;
  return JSON.stringify({ v: 1, op: 'cni', sender: '0.0.0-test', ...answer });
}

function sameRoute(left: DefaultRoute, right: DefaultRoute): boolean {
  return left.family === right.family && left.ifname === right.ifname && left.gateway === right.gateway;
}
