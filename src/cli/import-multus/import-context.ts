import type { Setting } from './setting.ts';

/** Whether the network inside of Multus's configuration becomes an object, or is a file on the nodes by itself. */
export type FirstDelegate = 'network' | 'file';

/** A directory of the node inside of Multus's container. */
export interface HostMount {
  readonly mountPath: string;
  readonly hostPath: string;
}

/** What is known beside the configuration. */
export interface ImportFacts {
  /** Of Multus's container; empty where only a file is known. */
  readonly mounts: readonly HostMount[];
  /** `namespace/name` of networks that the cluster has, among those that were asked for; absent: nobody was asked. */
  readonly networks?: ReadonlySet<string> | undefined;
  /** CNI names of the configurations that lie beside the file that is imported. */
  readonly neighbours: ReadonlySet<string>;
  /** What the user says about the first delegate. */
  readonly firstDelegate?: FirstDelegate | undefined;
  /** The user's own `spec.defaultNetwork`, which wins. */
  readonly defaultNetwork?: string | undefined;
}

/** What the rules look at beside their own setting. */
export interface ImportContext extends ImportFacts {
  /** Namespace of the networks that Multus names without one. */
  readonly multusNamespace: string;
  /** The runtime's directory of configurations, on the node. */
  readonly confDir: string;
  /** Where Multus looks for the default network, on the node. */
  readonly autoconfigDir: string;
  /** The value that counts of a key; undefined where it is not set. */
  readonly setting: (name: string) => unknown;
  /** True if a CNI configuration of Multus is among the sources. */
  readonly hasConfiguration: boolean;
}

const usualConfDir = '/etc/cni/net.d';

/** The settings that count, seen as a whole. */
export function importContext(
  settings: readonly Setting[],
  facts: ImportFacts,
  hasConfiguration: boolean,
): ImportContext {
  const value = (name: string): unknown =>
    settings.findLast(
      (setting) => setting.name === name && setting.idle === undefined && setting.value !== null,
    )?.value;
  const text = (name: string, fallback: string): string => {
    const found = value(name);
    return typeof found === 'string' && found !== '' ? found : fallback;
  };
  const confDir = hostPath(facts.mounts, text('cniConfigDir', usualConfDir));
  return {
    ...facts,
    multusNamespace: text('multusNamespace', 'kube-system'),
    confDir,
    autoconfigDir: hostPath(facts.mounts, text('multusAutoconfigDir', confDir)),
    setting: value,
    hasConfiguration,
  };
}

/**
 * The node's path of a path in Multus's container, without a slash at its end. Where the mounts are not known, `/host`
 * in front is what all of Multus's manifests put there.
 */
export function hostPath(mounts: readonly HostMount[], path: string): string {
  const clean = path.length > 1 ? path.replace(/\/+$/, '') : path;
  const under = mounts
    .filter(({ mountPath }) => clean === mountPath || clean.startsWith(`${mountPath.replace(/\/$/, '')}/`))
    .toSorted((a, b) => b.mountPath.length - a.mountPath.length)[0];
  if (under !== undefined) {
    const rest = clean.slice(under.mountPath.replace(/\/$/, '').length);
    return `${under.hostPath.replace(/\/$/, '')}${rest}` || '/';
  }
  return clean.startsWith('/host/') ? clean.slice('/host'.length) : clean;
}

/** Says that a path is another one in Multus's container; '' where it is the same. */
export function pathNote(inContainer: string, onNode: string): string {
  return inContainer.replace(/\/+$/, '') === onNode ? '' : `${inContainer} in Multus's container`;
}
