import {
  type NetworkAttachmentDefinition,
  parseNetworkAttachmentDefinition,
} from '../../api/network-attachment-definition.ts';
import { asWeftError, type WeftError } from '../../errors/weft-error.ts';
import type { DocumentReader } from './documents.ts';

/** One NetworkAttachmentDefinition of a file, or what is wrong with it. */
export interface DefinedNetwork {
  /** `namespace/name`; undefined where the document does not even tell that. */
  readonly key: string | undefined;
  readonly definition: NetworkAttachmentDefinition | WeftError;
}

/** What a file of `--networks-dir` holds. */
export interface NetworkFile {
  readonly name: string;
  readonly networks: readonly DefinedNetwork[];
  /** Why the file as a whole cannot be read; undefined if it can. */
  readonly broken: string | undefined;
  /** Sentences that name file and field. */
  readonly problems: readonly string[];
}

/**
 * Reads a file's documents. A faulty document does not hide the others, a file that cannot be parsed hides all of its
 * own and nothing else.
 */
export function readNetworkFile(
  name: string,
  text: string,
  read: DocumentReader,
  defaultNamespace: string,
): NetworkFile {
  let documents: readonly unknown[];
  try {
    documents = read(text).flatMap(itemsOf);
  } catch (error) {
    return brokenFile(name, error instanceof Error ? error.message : String(error));
  }
  const relevant = documents.filter((document) => document !== null && document !== undefined);
  const networks = relevant.filter(isNetwork).map((document) => define(document, defaultNamespace));
  const faults = networks.map(({ definition }) => definition).filter((found) => found instanceof Error);
  const foreign = relevant.length - networks.length;
  const problems = faults.map((fault) => `${name}: ${fault.message}`);
  if (foreign > 0) problems.push(`${name}: ${foreign} objects of other kinds are left alone`);
  return { name, networks, broken: undefined, problems };
}

/** A file of which nothing can be said. */
export function brokenFile(name: string, cause: string): NetworkFile {
  return { name, networks: [], broken: cause, problems: [`${name}: ${cause}`] };
}

/** `kubectl get -o yaml` gives a List. */
function itemsOf(document: unknown): readonly unknown[] {
  const { kind, items } = fieldsOf(document);
  const isList = typeof kind === 'string' && kind.endsWith('List') && Array.isArray(items);
  return isList ? (items as readonly unknown[]) : [document];
}

/** A document without kind is looked at, so that a forgotten line is reported and not passed over. */
function isNetwork(document: unknown): boolean {
  const { kind } = fieldsOf(document);
  return kind === undefined || kind === 'NetworkAttachmentDefinition';
}

function define(document: unknown, defaultNamespace: string): DefinedNetwork {
  try {
    const definition = parseNetworkAttachmentDefinition(document, defaultNamespace);
    return { key: `${definition.metadata.namespace}/${definition.metadata.name}`, definition };
  } catch (error) {
    return { key: keyOf(document, defaultNamespace), definition: asWeftError(error) };
  }
}

function keyOf(document: unknown, defaultNamespace: string): string | undefined {
  const { name, namespace } = fieldsOf(fieldsOf(document)['metadata']);
  if (typeof name !== 'string' || name === '') return undefined;
  return `${typeof namespace === 'string' && namespace !== '' ? namespace : defaultNamespace}/${name}`;
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
