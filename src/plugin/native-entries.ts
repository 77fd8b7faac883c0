import type { Child, ChildEnd, ChildLimits, Fd, FileStat, OpenMode } from '../executor/sys.ts';

/** The entries of the table in native/sys.c. Those named like a method of Sys do what it says there. */
export interface Native {
  /** Failures are thrown as `new type(errno, call, subject)` from now on. */
  useErrorClass(type: new (errno: string, call: string, subject: string) => Error): void;
  environ(): Record<string, string>;
  pid(): number;
  wallMs(): number;
  monotonicMs(): number;
  sleepMs(ms: number): void;
  crc32(text: string): number;
  /** Arguments of this process, its own name first. */
  argv(): string[];
  /** Ends the process at once. */
  exit(code: number): never;
  readText(path: string, limit: number): string;
  readStdin(limit: number, deadline: number): string;
  open(path: string, mode: OpenMode): Fd;
  write(fd: Fd, text: string): void;
  fsync(fd: Fd): void;
  close(fd: Fd): void;
  rename(from: string, to: string): void;
  link(from: string, to: string): void;
  unlink(path: string): void;
  mkdir(path: string, mode: number): void;
  readdir(path: string): string[];
  stat(path: string): FileStat | undefined;
  inodeOf(fd: Fd): number;
  tryLock(fd: Fd, kind: 'shared' | 'exclusive'): boolean;
  /** `environ`: one `NAME=VALUE` an element. */
  fork(program: string, environ: readonly string[]): Child;
  release(handle: Fd): void;
  finish(handle: Fd, stdin: string, limits: ChildLimits): ChildEnd;
  killGroup(pgid: number): void;
  groupMembers(pgid: number, startTicks: string, containerId: string): number[];
  isOwnNetns(netns: string): boolean;
  /** One name a line, alternative names included. */
  linkNames(netns: string, deadline: number): string;
  removeLink(netns: string, name: string, deadline: number): void;
  /** One route a line: family, interface, gateway or `-`, metric. */
  defaultRoutes(netns: string, deadline: number): string;
  /** One change a line: `add` or `delete`, then a route as above. */
  changeDefaultRoutes(netns: string, changes: string, deadline: number): void;
  connect(path: string, deadline: number): Fd;
  send(fd: Fd, text: string, deadline: number): void;
  receiveLine(fd: Fd, limit: number, deadline: number): string | undefined;
}
