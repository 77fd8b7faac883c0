import { parseWeftConfig } from '../../api/weft-config.ts';
import { asWeftError, WeftError } from '../../errors/weft-error.ts';
import type { InlineNetwork, Outcome, Setting, SpecPart } from './setting.ts';

/** An object to be made in the cluster. */
export interface ImportedDocument {
  readonly apiVersion: string;
  readonly kind: 'NetworkAttachmentDefinition' | 'WeftConfig';
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: object;
}

type Row = Outcome & { readonly setting: Setting };

/**
 * The objects that the rows add up to, the WeftConfig last. Throws MultusConfigInvalid if weft would refuse it, for
 * instance for more networks than a pod can have.
 */
export function importedDocuments(
  rows: readonly Row[],
  defaultNetwork: string | undefined,
): readonly ImportedDocument[] {
  // Multus attaches what is written out before what it looks up.
  const ordered = [...rows.filter(isDelegate), ...rows.filter((row) => !isDelegate(row))];
  const parts: SpecPart[] = ordered.flatMap(({ spec }) => spec ?? []);
  if (defaultNetwork !== undefined) parts.push({ defaultNetwork });
  const config: ImportedDocument = {
    apiVersion: 'weft.dev/v1alpha1',
    kind: 'WeftConfig',
    metadata: { name: 'default' },
    spec: parts.reduce(merged, {}),
  };
  try {
    parseWeftConfig(config);
  } catch (error) {
    const { cause } = asWeftError(error).failure;
    const remedy = 'correct what the configuration of Multus says there';
    throw new WeftError('MultusConfigInvalid', { step: 'make the WeftConfig', cause, remedy, error });
  }
  return [
    ...rows.flatMap(({ network }) => (network === undefined ? [] : [networkDocument(network)])),
    config,
  ];
}

function isDelegate({ setting }: Row): boolean {
  return setting.name === 'delegates[]';
}

function merged(spec: SpecPart, part: SpecPart): SpecPart {
  return {
    ...spec,
    ...part,
    ...(part.defaultNetworks && {
      defaultNetworks: [...(spec.defaultNetworks ?? []), ...part.defaultNetworks],
    }),
    ...(part.pluginDirs && { pluginDirs: [...(spec.pluginDirs ?? []), ...part.pluginDirs] }),
    ...(part.isolation && { isolation: { ...spec.isolation, ...part.isolation } }),
  };
}

function networkDocument({ namespace, name, config }: InlineNetwork): ImportedDocument {
  return {
    apiVersion: 'k8s.cni.cncf.io/v1',
    kind: 'NetworkAttachmentDefinition',
    metadata: { name, namespace },
    spec: { config },
  };
}
