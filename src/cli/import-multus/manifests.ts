import { isObject } from '../../cni/json.ts';
import { WeftError } from '../../errors/weft-error.ts';
import { entrypointSettings } from './entrypoint-arguments.ts';
import type { HostMount } from './import-context.ts';
import type { MultusSettings } from './import-multus.ts';
import { readConfiguration } from './read-configuration.ts';
import type { Setting } from './setting.ts';

/** Multus as its manifests, or the cluster, describe it. */
export interface DescribedMultus extends MultusSettings {
  readonly mounts: readonly HostMount[];
}

/** Text of a key of a ConfigMap in the DaemonSet's namespace; undefined where there is none. */
export type ConfigMapText = (configMap: string, key: string) => string | undefined;

/** Where multus-daemon looks without `--config` (pkg/server DefaultMultusDaemonConfigFile). */
const daemonConfigFile = '/etc/cni/net.d/multus.d/daemon-config.json';

/**
 * Reads the settings of a DaemonSet of Multus, thin or thick, with the ConfigMaps that it mounts. Throws
 * MultusConfigInvalid where it is none, or where its configuration is not in a ConfigMap.
 */
export function describedMultus(daemonSet: object, configMap: ConfigMapText): DescribedMultus {
  const pod = new MultusPod(daemonSet, configMap);
  if (pod.program === 'thin_entrypoint') return thin(pod);
  if (pod.program === 'multus-daemon') return thick(pod);
  throw pod.invalid(
    `no container runs thin_entrypoint or multus-daemon${pod.program && `, but ${pod.program}`}`,
  );
}

/** ConfigMaps that the DaemonSet mounts. */
export function mountedConfigMaps(daemonSet: object): readonly string[] {
  return listAt(daemonSet, 'spec', 'template', 'spec', 'volumes').flatMap((volume) => {
    const name = at(volume, 'configMap', 'name');
    return typeof name === 'string' ? [name] : [];
  });
}

function thin(pod: MultusPod): DescribedMultus {
  const settings = entrypointSettings(pod.origin, pod.args);
  const path = settings.findLast(({ name }) => name === 'multusConfigFile')?.value;
  const text = typeof path === 'string' && path !== 'auto' ? pod.fileText(path) : undefined;
  if (text === undefined) return { settings, hasConfiguration: false, mounts: pod.mounts };
  const read = readConfiguration(text.origin, text.text);
  return { settings: [...settings, ...read.settings], hasConfiguration: true, mounts: pod.mounts };
}

function thick(pod: MultusPod): DescribedMultus {
  const argument = daemonArgument(pod.args);
  const text = pod.fileText(argument.path);
  if (text === undefined) {
    throw pod.invalid(
      `multus-daemon reads ${argument.path}, which is in no ConfigMap`,
      'give that file with -f',
    );
  }
  const { settings } = readConfiguration(text.origin, text.text);
  const copied = settings.findLast(({ name }) => name === 'multusConfigFile')?.value;
  const conf = typeof copied === 'string' && copied !== 'auto' ? pod.fileText(copied) : undefined;
  const below = conf === undefined ? [] : readConfiguration(conf.origin, conf.text).settings;
  const given = argument.others.map((word) => ({
    origin: pod.origin,
    key: word,
    name: '',
    value: word,
    text: JSON.stringify(word),
  }));
  return {
    settings: [...given, ...argument.settings(pod.origin), ...below, ...settings],
    hasConfiguration: conf !== undefined,
    mounts: pod.mounts,
  };
}

interface DaemonArgument {
  readonly path: string;
  /** Words that are not `--config`. */
  readonly others: readonly string[];
  readonly settings: (origin: string) => readonly Setting[];
}

/** `-config`, `--config`, with `=` or the next word: the only argument that multus-daemon works with. */
function daemonArgument(args: readonly string[]): DaemonArgument {
  const index = args.findIndex((word) => /^--?config(=|$)/.test(word));
  if (index < 0) return { path: daemonConfigFile, others: args, settings: () => [] };
  const word = args[index] ?? '';
  const inline = word.includes('=');
  const path = inline ? word.slice(word.indexOf('=') + 1) : (args[index + 1] ?? '');
  const others = args.filter((_, at) => at !== index && (inline || at !== index + 1));
  const key = word.replace(/=.*/s, '');
  const settings = (origin: string): readonly Setting[] => [
    { origin, key, name: 'daemon-config', value: path, text: JSON.stringify(path) },
  ];
  return { path, others, settings };
}

