/**
 * All system access of the executor, as one synchronous interface: QuickJS on a node, Node in tests.
 *
 * Every method that changes something outside the process does one thing, so that a crash can be placed before and
 * after each (test/faults numbers them). Each throws SysError and nothing else.
 */
export interface Sys extends SysFiles, SysProcesses, SysNetns, SysSockets {
  /** The whole environment of this process. A delegate inherits it (CNI-252). */
  environ(): Readonly<Record<string, string>>;
  /** This process's id. */
  pid(): number;
  /** Wall clock, milliseconds since the epoch. */
  wallMs(): number;
  /** CLOCK_MONOTONIC in milliseconds, with fractions. Deadlines are values of this clock. */
  monotonicMs(): number;
  sleepMs(ms: number): void;
  /** CRC-32 (IEEE, as in zlib) of the text's UTF-8 bytes, unsigned. Native, because scripts are slow at it. */
  crc32(text: string): number;
  /** Passes on what a delegate said on standard error (CNI-258). Never throws: nobody may be listening. */
  forwardStderr(text: string): void;
}

/** An open file, socket or child; meaningful to the Sys that made it. */
export type Fd = number;

/**
 * How a file is opened; always O_CLOEXEC, created with mode 0600.
 * `replace`: write from the start, truncating. `append`: O_APPEND, created if missing.
 * `lock`: read-write, created if missing, content untouched. `directory`: for fsync of its entries.
 */
export type OpenMode = 'replace' | 'append' | 'lock' | 'directory';

export interface FileStat {
  readonly ino: number;
  readonly kind: 'file' | 'directory' | 'other';
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly mtimeMs: number;
}

export interface SysFiles {
  /** The whole file, at most `limit` bytes (EFBIG beyond), strict UTF-8 (EILSEQ otherwise). */
  readText(path: string, limit: number): string;
  /** Standard input to its end; limits and errors as readText, and ETIMEDOUT where it has no end by the deadline. */
  readStdin(limit: number, deadline: number): string;
  open(path: string, mode: OpenMode): Fd;
  /** Writes all of the text as UTF-8, going on after short writes. */
  write(fd: Fd, text: string): void;
  fsync(fd: Fd): void;
  close(fd: Fd): void;
  /** rename(2): replaces the target. */
  rename(from: string, to: string): void;
  /** link(2): EEXIST if the target is there. */
  link(from: string, to: string): void;
  unlink(path: string): void;
  /** One directory with the given mode; EEXIST if there. */
  mkdir(path: string, mode: number): void;
  /** Names without `.` and `..`, in no order. */
  readdir(path: string): readonly string[];
  /** Follows symbolic links; undefined if there is nothing. */
  stat(path: string): FileStat | undefined;
  inodeOf(fd: Fd): number;
  /** flock(2) without waiting: false if somebody else holds it. The lock goes with the descriptor. */
  tryLock(fd: Fd, kind: 'shared' | 'exclusive'): boolean;
}

export interface ChildSpec {
  /** Path of the program. It is also argv[0], and there is no other argument (CNI-254). */
  readonly program: string;
  /** The child's whole environment. */
  readonly environ: Readonly<Record<string, string>>;
}

/** A child that is forked but has not run the program yet. */
export interface Child {
  readonly handle: Fd;
  /** Process id and id of its own process group. */
  readonly pid: number;
  /** Its start in clock ticks since boot, field 22 of /proc/PID/stat, as text. */
  readonly startTicks: string;
}

export interface ChildLimits {
  /** monotonicMs at which the whole process group is killed. */
  readonly deadline: number;
  /** Bytes of standard output kept; more kills the group and is reported as `overflow`. */
  readonly stdoutBytes: number;
  /** Last bytes of standard error kept; the rest is read and dropped. */
  readonly stderrBytes: number;
  /** How long, after the child's exit, to wait for a grandchild that holds the pipes (CNI-264). */
  readonly graceMs: number;
}

