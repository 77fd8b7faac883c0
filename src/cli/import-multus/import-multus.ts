import { type ImportedDocument, importedDocuments } from './documents.ts';
import { type ImportFacts, importContext } from './import-context.ts';
import { outcomeOf } from './rules.ts';
import type { Outcome, Setting } from './setting.ts';

/** What was read: settings in the order in which Multus puts them over each other, the winning ones last. */
export interface MultusSettings {
  readonly settings: readonly Setting[];
  /** True if a CNI configuration of Multus is among them, not only what generates one. */
  readonly hasConfiguration: boolean;
}

/** One line of the report. */
export interface ReportRow extends Outcome {
  readonly setting: Setting;
}

/** All that there is to say about a Multus configuration. */
export interface MultusImport {
  /** One for every setting, in their order. */
  readonly rows: readonly ReportRow[];
  /** The networks that have to be made, then the WeftConfig. */
  readonly documents: readonly ImportedDocument[];
  /** What weft-agent has to be started with beside them. */
  readonly flags: readonly string[];
}

/**
 * Turns a Multus configuration into weft's. Every setting has its row, whatever it is. Throws MultusConfigInvalid where
 * Multus itself could not have worked with it, or where nothing that weft accepts comes out.
 */
export function importMultus(read: MultusSettings, facts: ImportFacts): MultusImport {
  const settings = withIdle(read.settings);
  const context = importContext(settings, facts, read.hasConfiguration);
  const rows = settings.map((setting) => ({ setting, ...outcomeOf(setting, context) }));
  return {
    rows,
    documents: importedDocuments(rows, facts.defaultNetwork),
    flags: rows.flatMap(({ flag }) => flag ?? []),
  };
}

/** Networks, `namespace/name`, for which Multus looks before it takes the name for that of a file. */
export function namedNetworks(read: MultusSettings): readonly string[] {
  const settings = withIdle(read.settings);
  const { multusNamespace } = importContext(settings, { mounts: [], neighbours: new Set() }, false);
  return settings.flatMap(({ name, value, idle }) => {
    const isName = /^(clusterNetwork|defaultNetworks\[\])$/.test(name) && typeof value === 'string';
    return isName && idle === undefined && /^[^/]+$/.test(value) ? [`${multusNamespace}/${value}`] : [];
  });
}

/** True if weft would do something else than Multus did. */
export function isUnsupported({ verdict }: Outcome): boolean {
  return verdict === 'unsupported' || verdict === 'unknown';
}

/** Marks what Multus itself makes nothing of. */
function withIdle(settings: readonly Setting[]): readonly Setting[] {
  const named = settings.map((setting, index) => ({ ...setting, ...replaced(settings, setting, index) }));
  const isSet = (name: string): boolean =>
    named.some(
      ({ name: other, idle, value }) =>
        other === name && idle === undefined && value !== null && value !== '',
    );
  const hasCluster = isSet('clusterNetwork');
  const hasDelegates = isSet('delegates[]');
  const isCopied = named.some(
    ({ name, idle, value }) => name === 'multusConfigFile' && idle === undefined && value !== 'auto',
  );
  return named.map((setting) => {
    if (setting.idle !== undefined) return setting;
    if (setting.name === 'delegates[]' && hasCluster) {
      return { ...setting, idle: 'Multus ignores it where clusterNetwork is set' };
    }
    if (/^(defaultNetworks\[\]|systemNamespaces)$/.test(setting.name) && hasDelegates && !hasCluster) {
      return { ...setting, idle: 'Multus ignores it where delegates are written out' };
    }
    if (isCopied && generatorKeys.includes(setting.name)) {
      return { ...setting, idle: 'Multus heeds it with multusConfigFile auto only' };
    }
    return setting;
  });
}

/** What multus-daemon needs for making its configuration only. */
const generatorKeys: readonly string[] = [
  'multusAutoconfigDir',
  'multusMasterCNI',
  'forceCNIVersion',
  'overrideNetworkName',
];

/** Of two places that say the same key the later one counts; of lists, the list as a whole. */
function replaced(settings: readonly Setting[], setting: Setting, index: number): { readonly idle?: string } {
  const { idle, name, origin } = setting;
  if (idle !== undefined || name === '' || name === 'plugins[]') return {};
  const list = listKey(setting);
  const winner = settings.findLast(
    (other, at) =>
      at > index &&
      other.idle === undefined &&
      other.name === name &&
      (list === '' || listKey(other) !== list),
  );
  if (winner === undefined) return {};
  return {
    idle:
      winner.origin === origin ? `${winner.key} comes again` : `${winner.origin} says it, and that counts`,
  };
}

/** Which list an element belongs to; '' for what is no element. */
function listKey({ name, origin, key }: Setting): string {
  return name.endsWith('[]') ? `${origin} ${key.replace(/\[[0-9]+\]$/, '')}` : '';
}
