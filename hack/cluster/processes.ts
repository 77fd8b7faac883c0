import { readdirSync, readFileSync } from 'node:fs';
import { ClusterError } from './cluster-error.ts';
import { clusterVariable, nodeVariable } from './identity.ts';
import { waitFor } from './wait.ts';

/** A process that carries a cluster's marker. */
export interface MarkedProcess {
  readonly pid: number;
  /** A node's name, or `control-plane`; undefined for helpers of the harness. */
  readonly node: string | undefined;
  /** Its process ids from our namespace inwards; the last one is 1 for the first process of a namespace. */
  readonly nsPids: readonly number[];
  readonly command: string;
}

/** Value of a variable in the bytes of /proc/PID/environ. */
export function variableOf(environ: string, name: string): string | undefined {
  const entry = environ.split('\0').find((candidate) => candidate.startsWith(`${name}=`));
  return entry?.slice(name.length + 1);
}

/** The NSpid line of /proc/PID/status. */
export function nsPidsOf(status: string): readonly number[] {
  const line = /^NSpid:\s*(.*)$/m.exec(status)?.[1] ?? '';
  return line
    .split(/\s+/)
    .filter((word) => word !== '')
    .map(Number);
}

/**
 * Every process of the machine that carries the cluster's marker, other than this one and its ancestors. Zombies have
 * no environment any more and do not count.
 */
export function markedProcesses(id: string): readonly MarkedProcess[] {
  const own = ownLine();
  const pids = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  return pids.flatMap((pid) => {
    if (own.has(pid)) return [];
    const environ = readOrEmpty(`/proc/${pid}/environ`);
    if (variableOf(environ, clusterVariable) !== id) return [];
    const nsPids = nsPidsOf(readOrEmpty(`/proc/${pid}/status`));
    const command = readOrEmpty(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim();
    return [{ pid, node: variableOf(environ, nodeVariable), nsPids, command }];
  });
}

/**
 * The first process of a node, or of the control plane: pid 1 of its namespace. `depth` is how many namespaces it is
 * further in than we are: 1 for the control plane, 2 for a node.
 */
export function firstProcess(id: string, node: string, depth: number): number | undefined {
  const own = nsPidsOf(readOrEmpty('/proc/self/status')).length;
  return markedProcesses(id).find(
    (entry) => entry.node === node && entry.nsPids.length === own + depth && entry.nsPids.at(-1) === 1,
  )?.pid;
}

/** Kills every marked process, again and again until none is left: one may have started another meanwhile. */
export async function killMarked(
  id: string,
  which: (process: MarkedProcess) => boolean = () => true,
): Promise<void> {
  let quiet = 0;
  await waitFor(
    'the end of the cluster’s processes',
    { timeoutMs: 30_000, everyMs: 20, detail: () => describe(markedProcesses(id).filter(which)) },
    () => {
      const left = markedProcesses(id).filter(which);
      for (const entry of left) kill(entry.pid, 'SIGKILL');
      // Two looks in a row: a process between fork and exec does not carry the marker yet.
      quiet = left.length === 0 ? quiet + 1 : 0;
      return quiet >= 2 ? true : undefined;
    },
  );
}

/** True unless the process was gone. */
export function kill(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw new ClusterError(`cannot end process ${pid}: ${(error as Error).message}`);
  }
}

/** True while the process lives; a zombie does not. */
export function lives(pid: number): boolean {
  const stat = readOrEmpty(`/proc/${pid}/stat`);
  // The command name stands in brackets and may hold anything.
  return stat !== '' && !/^ [ZX]/.test(stat.slice(stat.lastIndexOf(')') + 1));
}

function describe(left: readonly MarkedProcess[]): string {
  return left.map((entry) => `${entry.pid} ${entry.command.slice(0, 60)}`).join(', ');
}

/** This process and those it descends from, so that nobody ends himself. */
function ownLine(): ReadonlySet<number> {
  const line = new Set<number>();
  for (let pid = process.pid; pid > 0 && !line.has(pid); ) {
    line.add(pid);
    const stat = readOrEmpty(`/proc/${pid}/stat`);
    pid = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? 0);
  }
  return line;
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Gone meanwhile.
    return '';
  }
}
