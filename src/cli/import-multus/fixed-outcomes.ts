import { builtIn, nothing, type Outcome, unsupported } from './setting.ts';

const logs = nothing('weft-agent logs to standard error; the kubelet keeps and rotates it');
const ownName = nothing("weft's own configuration is called weft; networks keep their names");
const certificate = nothing(
  "weft-agent has its pod's service account, and a policy binds it to its node's pods",
);
const byRuntime = nothing('the runtime says it with each call');

/** What becomes of keys whatever their value is. */
export const fixedOutcomes: Readonly<Record<string, Outcome>> = {
  name: ownName,
  overrideNetworkName: ownName,
  type: nothing('weft installs its own plugin and configuration'),
  cniVersion: builtIn("the runtime's version is spoken to it, and each network keeps its own"),
  cniVersions: builtIn("the runtime's version is spoken to it, and each network keeps its own"),
  forceCNIVersion: builtIn('results are converted between versions; no file is changed'),
  disableCheck: nothing('the runtime does not ask weft to be spared CHECK'),
  disableGC: nothing('weft collects what is its own only'),
  loadOnlyInlinedPlugins: nothing('weft is the only plugin of its configuration'),
  'plugins[]': unsupported("a plugin beside Multus: add it to the default network's own configuration"),
  capabilities: builtIn("they are the default network's"),
  ipam: nothing('Multus gives no addresses itself'),
  dns: nothing("the result is the default network's"),
  args: nothing('Multus does not read it'),
  prevResult: byRuntime,
  runtimeConfig: byRuntime,
  retryDeleteOnError: builtIn('a network that could not be taken away is kept and tried again'),
  allowTryDeleteOnErr: nothing(
    'Multus never knew it; weft keeps and tries again what could not be taken away',
  ),
  defaultnetworkfile: nothing('Multus does not read it'),
  defaultnetworkwaitseconds: nothing('Multus does not read it'),
  cniConf: nothing('Multus does not read it; confDir is the key'),
  logFile: logs,
  logToStderr: logs,
  logOptions: logs,
  'logOptions.maxAge': logs,
  'logOptions.maxSize': logs,
  'logOptions.maxBackups': logs,
  'logOptions.compress': logs,
  daemonSocketDir: nothing('weft has a socket of its own (--socket); it does not serve /delegate'),
  socketDir: nothing('weft has a socket of its own (--socket); it does not serve /delegate'),
  chrootDir: nothing('plugins run on the host, not in a container'),
  perNodeCertificate: certificate,
  'perNodeCertificate.enabled': certificate,
  'perNodeCertificate.bootstrapKubeconfig': certificate,
  'perNodeCertificate.certDir': certificate,
  'perNodeCertificate.certDuration': certificate,
  enablePprof: nothing('weft-agent serves no profiles'),
  'daemon-config': nothing('what is in it is imported'),
  'multus-bin-file': nothing('weft-agent brings its own plugin'),
  'skip-multus-binary-copy': nothing('weft-agent brings its own plugin'),
  'cleanup-config-on-exit': nothing('00-weft.conflist stays while the agent is away'),
  'skip-config-watch': builtIn("weft-agent follows the default network's file"),
  delegates: nothing('it is empty'),
  defaultNetworks: nothing('it is empty'),
};
