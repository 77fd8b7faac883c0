import { parseAddress } from '../cni/address.ts';
import { folded } from '../cni/request-config.ts';
import { elements, members } from '../cni/splice.ts';
import { childPath } from './json-path.ts';

/** What a plugin's configuration names outside the pod. Paths are JSON paths. */
export type HostReference =
  /** A plugin that is to be run. */
  | { readonly kind: 'plugin'; readonly path: string; readonly value: string }
  /** A link or device of the node. `value` undefined: the one of the default route, because none is named. */
  | { readonly kind: 'parent'; readonly path: string; readonly value: string | undefined }
  /** A file, a directory or a socket of the node. */
  | { readonly kind: 'file'; readonly path: string; readonly value: string }
  /** A plugin may read something else there than weft does. `complaint` follows the path in a sentence. */
  | { readonly kind: 'unclear'; readonly path: string; readonly complaint: string };

type Kind = 'plugin' | 'parent' | 'file';

/** What a value is looked at for. */
interface Meaning {
  readonly kind: Kind;
  /** The key is one of the table, so that plugins want text there, or a list of texts. */
  readonly exact: boolean;
}

/** A key, and what its absence names. */
interface Implied {
  readonly key: string;
  readonly reference:
    | { readonly kind: 'parent'; readonly value: string | undefined }
    | { readonly kind: 'file'; readonly value: string };
}

/** Where a value stands. */
interface Place {
  readonly path: string;
  readonly depth: number;
  readonly meaning: Meaning | undefined;
  /** Among bond's links, where `name` is the name of a link. */
  readonly isLink: boolean;
}

/** Deeper than any plugin's configuration; walking over text is quadratic in the depth. */
const maxDepth = 16;

/**
 * Keys by which plugins find what is on the node: those of the reference plugins, of sriov, ovs, bond, macvtap and
 * userspace, and words that others are likely to use. Files have many more names: see fileKey.
 */
const keys: Readonly<Record<Kind, readonly string[]>> = {
  plugin: ['type'],
  parent: [
    'master',
    'parent',
    'bridge',
    'bridgeName',
    'device',
    'devices',
    'hwaddr',
    'kernelpath',
    'pciBusID',
    'deviceID',
    'interface',
    'uplink',
    'pf',
  ],
  file: ['dataDir', 'resolvConf', 'daemonSocketPath', 'kubeconfig'],
};

/** Folded key → how it is written, and what it names. */
const known = new Map(
  (['plugin', 'parent', 'file'] as const).flatMap((kind) =>
    keys[kind].map((key) => [folded(key), { key, kind }] as const),
  ),
);

const linkName: Meaning = { kind: 'parent', exact: true };

/** What plugins call further files by: log_file, configuration_path, socket_file, subnetFile, sharedDir. */
const fileKey = /(dir|directory|file|path|socket|sock)$/;

/** What plugins take where a key is missing, by their type. */
const implied: ReadonlyMap<string, Implied> = new Map([
  ['macvlan', ofDefaultRoute()],
  ['ipvlan', ofDefaultRoute()],
  ['ipoib', ofDefaultRoute()],
  ['bridge', { key: 'bridge', reference: { kind: 'parent', value: 'cni0' } }],
  ['host-local', { key: 'dataDir', reference: { kind: 'file', value: '/var/lib/cni/networks' } }],
]);

/**
 * Everything that the JSON object names on the node, wherever it stands. It is read as Go plugins read it, and they take
 * a key in any case and the last of several: a key twice, or one that is known in another spelling, is `unclear`. Texts
 * with a slash in them are files, whatever their key, unless they are addresses.
 *
 * `text` must be a JSON object, with which `path` begins; '' for none.
 */
export function hostReferences(text: string, path: string): readonly HostReference[] {
  const found: HostReference[] = [];
  walkObject(text, { path, depth: 0, meaning: undefined, isLink: false }, found);
  return found;
}

function walkObject(text: string, place: Place, found: HostReference[]): void {
  const { path, depth, isLink } = place;
  const seen = new Set<string>();
  const filled = new Map<string, string>();
  for (const { key, value } of members(text)) {
    const name = folded(key);
    const at = childPath(path, key);
    const complaint = keyComplaint(key, name, seen);
    if (complaint !== undefined) found.push({ kind: 'unclear', path: at, complaint });
    seen.add(name);
    // null and '' are absent keys to Go plugins.
    if (value !== 'null' && value !== '""') filled.set(key, value);
    const meaning = isLink && name === 'name' ? linkName : meaningOf(name);
    walkValue(value, { path: at, depth: depth + 1, meaning, isLink: name === 'links' }, found);
  }
  addImplied(filled, path, found);
}

function keyComplaint(key: string, name: string, seen: ReadonlySet<string>): string | undefined {
  if (seen.has(name)) return 'is there twice, in whatever case';
  const expected = known.get(name)?.key ?? (name === 'ipam' || name === 'links' ? name : key);
  return expected === key ? undefined : `must be spelled "${expected}"`;
}

function walkValue(text: string, place: Place, found: HostReference[]): void {
  const { path, depth, meaning } = place;
  const first = text[0];
  if (first === '"') {
    addText(String(JSON.parse(text)), path, meaning, found);
    return;
  }
  if (first !== '[' && meaning?.exact === true) {
    if (text !== 'null') found.push({ kind: 'unclear', path, complaint: 'must be text' });
    return;
  }
  if (first !== '[' && first !== '{') return;
  if (depth > maxDepth) {
    found.push({ kind: 'unclear', path, complaint: `is nested more than ${maxDepth} deep` });
    return;
  }
  if (first === '{') {
    walkObject(text, place, found);
    return;
  }
  for (const [index, item] of elements(text).entries())
    walkValue(item, { ...place, path: childPath(path, index), depth: depth + 1 }, found);
}

function addText(value: string, path: string, meaning: Meaning | undefined, found: HostReference[]): void {
  if (value === '') return;
  if (meaning !== undefined) found.push({ kind: meaning.kind, path, value });
  else if (isPath(value)) found.push({ kind: 'file', path, value });
}

function addImplied(filled: ReadonlyMap<string, string>, path: string, found: HostReference[]): void {
  const type = filled.get('type');
  const rule = type?.startsWith('"') === true ? implied.get(String(JSON.parse(type))) : undefined;
  if (rule !== undefined && !filled.has(rule.key))
    found.push({ ...rule.reference, path: childPath(path, rule.key) });
}

function ofDefaultRoute(): Implied {
  return { key: 'master', reference: { kind: 'parent', value: undefined } };
}

function meaningOf(name: string): Meaning | undefined {
  const kind = known.get(name)?.kind;
  if (kind !== undefined) return { kind, exact: true };
  return fileKey.test(name) ? { kind: 'file', exact: false } : undefined;
}

/** Addresses have slashes too: `10.1.2.0/24`, and whereabouts' `10.1.2.1-10.1.2.9/24`. */
function isPath(value: string): boolean {
  if (value.includes('\\')) return true;
  const slash = value.indexOf('/');
  if (slash === -1) return false;
  const ends = value.slice(0, slash).split('-');
  return (
    !ends.every((end) => parseAddress(end) !== undefined) || !/^[0-9]{1,3}$/.test(value.slice(slash + 1))
  );
}