const multusPrograms: readonly string[] = ['thin_entrypoint', 'multus-daemon'];

/** What the template of a DaemonSet says about the container in which Multus runs. */
class MultusPod {
  readonly origin: string;
  /** Base name of what the container runs. */
  readonly program: string;
  readonly args: readonly string[];
  readonly mounts: readonly HostMount[];
  readonly #container: unknown;
  readonly #volumes: readonly unknown[];
  readonly #configMap: ConfigMapText;

  constructor(daemonSet: object, configMap: ConfigMapText) {
    const name = [at(daemonSet, 'metadata', 'namespace'), at(daemonSet, 'metadata', 'name')];
    this.origin = `daemonset ${name.filter((part) => typeof part === 'string').join('/')}`;
    const containers = listAt(daemonSet, 'spec', 'template', 'spec', 'containers');
    this.#container = containers.find(isMultus) ?? containers[0];
    this.args = argumentsOf(this.#container);
    this.#volumes = listAt(daemonSet, 'spec', 'template', 'spec', 'volumes');
    this.#configMap = configMap;
    this.program = programOf(this.#container) || this.#imageProgram();
    this.mounts = this.#volumeMounts().flatMap(({ mountPath, volume }) => {
      const hostPath = at(volume, 'hostPath', 'path');
      return typeof hostPath === 'string' ? [{ mountPath, hostPath }] : [];
    });
  }

  /** What a ConfigMap has under a path of the container; undefined where the path is in none that is known. */
  fileText(path: string): { readonly origin: string; readonly text: string } | undefined {
    for (const { mountPath, subPath, volume } of this.#volumeMounts()) {
      const configMap = at(volume, 'configMap', 'name');
      if (typeof configMap !== 'string') continue;
      const rest = relative(mountPath, path);
      const file = subPath !== '' && rest === '' ? subPath : rest;
      if (file === undefined || file === '') continue;
      const item = listAt(volume, 'configMap', 'items').find((entry) => at(entry, 'path') === file);
      const key = at(item, 'key');
      const text = this.#configMap(configMap, typeof key === 'string' ? key : file);
      if (text !== undefined) return { origin: `configmap ${configMap}`, text };
    }
    return undefined;
  }

  invalid(cause: string, remedy?: string): WeftError {
    return new WeftError('MultusConfigInvalid', { step: `read ${this.origin}`, cause, remedy });
  }

  /** Both images of Multus start the program that is theirs when nothing else is said. */
  #imageProgram(): string {
    if (!isMultus(this.#container)) return '';
    const isThick = this.fileText(daemonConfigFile) !== undefined;
    return isThick ? 'multus-daemon' : 'thin_entrypoint';
  }

  #volumeMounts(): readonly { mountPath: string; subPath: string; volume: unknown }[] {
    return listAt(this.#container, 'volumeMounts').flatMap((mount) => {
      const mountPath = at(mount, 'mountPath');
      const subPath = at(mount, 'subPath');
      const volume = this.#volumes.find((entry) => at(entry, 'name') === at(mount, 'name'));
      if (typeof mountPath !== 'string') return [];
      return [
        {
          mountPath: mountPath.replace(/(.)\/+$/, '$1'),
          subPath: typeof subPath === 'string' ? subPath : '',
          volume,
        },
      ];
    });
  }
}

function isMultus(container: unknown): boolean {
  const program = programOf(container);
  return program === '' ? /multus/.test(String(at(container, 'image'))) : multusPrograms.includes(program);
}

/** Base name of what `command` says; '' where it is left to the image. */
function programOf(container: unknown): string {
  return texts(at(container, 'command'))[0]?.replace(/^.*\//, '') ?? '';
}

function argumentsOf(container: unknown): readonly string[] {
  return [...texts(at(container, 'command')).slice(1), ...texts(at(container, 'args'))];
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((word) => typeof word === 'string') : [];
}

/** '' for the directory itself, undefined for what is not below it. */
function relative(directory: string, path: string): string | undefined {
  if (path === directory) return '';
  return path.startsWith(`${directory}/`) ? path.slice(directory.length + 1) : undefined;
}

function at(value: unknown, ...path: readonly string[]): unknown {
  let found = value;
  for (const key of path) found = isObject(found) ? found[key] : undefined;
  return found;
}

function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}
