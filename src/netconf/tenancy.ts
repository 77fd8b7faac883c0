import type { Tenancy } from '../api/weft-config.ts';
import { type NetworkList, parseNetwork } from '../cni/network-list.ts';
import { getMember } from '../cni/splice.ts';
import { type Finding, finding } from './finding.ts';
import { type HostReference, hostReferences } from './host-references.ts';
import { childPath } from './json-path.ts';
import { matchesPattern } from './name-pattern.ts';

/** How many allowed things a message lists. */
const listed = 6;

/** A network as its namespace has written it. */
export interface TenantNetwork {
  readonly namespace: string;
  readonly name: string;
  /** `spec.config`; absent or empty: a file of the node, at which each node looks when a pod asks for it. */
  readonly config?: string | undefined;
}

/** True if what this namespace defines, or its pods ask for, is bound by the rules. */
export function isRestricted(namespace: string, { enabled, exemptNamespaces }: Tenancy): boolean {
  return enabled && !exemptNamespaces.includes(namespace);
}

/**
 * What a NetworkAttachmentDefinition names that its namespace may not name; empty if nothing is, if the namespace is
 * exempt, or if the text is no network, which others say.
 */
export function tenancyFindings(nad: TenantNetwork, tenancy: Tenancy): readonly Finding[] {
  const config = nad.config ?? '';
  if (config === '' || !isRestricted(nad.namespace, tenancy)) return [];
  const network = readable(config, nad.name);
  return network === undefined ? [] : networkFindings(network, tenancy);
}

/** The same of a network that has been read, whichever file or object it is from. Paths begin with `spec.config`. */
export function networkFindings(network: NetworkList, tenancy: Tenancy): readonly Finding[] {
  const base = 'spec.config';
  const isList = getMember(network.text, 'plugins') !== undefined;
  const pathOf = (index: number): string => (isList ? childPath(childPath(base, 'plugins'), index) : base);
  return network.plugins.flatMap(({ text }, index) => findingsIn(text, pathOf(index), tenancy));
}

/** The same of `cni-args`, which a pod adds to `args.cni` of a network: a JSON object. Plugins are not looked for there. */
export function cniArgsFindings(text: string, path: string, tenancy: Tenancy): readonly Finding[] {
  return findingsIn(text, path, tenancy).filter(({ code }) => code !== 'ForbiddenPlugin');
}

function findingsIn(text: string, path: string, tenancy: Tenancy): readonly Finding[] {
  return hostReferences(text, path).flatMap((reference) => judged(reference, tenancy) ?? []);
}

function readable(config: string, name: string): NetworkList | undefined {
  try {
    return parseNetwork(config, 'spec.config', { fallbackName: name });
  } catch {
    return undefined;
  }
}

function judged(reference: HostReference, tenancy: Tenancy): Finding | undefined {
  const { path } = reference;
  switch (reference.kind) {
    case 'plugin':
      return tenancy.pluginTypes.includes(reference.value)
        ? undefined
        : finding('ForbiddenPlugin', path, pluginComplaint(reference.value, tenancy));
    case 'parent':
      return isAllowedParent(reference.value, tenancy.parentInterfaces)
        ? undefined
        : finding('ForbiddenParent', path, parentComplaint(reference.value, tenancy));
    case 'file':
      return isInside(reference.value, tenancy.ipamDirectories)
        ? undefined
        : finding('ForbiddenPath', path, fileComplaint(reference.value, tenancy));
    case 'unclear':
      return finding('AmbiguousKey', path, `${path} ${reference.complaint}`);
  }
}

/** What is not named is the interface of the default route, which only `*` can mean. */
function isAllowedParent(value: string | undefined, patterns: Tenancy['parentInterfaces']): boolean {
  return patterns.some((pattern) => (value === undefined ? pattern === '*' : matchesPattern(value, pattern)));
}

/** Nothing that a tenant writes may lead out of the directory by its text; on the node there are no links of his. */
function isInside(value: string, directories: Tenancy['ipamDirectories']): boolean {
  if (value.split('/').some((part) => part === '.' || part === '..')) return false;
  return directories.some((directory) => value === directory || value.startsWith(`${directory}/`));
}

function pluginComplaint(value: string, { pluginTypes }: Tenancy): string {
  return `networks of this namespace may not use the plugin ${quoted(value)}, ${allowed(pluginTypes)}`;
}

function parentComplaint(value: string | undefined, { parentInterfaces }: Tenancy): string {
  const what =
    value === undefined ? 'the interface of the default route, which is meant without it' : quoted(value);
  return `networks of this namespace may not name ${what} on the node, ${allowed(parentInterfaces)}`;
}

function fileComplaint(value: string, { ipamDirectories }: Tenancy): string {
  return `networks of this namespace may not name ${quoted(value)} on the node, ${allowed(ipamDirectories)}`;
}

function allowed(names: readonly string[]): string {
  if (names.length === 0) return 'nothing of this kind is allowed';
  const more = names.length > listed ? ` and ${names.length - listed} more` : '';
  return `allowed: ${names.slice(0, listed).join(', ')}${more}`;
}

function quoted(value: string): string {
  return JSON.stringify(value.length <= 60 ? value : `${value.slice(0, 59)}…`);
}
