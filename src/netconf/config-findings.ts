import { isObject, type JsonObject, kindOf, parseJson } from '../cni/json.ts';
import { addressFindings } from './address-findings.ts';
import { chainFindings } from './chain-findings.ts';
import { duplicateKeys } from './duplicate-keys.ts';
import { type Finding, finding } from './finding.ts';
import { headFindings } from './head-findings.ts';
import { jsonFault } from './json-fault.ts';
import { childPath } from './json-path.ts';
import { type KeyFindings, type KeyScope, keyFindings } from './key-findings.ts';
import { isGiven, type LocatedPlugin, listOf, locatedPlugin } from './located-plugin.ts';
import { commonIpamSchema, commonSchema, exactKeys, listSchema, withCommon } from './network-schema.ts';
import { type NetworkContext, pluginFindings } from './plugin-findings.ts';
import { pluginSchemas } from './plugins/all.ts';
import type { JsonSchema } from './plugins/plugin-schema.ts';
import { schemaFindings } from './schema-findings.ts';
import { spanFindings } from './span-findings.ts';

/** Checks the text of a CNI configuration, of one plugin or of a list. `path`: where it stands in its object. */
export function configFindings(text: string, path: string, context: NetworkContext): readonly Finding[] {
  const fault = jsonFault(text);
  if (fault !== undefined) return [finding('InvalidJson', path, fault)];
  const conf = parseJson(text, path);
  if (!isObject(conf)) {
    const message = `the configuration is ${kindOf(conf)}, must be an object; write {"type": …} or {"plugins": […]}`;
    return [finding('InvalidConfig', path, message)];
  }
  const duplicates = duplicateKeys(text.trim(), path).map((at) =>
    finding(
      'DuplicateKey',
      at,
      'the key is there twice, and only the last one counts; remove one of the two',
    ),
  );
  return [...duplicates, ...objectFindings(conf, path, context)];
}

function objectFindings(conf: JsonObject, path: string, context: NetworkContext): readonly Finding[] {
  const isSingle = isGiven(conf['type']);
  const hasList = Object.hasOwn(conf, 'plugins');
  if (isSingle && hasList) {
    const message =
      'both "type" and "plugins" are there; write the plugin into "plugins", and no "type" beside it';
    return [finding('ConflictingKeys', childPath(path, 'type'), message)];
  }
  if (!isSingle && !hasList) return neither(conf, path);
  const chain = isSingle
    ? [locatedPlugin(conf, path)]
    : listOf(conf['plugins']).flatMap((plugin, index) =>
        isObject(plugin) ? [locatedPlugin(plugin, childPath(childPath(path, 'plugins'), index))] : [],
      );
  return [
    ...headFindings(conf, path, chain.length),
    ...(isSingle
      ? []
      : checked({ value: conf, schema: listSchema, path, exact: exactKeys, elsewhere: pluginKeys(chain) })),
    ...chain.flatMap((plugin) => [
      ...checkedPlugin(plugin),
      ...addressFindings(plugin),
      ...pluginFindings(plugin, context),
      ...spanFindings(plugin),
    ]),
    ...chainFindings(chain),
  ];
}

/** Without both keys: one of them may be there with a typing error. */
function neither(conf: JsonObject, path: string): readonly Finding[] {
  const schema: JsonSchema = { properties: { ...listSchema.properties, ...commonSchema.properties } };
  const { findings, explained } = keyFindings({ value: conf, schema, path, exact: exactKeys });
  const isExplained = ['type', 'plugins'].some((key) => explained.has(childPath(path, key)));
  if (isExplained) return findings;
  const message =
    'neither "type" nor "plugins" is there; write {"type": "macvlan", …} or {"plugins": [{"type": "macvlan", …}]}';
  return [...findings, finding('MissingKey', childPath(path, 'type'), message)];
}

function checkedPlugin(plugin: LocatedPlugin): readonly Finding[] {
  const { conf, path, known, ipam, knownIpam } = plugin;
  const schema = withCommon(commonSchema, known?.role === 'ipam' ? undefined : known?.schema);
  const own = checked({ value: conf, schema, path, exact: exactKeys, elsewhere: ipamKeys(plugin) });
  if (Object.keys(ipam).length === 0 || known?.ipam === 'none' || known?.role === 'cluster') return own;
  const ipamSchema = withCommon(commonIpamSchema, knownIpam?.role === 'ipam' ? knownIpam.schema : undefined);
  const at = childPath(path, 'ipam');
  return [...own, ...checked({ value: ipam, schema: ipamSchema, path: at, elsewhere: aboveIpam(plugin) })];
}

function checked(scope: KeyScope): readonly Finding[] {
  const keys: KeyFindings = keyFindings(scope);
  return [...keys.findings, ...schemaFindings(scope.value, scope.schema, scope.path, keys.explained)];
}

/** Keys of the IPAM plugin, which belong into `ipam`. */
function ipamKeys({ known, knownIpam }: LocatedPlugin): ReadonlyMap<string, string> {
  const schema = (knownIpam ?? pluginSchemas.get('host-local'))?.schema;
  const keys = known === undefined || known.role === 'cluster' ? [] : Object.keys(schema?.properties ?? {});
  return new Map(keys.map((key) => [key, 'into "ipam"']));
}

/** Keys of the plugin, which belong beside `ipam`. */
function aboveIpam({ known }: LocatedPlugin): ReadonlyMap<string, string> {
  const keys = ['capabilities', 'runtimeConfig', ...Object.keys(known?.schema.properties ?? {})];
  return new Map(keys.map((key) => [key, 'out of "ipam", beside "type" of the plugin']));
}

/** Keys of plugins, which nobody reads beside `plugins`. */
function pluginKeys(chain: readonly LocatedPlugin[]): ReadonlyMap<string, string> {
  const keys = chain.flatMap(({ known, path }) =>
    ['ipam', 'capabilities', 'dns', 'args', ...Object.keys(known?.schema.properties ?? {})].map(
      (key) => [key, `into ${path.slice(path.lastIndexOf('plugins'))}`] as const,
    ),
  );
  return new Map(keys.toReversed());
}
