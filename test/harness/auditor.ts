import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { tryRun } from './run.ts';

/** What to look at. */
export interface AuditScope {
  /** Network namespaces by path; '' is the one this process is in. */
  readonly netns: readonly string[];
  /** Directories to list recursively, by the label that differences show: IPAM, records, locks, caches. */
  readonly dirs: Readonly<Record<string, string>>;
  /** A process belongs to the audit if its environment or command line holds one of these texts. */
  readonly processMarkers: readonly string[];
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
    ...scope.netns.flatMap((path) => namespaceLines(path)),
    ...Object.entries(scope.dirs).flatMap(([label, dir]) => directoryLines(label, dir)),
    ...processLines(scope.processMarkers),
    ...heldLockLines(Object.values(scope.dirs)),
  ];
  return { lines: lines.sort() };
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

interface Link {
  readonly ifname: string;
  readonly address?: string;
  readonly mtu: number;
  readonly master?: string;
  readonly link?: string;
  readonly flags: readonly string[];
  readonly linkinfo?: { readonly info_kind?: string };
  readonly addr_info: readonly {
    readonly local?: string;
    readonly prefixlen?: number;
    readonly scope?: string;
  }[];
}

interface Route {
  readonly dst: string;
  readonly dev?: string;
  readonly gateway?: string;
  readonly table?: string;
  readonly metric?: number;
}

function namespaceLines(path: string): readonly string[] {
  const label = path === '' ? 'host' : (path.split('/').at(-1) ?? path);
  const enter = path === '' ? [] : ['nsenter', `--net=${path}`];
  const links = json<Link>([...enter, 'ip', '-j', '-d', 'addr', 'show']);
  if (links === undefined) return [`netns ${label}: gone`];
  const routes = ['-4', '-6'].flatMap(
    (family) => json<Route>([...enter, 'ip', family, '-j', 'route', 'show', 'table', 'all']) ?? [],
  );
  return [
    ...links.flatMap((link) => linkLines(label, link)),
    ...routes.flatMap((route) => routeLines(label, route)),
    ...qdiscLines(label, enter),
    ...rulesetLines(label, enter),
  ];
}

function linkLines(label: string, link: Link): readonly string[] {
  const kind = link.linkinfo?.info_kind ?? 'device';
  // A bridge without an address of its own takes the lowest of its ports.
  const mac = kind === 'bridge' ? '' : ` mac ${link.address ?? ''}`;
  const master = link.master === undefined ? '' : ` master ${link.master}`;
  const promiscuous = link.flags.includes('PROMISC') ? ' promisc' : '';
  const up = link.flags.includes('UP') ? ' up' : ' down';
  const addresses = link.addr_info
    .filter((address) => address.scope !== 'link')
    .map((address) => `netns ${label}: address ${address.local}/${address.prefixlen} on ${link.ifname}`);
  return [
    `netns ${label}: link ${link.ifname} ${kind} mtu ${link.mtu}${mac}${master}${promiscuous}${up}`,
    ...addresses,
  ];
}

function routeLines(label: string, route: Route): readonly string[] {
  const derived = route.dst.startsWith('fe80:') || route.dst.startsWith('ff00:') || route.dst === 'multicast';
  if (derived) return [];
  const gateway = route.gateway === undefined ? '' : ` via ${route.gateway}`;
  const metric = route.metric === undefined ? '' : ` metric ${route.metric}`;
  const table = route.table === undefined ? '' : ` table ${route.table}`;
  return [`netns ${label}: route ${route.dst}${gateway} dev ${route.dev ?? 'none'}${table}${metric}`];
}

function qdiscLines(label: string, enter: readonly string[]): readonly string[] {
  const text = tryRun([...enter, 'tc', 'qdisc', 'show']) ?? '';
  // The default ones come and go with their links.
  const ours = text.split('\n').filter((line) => /^qdisc (tbf|ingress|htb|clsact)/.test(line));
  return ours.map((line) => `netns ${label}: ${line.trim()}`);
}

