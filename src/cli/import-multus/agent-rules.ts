import { hostPath, type ImportContext, pathNote } from './import-context.ts';
import { agentFlag, builtIn, field, nothing, type Outcome, type Setting, unsupported } from './setting.ts';
import { integerOf, switchOf, textOf } from './setting-value.ts';

/** weft-agent's own defaults (src/agent/agent-flags.ts). */
const usual = {
  confDir: '/etc/cni/net.d',
  networkConfDir: '/etc/cni/multus/net.d',
  binDir: '/opt/cni/bin',
  multusState: '/var/lib/cni/multus',
} as const;

/** `binDir`, `--additional-bin-dir`: one more directory of plugins, on the node. */
export function binDir(setting: Setting): Outcome {
  const path = trimmed(textOf(setting));
  if (path === '') return nothing('it is empty');
  if (path === usual.binDir) return builtIn("it is weft-agent's own --cni-bin-dir");
  return field(`pluginDirs: [${path}]`, { pluginDirs: [path] });
}

/** `--cni-bin-dir`: where the plugins are installed, as Multus's container sees it. */
export function pluginDir(setting: Setting, context: ImportContext): Outcome {
  return directoryFlag(setting, context, '--cni-bin-dir', usual.binDir);
}

/** `cniConfigDir`, `--cni-conf-dir`: the runtime's directory. */
export function cniConfDir(setting: Setting, context: ImportContext): Outcome {
  return directoryFlag(setting, context, '--cni-conf-dir', usual.confDir);
}

/** `confDir`: configurations of networks whose objects are empty. */
export function networkConfDir(setting: Setting, context: ImportContext): Outcome {
  return directoryFlag(setting, context, '--network-conf-dir', usual.networkConfDir);
}

/** `cniDir`: Multus's own memory of what it attached. */
export function multusState(setting: Setting): Outcome {
  const path = trimmed(textOf(setting));
  if (path === '' || path === usual.multusState)
    return builtIn('weft keeps records of its own, in --state-dir');
  return unsupported(
    `weft looks for what Multus attached in ${usual.multusState} only: drain a node before it changes over, then --allow-unsupported`,
  );
}

/** `readinessindicatorfile`. */
export function readinessFile(setting: Setting, context: ImportContext): Outcome {
  const given = textOf(setting);
  if (given === '') return nothing('it is empty');
  const path = hostPath(context.mounts, given);
  const notes = [pathNote(given, path), "mount its directory into weft-agent's container"];
  return field(
    `readinessIndicatorFile: ${path}`,
    { readinessIndicatorFile: path },
    notes.filter((part) => part !== '').join('; '),
  );
}

/** `kubeconfig`: how Multus reaches the API server. */
export function kubeconfig(setting: Setting): Outcome {
  textOf(setting);
  return nothing("weft-agent has its pod's service account; the plugin asks the agent only");
}

/** `logLevel`; weft has no level for panic alone. */
export function logLevel(setting: Setting): Outcome {
  const level = textOf(setting).toLowerCase();
  if (level === '') return nothing('it is empty');
  if (level === 'debug') return agentFlag('--log-level=debug');
  if (level === 'verbose') return builtIn('it is info, which weft-agent logs');
  if (level === 'error' || level === 'panic') return agentFlag('--log-level=error');
  return nothing('Multus knows no such level and leaves it at that');
}

/** `connectionLimit`. */
export function connectionLimit(setting: Setting): Outcome {
  const limit = integerOf(setting);
  if (limit <= 0) return nothing('Multus takes it for no limit; weft-agent holds pods back by itself');
  return agentFlag(`--max-plans=${Math.min(limit, 1000)}`, 'pods that may be attached at the same time');
}

/** `metricsPort`, on all addresses as with Multus. */
export function metricsPort(setting: Setting): Outcome {
  const port = integerOf(setting);
  if (port <= 0 || port > 65_535) return nothing('it is no port');
  return agentFlag(
    `--metrics-address=:${port}`,
    'other metrics than those of Multus, and the probes too: change their port in the DaemonSet',
  );
}

/** `--skip-tls-verify`. */
export function skipTlsVerify(setting: Setting): Outcome {
  if (!switchOf(setting)) return nothing('it is off');
  return unsupported("weft-agent checks the API server's certificate by its service account's ca.crt");
}

function directoryFlag(setting: Setting, context: ImportContext, flag: string, fallback: string): Outcome {
  const given = textOf(setting);
  const path = hostPath(context.mounts, given);
  if (given === '') return nothing('it is empty');
  const inside = pathNote(given, path);
  if (path === fallback) return builtIn(inside === '' ? `it is ${flag} already` : `it is ${flag}: ${path}`);
  return agentFlag(`${flag}=${path}`, "change the mount in weft-agent's DaemonSet too");
}

function trimmed(path: string): string {
  return path.length > 1 ? path.replace(/\/+$/, '') : path;
}