export interface ChildEnd {
  /** `exit` with a status, `signal` with a number, `timeout` and `overflow` when we killed it. */
  readonly how: 'exit' | 'signal' | 'timeout' | 'overflow';
  readonly value: number;
  /** As UTF-8; bytes that are not become U+FFFD, which no JSON document that matters holds. */
  readonly stdout: string;
  readonly stderr: string;
}

export interface SysProcesses {
  /**
   * Forks a child in its own process group that dies with this process (PDEATHSIG) and waits for `release` before it
   * runs the program, so that its id can be written down first. If this process dies before, the child ends unrun.
   */
  fork(spec: ChildSpec): Child;
  /** Lets the child run the program; throws what execve said (ENOENT, EACCES, ENOEXEC, ETXTBSY), the child then being gone. */
  release(child: Child): void;
  /** Feeds `stdin` (EPIPE is ignored, CNI-255), collects the output, waits for the end. The child is reaped in every case. */
  finish(child: Child, stdin: string, limits: ChildLimits): ChildEnd;
  /** SIGKILL to every process of the group; nothing if there is none. */
  killGroup(pgid: number): void;
  /**
   * The living processes of the group, if it is the one we started: its leader has `startTicks`, or some member carries
   * `CNI_CONTAINERID=<containerId>` in its environment. Otherwise none, so that a reused number never hits a stranger.
   * Zombies do not count.
   */
  groupMembers(pgid: number, startTicks: string, containerId: string): readonly number[];
}

/** A default route of the main table. */
export interface DefaultRoute {
  readonly family: 4 | 6;
  readonly ifname: string;
  /** '' for a route without gateway. */
  readonly gateway: string;
  /** Metric; 0 for IPv4 routes that have none. */
  readonly priority: number;
}

export interface RouteChange {
  readonly op: 'add' | 'delete';
  readonly route: DefaultRoute;
}

export interface SysNetns {
  /** True if the path is the network namespace that this process is in. False if it is not there. */
  isOwnNetns(netns: string): boolean;
  /** Names of all links in the namespace; from a child, because a process must not stand in there. */
  linkNames(netns: string, deadline: number): readonly string[];
  /** Removes one link; that it is gone already is no error. */
  removeLink(netns: string, name: string, deadline: number): void;
  /** Default routes of the main table, both families, as the kernel lists them. */
  defaultRoutes(netns: string, deadline: number): readonly DefaultRoute[];
  /** In order; stops at the first error. Deleting what is gone and adding what is there is no error. */
  changeDefaultRoutes(netns: string, changes: readonly RouteChange[], deadline: number): void;
}

export interface SysSockets {
  /**
   * Connects to a unix stream socket. ECONNREFUSED or ENOENT at once where nobody listens, ETIMEDOUT at the deadline,
   * EPERM if the peer is neither root nor our own user (SO_PEERCRED).
   */
  connect(path: string, deadline: number): Fd;
  /** Sends all of the text; ETIMEDOUT, EPIPE. */
  send(fd: Fd, text: string, deadline: number): void;
  /** The next line without its line feed; undefined at the end of the stream; ETIMEDOUT, EFBIG, EILSEQ. */
  receiveLine(fd: Fd, limit: number, deadline: number): string | undefined;
}

/** A failed system call. */
export class SysError extends Error {
  override readonly name: string = 'SysError';
  /** The errno by name: `ENOENT`. */
  readonly errno: string;
  /** The method of Sys. */
  readonly call: string;
  /** What it was called with: a path, mostly. */
  readonly subject: string;

  constructor(errno: string, call: string, subject: string) {
    super(`${call} ${subject}: ${errno}`);
    this.errno = errno;
    this.call = call;
    this.subject = subject;
  }
}

/** True if `error` is a SysError with this errno. */
export function isErrno(error: unknown, ...errnos: readonly string[]): boolean {
  return error instanceof SysError && errnos.includes(error.errno);
}