function rulesetLines(label: string, enter: readonly string[]): readonly string[] {
  const nft = tryRun([...enter, 'nft', '--stateless', 'list', 'ruleset']) ?? '';
  const legacy = ['iptables-legacy-save', 'ip6tables-legacy-save'].map(
    (tool) => tryRun([...enter, tool]) ?? '',
  );
  return [
    ...numbered(nft).map((line) => `netns ${label}: nft ${line}`),
    ...legacy.flatMap((text) => meaningful(text).map((line) => `netns ${label}: iptables ${line}`)),
  ];
}

/** Rules with the table and chain that they stand in, so that a line says where it belongs. */
function numbered(text: string): readonly string[] {
  const path: string[] = [];
  const out: string[] = [];
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    if (line === '') continue;
    if (line === '}') {
      path.pop();
      continue;
    }
    out.push([...path, line].join(' '));
    if (line.endsWith('{')) path.push(line.slice(0, -1).trim());
  }
  return out;
}

/** Without comments, counters and the tool's own frame. */
function meaningful(text: string): readonly string[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#') && line !== 'COMMIT')
    .map((line) => line.replace(/ \[\d+:\d+\]$/, ''));
}

function directoryLines(label: string, dir: string): readonly string[] {
  let names: readonly string[];
  try {
    names = readdirSync(dir);
  } catch {
    return [`${label}: no directory`];
  }
  return names.flatMap((name) => entryLines(`${label}/${name}`, join(dir, name)));
}

function entryLines(label: string, path: string): readonly string[] {
  try {
    const stat = lstatSync(path);
    if (stat.isDirectory()) return [`${label}/`, ...directoryLines(label, path)];
    if (stat.isSocket()) return [`${label} socket`];
    if (stat.isSymbolicLink()) return [`${label} -> ${readlinkSync(path)}`];
    if (!stat.isFile()) return [`${label} special`];
    const hash = createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 12);
    return [`${label} file ${stat.size} bytes ${hash}`];
  } catch {
    // Gone between listing and looking.
    return [];
  }
}

function processLines(markers: readonly string[]): readonly string[] {
  if (markers.length === 0) return [];
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  return pids.flatMap((pid) => {
    const command = readOrEmpty(`/proc/${pid}/cmdline`);
    // Zombies have neither.
    const text = `${command}\0${readOrEmpty(`/proc/${pid}/environ`)}`;
    if (!markers.some((marker) => text.includes(marker))) return [];
    return [`process ${pid} ${command.replaceAll('\0', ' ').trim().slice(0, 120)}`];
  });
}

/** Files below the directories on which somebody holds a flock now. */
function heldLockLines(dirs: readonly string[]): readonly string[] {
  const held = new Set(
    readOrEmpty('/proc/locks')
      .split('\n')
      .flatMap((line) => /FLOCK.* [0-9a-f]+:[0-9a-f]+:(\d+) /.exec(line)?.[1] ?? []),
  );
  return dirs
    .flatMap((dir) => filesBelow(dir))
    .flatMap((path) => {
      try {
        return held.has(String(lstatSync(path).ino)) ? [`lock held on ${path}`] : [];
      } catch {
        return [];
      }
    });
}

function filesBelow(dir: string): readonly string[] {
  try {
    const entries = readdirSync(dir, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  } catch {
    return [];
  }
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function json<T>(argv: readonly string[]): readonly T[] | undefined {
  const text = tryRun(argv);
  if (text === undefined) return undefined;
  const rows = (text.trim() === '' ? [] : JSON.parse(text)) as T[];
  // iproute2 prints an empty object where a filter left a row out.
  return rows.filter((row) => Object.keys(row as object).length > 0);
}

const help = `Lists what CNI plugins may leave on a machine, and compares two such lists.

  node test/harness/auditor.ts snapshot [--netns PATH]... [--dir LABEL=PATH]... [--marker TEXT]... [--out FILE]
  node test/harness/auditor.ts compare BEFORE AFTER [--json]

snapshot prints {"lines":[...]}: links, addresses, routes, queues and rules of each namespace ("" is the current one),
files below each directory, processes whose environment or command line holds a marker, held locks.
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
    const scope = {
      netns: values.netns ?? [],
      dirs: Object.fromEntries(dirs),
      processMarkers: values.marker ?? [],
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
