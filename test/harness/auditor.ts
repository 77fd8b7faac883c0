import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { cgroupLines } from './audit/cgroup-lines.ts';
import { directoryLines, heldLockLines, nameLines } from './audit/file-lines.ts';
import { mountLines } from './audit/mount-lines.ts';
import { namespaceLines } from './audit/namespace-lines.ts';
import { networkLines } from './audit/network-lines.ts';
import { readOrEmpty } from './audit/proc.ts';
import { processLines } from './audit/process-lines.ts';

/** What to look at. */
export interface AuditScope {
  /** Network namespaces by path; '' is the one this process is in. */
  readonly netns: readonly string[];
  /** Directories to list recursively, by the label that differences show: IPAM, records, locks, caches. */
  readonly dirs: Readonly<Record<string, string>>;
  /** A process belongs to the audit if its environment, command line or cgroup holds one of these texts. */
  readonly processMarkers: readonly string[];
  /** The machine itself; absent: not looked at. */
  readonly machine?: MachineScope;
}

/** What to look at where whole nodes come and go: all mounts, all namespaces, all control groups. */
export interface MachineScope {
  /** Control groups below one whose name at the top holds one of these texts are listed too. */
  readonly cgroupMarkers: readonly string[];
  /** Directories of which only the names inside count. */
  readonly names: readonly string[];
}

/** Each line describes one thing; two snapshots are equal if their lines are. */
export interface AuditSnapshot {
  readonly lines: readonly string[];
}

/**
 * Everything that a plugin may leave behind, as sorted lines. Left out because it changes by itself: counters,
 * lifetimes, operational state, and what the kernel derives from them (link-local IPv6, a bridge's address, which
 * follows its ports).
 */
export function takeSnapshot(scope: AuditScope): AuditSnapshot {
  const lines = [
    ...scope.netns.flatMap((path) => networkLines(path)),
    ...Object.entries(scope.dirs).flatMap(([label, dir]) => directoryLines(label, dir)),
    ...processLines(scope.processMarkers),
    ...heldLockLines(Object.values(scope.dirs)),
    ...(scope.machine === undefined ? [] : machineLines(scope.machine)),
  ];
  return { lines: lines.sort() };
}

function machineLines(scope: MachineScope): readonly string[] {
  const mountinfo = readOrEmpty('/proc/self/mountinfo');
  return [
    ...mountLines(mountinfo),
    ...namespaceLines(),
    ...cgroupLines(mountinfo, scope.cgroupMarkers),
    ...scope.names.flatMap((dir) => nameLines(dir)),
  ];
}

/** Readable differences: `- gone`, `+ new`; empty if both are the same. */
export function compareSnapshots(before: AuditSnapshot, after: AuditSnapshot): readonly string[] {
  const gone = without(before.lines, after.lines).map((line) => `- ${line}`);
  const fresh = without(after.lines, before.lines).map((line) => `+ ${line}`);
  return [...gone, ...fresh];
}

/** Lines of the first list beyond those of the second, counted. */
function without(lines: readonly string[], others: readonly string[]): readonly string[] {
  const count = new Map<string, number>();
  for (const line of others) count.set(line, (count.get(line) ?? 0) + 1);
  return lines.filter((line) => {
    const left = count.get(line) ?? 0;
    count.set(line, left - 1);
    return left <= 0;
  });
}

const help = `Lists what CNI plugins may leave on a machine, and compares two such lists.

  node test/harness/auditor.ts snapshot [--netns PATH]... [--dir LABEL=PATH]... [--marker TEXT]...
                                     [--machine] [--cgroup-marker TEXT]... [--names DIR]... [--out FILE]
  node test/harness/auditor.ts compare BEFORE AFTER [--json]

snapshot prints {"lines":[...]}: links, addresses, routes, queues and rules of each namespace ("" is the current one),
files below each directory, processes whose environment, command line or cgroup holds a marker, held locks; with
--machine also all mounts, namespaces and control groups (below those that hold a --cgroup-marker all, else the top
ones), and the names in each --names directory.
compare prints one difference a line (or a JSON list) and exits with 1 if there is any.
`;

/** The command line; returns the exit status. */
export function auditorMain(argv: readonly string[], print: (text: string) => void): number {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      netns: { type: 'string', multiple: true },
      dir: { type: 'string', multiple: true },
      marker: { type: 'string', multiple: true },
      machine: { type: 'boolean' },
      'cgroup-marker': { type: 'string', multiple: true },
      names: { type: 'string', multiple: true },
      out: { type: 'string' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  const [command, beforePath, afterPath] = positionals;
  if (values.help === true) {
    print(help);
    return 0;
  }
  if (command === 'snapshot') {
    const dirs = (values.dir ?? []).map((pair) => [
      pair.slice(0, pair.indexOf('=')),
      pair.slice(pair.indexOf('=') + 1),
    ]);
    const scope: AuditScope = {
      netns: values.netns ?? [],
      dirs: Object.fromEntries(dirs),
      processMarkers: values.marker ?? [],
      ...(values.machine === true
        ? { machine: { cgroupMarkers: values['cgroup-marker'] ?? [], names: values.names ?? [] } }
        : {}),
    };
    const text = `${JSON.stringify(takeSnapshot(scope), undefined, 2)}\n`;
    if (values.out === undefined) print(text);
    else writeFileSync(values.out, text);
    return 0;
  }
  if (command === 'compare' && beforePath !== undefined && afterPath !== undefined) {
    const load = (path: string): AuditSnapshot => JSON.parse(readFileSync(path, 'utf8')) as AuditSnapshot;
    const differences = compareSnapshots(load(beforePath), load(afterPath));
    print(
      values.json === true
        ? `${JSON.stringify(differences)}\n`
        : differences.map((line) => `${line}\n`).join(''),
    );
    return differences.length === 0 ? 0 : 1;
  }
  print(help);
  return 2;
}

if (import.meta.main) {
  process.exitCode = auditorMain(process.argv.slice(2), (text) => process.stdout.write(text));
}
