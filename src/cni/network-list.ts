import { WeftError } from '../errors/weft-error.ts';
import { checkContainerId } from './env.ts';
import { parseObject } from './json.ts';
import { arrayOf, type Fields, fieldsOf, pathOf, textOf, textsOf } from './json-fields.ts';
import { type PluginConf, pluginConf } from './plugin-conf.ts';
import { elements, getMember } from './splice.ts';
import { type CniVersion, delegateVersions, impliedVersion, parseVersion, selectVersion } from './version.ts';

/** A network as CNI sees it: a name, a version and a chain of plugins. */
export interface NetworkList {
  /** Follows the container ID's grammar, so it is safe in paths (CNI-033, CNI-211). */
  readonly name: string;
  /** The selected one (CNI-201). */
  readonly cniVersion: CniVersion;
  readonly disableCheck: boolean;
  readonly disableGC: boolean;
  readonly loadOnlyInlinedPlugins: boolean;
  /** At least one, in the order of ADD. */
  readonly plugins: readonly PluginConf[];
  /** The source, byte for byte. */
  readonly text: string;
}

/** What the reader of a configuration knows besides its text. */
export interface NetworkOptions {
  /** Taken where the text has no name or an empty one: the NAD's object name (NPWG-025, NPWG-026). */
  readonly fallbackName?: string | undefined;
  /** Taken where the text has no cniVersion or an empty one (NPWG-324); 0.1.0 otherwise (CNI-034). */
  readonly fallbackVersion?: string | undefined;
  /** Versions that may come out; delegateVersions if not given. */
  readonly supported?: readonly CniVersion[] | undefined;
  /**
   * Texts of further plugins for the network of this name, in order: `<dir>/<name>/*.conf` beside a conflist (CNI-210).
   * Called with a checked name, and not at all for a single configuration or with loadOnlyInlinedPlugins. Never given
   * for what comes from an API object (CNI-211).
   */
  readonly directoryPlugins?: (name: string) => readonly { readonly what: string; readonly text: string }[];
}

/**
 * Reads a network's configuration: a list (`plugins`) or a single plugin (`type`), which becomes a list of one
 * (CNI-213). `what` names the text: `the configuration of network default/a`.
 *
 * InvalidJson if it is no JSON object; NetworkInvalid with the path of the field for everything else that is wrong,
 * both kinds at once included (NPWG-030); IncompatibleVersion if the version is not a supported one.
 */
export function parseNetwork(text: string, what: string, options: NetworkOptions = {}): NetworkList {
  const fields = fieldsOf(parseObject(text, what), '', refuser(what));
  const { object, refuse } = fields;
  const single = object['type'] !== undefined;
  if (single && object['plugins'] !== undefined) {
    throw refuse('both "type" and "plugins" are there, so it is unclear which of them counts');
  }
  const name = nameOf(fields, options);
  const cniVersion = versionOf(fields, what, single, options);
  const head = { name, cniVersion, text };
  if (single) {
    const plugins = [pluginConf(fields, text)];
    return { ...head, disableCheck: false, disableGC: false, loadOnlyInlinedPlugins: false, plugins };
  }
  const switches = {
    disableCheck: switchOf(fields, 'disableCheck'),
    disableGC: switchOf(fields, 'disableGC'),
    loadOnlyInlinedPlugins: switchOf(fields, 'loadOnlyInlinedPlugins'),
  };
  const inlined = inlinedPlugins(fields, text, switches.loadOnlyInlinedPlugins);
  const added = switches.loadOnlyInlinedPlugins ? [] : directoryPlugins(name, options);
  const plugins = [...inlined, ...added];
  // libcni runs an empty list and reports a nil result (CNI-208); a pod that asked for a network must get one.
  if (plugins.length === 0) throw refuse('it has no plugins: neither "type" nor "plugins" is there');
  return { ...head, ...switches, plugins };
}

function nameOf(fields: Fields, { fallbackName }: NetworkOptions): string {
  const name = textOf(fields, 'name') || fallbackName;
  if (name === undefined || name === '') throw fields.refuse('name is missing');
  const complaint = checkContainerId(name);
  if (complaint !== undefined) throw fields.refuse(`name ${complaint}`);
  return name;
}

function versionOf(fields: Fields, what: string, single: boolean, options: NetworkOptions): CniVersion {
  const supported = options.supported ?? delegateVersions;
  const literal = textOf(fields, 'cniVersion') || undefined;
  // libcni reads cniVersions of lists only (CNI-202).
  const offered = single || fields.object['cniVersions'] === undefined ? undefined : offeredVersions(fields);
  if (offered !== undefined && literal !== undefined) checkVersion(fields, 'cniVersion', literal);
  const selected = selectVersion(literal, offered, supported) || (options.fallbackVersion ?? impliedVersion);
  const version = supported.find((candidate) => candidate === selected);
  if (version !== undefined) return version;
  const got = JSON.stringify(selected.slice(0, 20));
  throw new WeftError('IncompatibleVersion', {
    cause: `${what}: cniVersion ${got} is not one of ${supported.join(', ')}`,
  });
}

function offeredVersions(fields: Fields): readonly string[] {
  if (fields.object['cniVersions'] === null) throw fields.refuse('cniVersions must be an array, not null');
  const versions = textsOf(fields, 'cniVersions');
  for (const [index, version] of versions.entries()) checkVersion(fields, `cniVersions[${index}]`, version);
  return versions;
}

function checkVersion(fields: Fields, path: string, version: string): void {
  if (parseVersion(version) !== undefined) return;
  throw fields.refuse(`${path} ${JSON.stringify(version.slice(0, 20))} is not a CNI version`);
}

/** A boolean, or its word in any case: CNI 0.4.0 typed disableCheck as a string (CNI-205). null is neither, as in libcni. */
function switchOf(fields: Fields, key: string): boolean {
  const value = fields.object[key];
  if (value === undefined) return false;
  if (typeof value === 'boolean') return value;
  const word = typeof value === 'string' ? value.toLowerCase() : '';
  if (word === 'true' || word === 'false') return word === 'true';
  throw fields.refuse(`${pathOf(fields, key)} must be true or false`);
}

function inlinedPlugins(fields: Fields, text: string, onlyInlined: boolean): readonly PluginConf[] {
  if (fields.object['plugins'] === undefined) {
    if (onlyInlined) throw fields.refuse('plugins is missing although loadOnlyInlinedPlugins is true');
    return [];
  }
  const items = arrayOf(fields, 'plugins');
  if (items.length === 0) throw fields.refuse('plugins must have at least one element');
  const texts = elements(getMember(text, 'plugins') ?? '[]');
  return items.map((item, index) =>
    pluginConf(fieldsOf(item, `plugins[${index}]`, fields.refuse), texts[index] ?? ''),
  );
}

function directoryPlugins(name: string, options: NetworkOptions): readonly PluginConf[] {
  const sources = options.directoryPlugins?.(name) ?? [];
  return sources.map(({ what, text }) =>
    pluginConf(fieldsOf(parseObject(text, what), '', refuser(what)), text),
  );
}

function refuser(what: string): (complaint: string) => WeftError {
  return (complaint) => new WeftError('NetworkInvalid', { cause: `${what}: ${complaint}` });
}
