import type { Setting } from './setting.ts';

/** A flag of Multus's thin entrypoint (cmd/thin_entrypoint addFlags). */
interface EntrypointFlag {
  /** Of the setting: where it ends up in the configuration, that key's. */
  readonly name: string;
  readonly isSwitch?: boolean;
  /** Counts only where the entrypoint generates the configuration. */
  readonly autoOnly?: boolean;
}

const flags: ReadonlyMap<string, EntrypointFlag> = new Map(
  Object.entries<EntrypointFlag>({
    'cni-bin-dir': { name: 'cni-bin-dir' },
    'cni-conf-dir': { name: 'cniConfigDir' },
    'cni-version': { name: 'cniVersion', autoOnly: true },
    'multus-conf-file': { name: 'multusConfigFile' },
    'multus-bin-file': { name: 'multus-bin-file' },
    'multus-cni-conf-dir': { name: 'cniConf', autoOnly: true },
    'skip-multus-binary-copy': { name: 'skip-multus-binary-copy', isSwitch: true },
    'multus-kubeconfig-file-host': { name: 'kubeconfig', autoOnly: true },
    'multus-master-cni-file-name': { name: 'multusMasterCNI', autoOnly: true },
    'namespace-isolation': { name: 'namespaceIsolation', isSwitch: true, autoOnly: true },
    'global-namespaces': { name: 'globalNamespaces', autoOnly: true },
    'multus-autoconfig-dir': { name: 'multusAutoconfigDir', autoOnly: true },
    'multus-log-to-stderr': { name: 'logToStderr', isSwitch: true, autoOnly: true },
    'multus-log-level': { name: 'logLevel', autoOnly: true },
    'multus-log-file': { name: 'logFile', autoOnly: true },
    'override-network-name': { name: 'overrideNetworkName', isSwitch: true, autoOnly: true },
    'cleanup-config-on-exit': { name: 'cleanup-config-on-exit', isSwitch: true },
    'skip-config-watch': { name: 'skip-config-watch', isSwitch: true, autoOnly: true },
    'rename-conf-file': { name: 'rename-conf-file', isSwitch: true, autoOnly: true },
    'readiness-indicator-file': { name: 'readinessindicatorfile', autoOnly: true },
    'additional-bin-dir': { name: 'binDir', autoOnly: true },
    'skip-tls-verify': { name: 'skip-tls-verify', isSwitch: true, autoOnly: true },
    'force-cni-version': { name: 'forceCNIVersion', isSwitch: true, autoOnly: true },
  }),
);

/** The arguments of the thin entrypoint's container as settings, in their order; none is left out. */
export function entrypointSettings(origin: string, args: readonly string[]): readonly Setting[] {
  const given = argumentsOf(args);
  const conf = given.findLast(({ flag }) => flag === 'multus-conf-file')?.value;
  const copies = conf !== undefined && conf !== 'auto';
  return given.map(({ key, flag, value }) => {
    const known = flags.get(flag);
    const parsed = known?.isSwitch === true ? asSwitch(value) : value;
    const setting = { origin, key, name: known?.name ?? '', value: parsed, text: JSON.stringify(parsed) };
    return copies && known?.autoOnly === true
      ? { ...setting, idle: 'the entrypoint heeds it with --multus-conf-file=auto only' }
      : setting;
  });
}

interface Argument {
  /** As it was written, without the value. */
  readonly key: string;
  /** Without dashes; '' for a word that belongs to no flag. */
  readonly flag: string;
  readonly value: string;
}

/** As pflag reads them: `--flag=value`, `--flag value`, and switches that take no word after them. */
function argumentsOf(args: readonly string[]): readonly Argument[] {
  const found: Argument[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const word = args[index] ?? '';
    const match = /^--([^=]+)(?:=([\s\S]*))?$/.exec(word);
    const flag = match?.[1] ?? '';
    if (match === null) found.push({ key: word, flag: '', value: '' });
    else if (match[2] !== undefined) found.push({ key: `--${flag}`, flag, value: match[2] });
    else if (flags.get(flag)?.isSwitch ?? !flags.has(flag)) {
      found.push({ key: `--${flag}`, flag, value: flags.has(flag) ? 'true' : '' });
    } else {
      index += 1;
      found.push({ key: `--${flag}`, flag, value: args[index] ?? '' });
    }
  }
  return found;
}

/** The spellings of Go's strconv.ParseBool; anything else stays a text, which the rules then refuse. */
function asSwitch(text: string): boolean | string {
  if (/^(1|t|T|true|TRUE|True)$/.test(text)) return true;
  return /^(0|f|F|false|FALSE|False)$/.test(text) ? false : text;
}
