import { isFork } from './plugin-trace.ts';
import type { TracedCall } from './strace-log.ts';

/**
 * What a system call is to whoever is killed around it.
 *
 * - `inert`: concerns only the process itself; may stand anywhere.
 * - `look`: asks the world, or gives up a descriptor; must belong to an entry, because time passes or a lock ends.
 * - `effect`: the world differs afterwards; must be alone between two points.
 * - `unknown`: nobody has thought about it yet.
 */
export type SyscallKind = 'inert' | 'look' | 'effect' | 'unknown';

const inert: readonly string[] = [
  ...['brk', 'mmap', 'munmap', 'mremap', 'mprotect', 'madvise'],
  ...['arch_prctl', 'set_tid_address', 'set_robust_list', 'rseq', 'prlimit64', 'getrandom'],
  ...[
    'rt_sigaction',
    'rt_sigprocmask',
    'rt_sigreturn',
    'sigaltstack',
    'getpid',
    'getppid',
    'getpgrp',
    'gettid',
  ],
  ...['clock_gettime', 'exit_group'],
];

const looks: readonly string[] = [
  ...['read', 'close', 'newfstatat', 'fstat', 'stat', 'getdents64', 'lseek', 'readlink'],
  ...['poll', 'ppoll', 'wait4', 'clock_nanosleep', 'fcntl', 'pipe2', 'dup2', 'dup3'],
  ...['socket', 'setsockopt', 'getsockopt', 'recvfrom', 'recvmsg', 'setns', 'prctl', 'ioctl'],
];

const effects: readonly string[] = [
  ...['write', 'writev', 'pwrite64', 'fsync', 'fdatasync', 'ftruncate', 'fallocate', 'flock'],
  ...['rename', 'renameat', 'renameat2', 'link', 'linkat', 'symlink', 'symlinkat', 'unlink', 'unlinkat'],
  ...['mkdir', 'mkdirat', 'rmdir', 'chmod', 'fchmod', 'chown', 'mount', 'umount2'],
  ...['connect', 'sendto', 'sendmsg', 'kill', 'setpgid', 'execve'],
];

export function kindOf(call: TracedCall): SyscallKind {
  if (call.name === 'open' || call.name === 'openat') return opensForChange(call) ? 'effect' : 'look';
  if (call.name === 'kill' && call.args.endsWith(', 0')) return 'look';
  if (isFork(call.name) || effects.includes(call.name)) return 'effect';
  if (inert.includes(call.name)) return 'inert';
  return looks.includes(call.name) ? 'look' : 'unknown';
}

function opensForChange(call: TracedCall): boolean {
  return /O_WRONLY|O_RDWR|O_CREAT|O_TRUNC/.test(call.args);
}

/** For messages: `openat("/run/…", O_RDWR|O_CREAT) = 3`. */
export function describeCall(call: TracedCall): string {
  return `${call.name}(${call.args.slice(0, 120)}) = ${call.result.slice(0, 40)}`;
}
