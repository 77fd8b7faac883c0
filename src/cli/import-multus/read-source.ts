import { isObject } from '../../cni/json.ts';
import { WeftError } from '../../errors/weft-error.ts';
import type { HostMount } from './import-context.ts';
import type { MultusSettings } from './import-multus.ts';
import { jsonDocument } from './json-document.ts';
import { type ConfigMapText, describedMultus } from './manifests.ts';
import { readConfiguration } from './read-configuration.ts';
import type { Setting } from './setting.ts';

/** One text that was read. Those of kind `daemon` win over the others. */
export interface Source extends MultusSettings {
  readonly kind: 'plugin' | 'described' | 'daemon';
  readonly mounts: readonly HostMount[];
}

/**
 * Reads one text: a configuration of Multus in JSON, or Multus's manifests in YAML or JSON. Rejects with
 * MultusConfigInvalid that names the line or the field.
 */
export async function readSource(origin: string, text: string): Promise<Source> {
  if (!text.trimStart().startsWith('{')) {
    if (text.trim() === '') throw invalid(origin, 'it is empty');
    const { readYamlDocuments } = await import('../yaml-documents.ts');
    return manifestSource(origin, readYamlDocuments(origin, text));
  }
  const document = jsonDocument(origin, text);
  if (isObject(document) && typeof document['kind'] === 'string') return manifestSource(origin, [document]);
  const { kind, settings } = readConfiguration(origin, text);
  return { kind, settings, hasConfiguration: kind === 'plugin', mounts: [] };
}

/** All sources as one, in the order in which Multus puts them over each other. */
export function combined(sources: readonly Source[]): Source {
  const inOrder = (['plugin', 'described', 'daemon'] as const).flatMap((kind) =>
    sources.filter((source) => source.kind === kind),
  );
  return {
    kind: 'described',
    settings: inOrder.flatMap(({ settings }): readonly Setting[] => settings),
    hasConfiguration: inOrder.some(({ hasConfiguration }) => hasConfiguration),
    mounts: inOrder.flatMap(({ mounts }) => mounts),
  };
}

/** Multus's objects among others. Without a DaemonSet of it, every text of the ConfigMaps is read as a configuration. */
function manifestSource(origin: string, documents: readonly unknown[]): Source {
  const objects = documents.flatMap((document) =>
    isObject(document) && Array.isArray(document['items']) ? (document['items'] as unknown[]) : [document],
  );
  const texts = configMapTexts(objects);
  const [daemonSet, ...others] = objects.filter((object) => isMultusDaemonSet(object));
  if (others.length > 0) throw invalid(origin, 'it has several DaemonSets of Multus; give one');
  if (isObject(daemonSet)) {
    const find: ConfigMapText = (name, key) =>
      texts.find((entry) => entry.name === name && entry.key === key)?.text;
    return { kind: 'described', ...describedMultus(daemonSet, find) };
  }
  if (texts.length === 0) {
    throw invalid(origin, 'it is neither JSON nor a manifest with a DaemonSet or a ConfigMap of Multus');
  }
  return combined(
    texts.map(({ name, key, text }) => {
      const { kind, settings } = readConfiguration(`configmap ${name}, ${key}`, text);
      return { kind, settings, hasConfiguration: kind === 'plugin', mounts: [] };
    }),
  );
}

/** By the label or the name that all manifests of Multus have: a broken one is then refused by name, not overlooked. */
function isMultusDaemonSet(object: unknown): boolean {
  if (!isObject(object) || object['kind'] !== 'DaemonSet') return false;
  return /multus|thin_entrypoint/.test(JSON.stringify(object));
}

function configMapTexts(objects: readonly unknown[]): readonly { name: string; key: string; text: string }[] {
  return objects.flatMap((object) => {
    if (!isObject(object) || object['kind'] !== 'ConfigMap' || !isObject(object['data'])) return [];
    const metadata = object['metadata'];
    const name = isObject(metadata) && typeof metadata['name'] === 'string' ? metadata['name'] : '';
    return Object.entries(object['data']).flatMap(([key, text]) =>
      typeof text === 'string' ? [{ name, key, text }] : [],
    );
  });
}

function invalid(origin: string, cause: string): WeftError {
  return new WeftError('MultusConfigInvalid', { step: `read ${origin}`, cause });
}
