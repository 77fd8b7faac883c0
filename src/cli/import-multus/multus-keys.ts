/**
 * Every key that Multus 4.3 reads or once read, in its own spelling: of its CNI configuration (pkg/types NetConf), of
 * the shim's, of daemon-config.json (pkg/server ControllerNetConf) and of what that generates (MultusConf).
 */
const topLevel: readonly string[] = [
  'name',
  'type',
  'cniVersion',
  'cniVersions',
  'disableCheck',
  'disableGC',
  'loadOnlyInlinedPlugins',
  'capabilities',
  'ipam',
  'dns',
  'args',
  'prevResult',
  'runtimeConfig',
  'confDir',
  'cniDir',
  'binDir',
  'delegates',
  'clusterNetwork',
  'defaultNetworks',
  'kubeconfig',
  'logFile',
  'logLevel',
  'logToStderr',
  'logOptions',
  'readinessindicatorfile',
  'namespaceIsolation',
  'globalNamespaces',
  'auxiliaryCNIChainName',
  'systemNamespaces',
  'multusNamespace',
  'retryDeleteOnError',
  'allowTryDeleteOnErr',
  'defaultnetworkfile',
  'defaultnetworkwaitseconds',
  'cniConf',
  'daemonSocketDir',
  'chrootDir',
  'socketDir',
  'perNodeCertificate',
  'connectionLimit',
  'metricsPort',
  'enablePprof',
  'multusConfigFile',
  'cniConfigDir',
  'multusAutoconfigDir',
  'multusMasterCNI',
  'forceCNIVersion',
  'overrideNetworkName',
];

/** Objects whose keys are settings of their own. */
const nested: Readonly<Record<string, readonly string[]>> = {
  logOptions: ['maxAge', 'maxSize', 'maxBackups', 'compress'],
  perNodeCertificate: ['enabled', 'bootstrapKubeconfig', 'certDir', 'certDuration'],
};

/** Lists whose elements are settings of their own. */
const lists: readonly string[] = ['delegates', 'defaultNetworks'];

/** The key as Multus spells it, '' if it has none such. Go reads JSON keys without regard to case. */
export function multusKey(key: string): string {
  return spelling(topLevel, key);
}

/** The same for a key inside of the object of that name: `logOptions.maxAge`. */
export function nestedKey(object: string, key: string): string {
  const found = spelling(nested[object] ?? [], key);
  return found === '' ? '' : `${object}.${found}`;
}

/** True if the object's keys are settings of their own. */
export function hasNestedKeys(name: string): boolean {
  return nested[name] !== undefined;
}

/** True if the list's elements are settings of their own, called `NAME[]`. */
export function isList(name: string): boolean {
  return lists.includes(name);
}

function spelling(known: readonly string[], key: string): string {
  return known.find((candidate) => candidate.toLowerCase() === key.toLowerCase()) ?? '';
}
