import { tryRun } from '../run.ts';

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
  /** Who made it: `kernel`, `static`, … */
  readonly protocol?: string;
  readonly metric?: number;
}

/** Links, addresses, routes, queues and rules of one network namespace; '' is the one this process is in. */
export function networkLines(path: string): readonly string[] {
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
  // The kernel makes these from addresses, which are listed; those of a bridge go a moment after its last port.
  const ofAddress = route.table === 'local' && route.protocol === 'kernel';
  if (derived || ofAddress) return [];
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

function json<T>(argv: readonly string[]): readonly T[] | undefined {
  const text = tryRun(argv);
  if (text === undefined) return undefined;
  const rows = (text.trim() === '' ? [] : JSON.parse(text)) as T[];
  // iproute2 prints an empty object where a filter left a row out.
  return rows.filter((row) => Object.keys(row as object).length > 0);
}
