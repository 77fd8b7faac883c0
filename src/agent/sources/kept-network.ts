import type { NetworkAttachmentDefinition } from '../../api/network-attachment-definition.ts';
import { decodeNodeFile } from '../../attachment/node-file.ts';
import { asWeftError } from '../../errors/weft-error.ts';
import type { NetworkLookup } from '../../resolve/snapshot.ts';
import { readIfThere } from '../install/durable-file.ts';

/**
 * The NAD that the default network came from when node.json was written, for an agent that starts while the API server is
 * away; undefined where it was a file, or nothing can be read. Never rejects.
 */
export async function keptNetwork(stateDir: string): Promise<NetworkAttachmentDefinition | undefined> {
  try {
    const bytes = await readIfThere(`${stateDir}/node.json`);
    const { source } = decodeNodeFile(bytes?.toString('utf8') ?? '');
    if (source === undefined) return undefined;
    const { namespace, name, config } = source;
    return { metadata: { namespace, name }, spec: { config } };
  } catch {
    // Who writes node.json tells what is wrong with it.
    return undefined;
  }
}

/**
 * What is known of the default network's NAD: from the watch, else from what a request has `asked` for; and the kept one
 * while nothing can be known. What is known to be gone or broken stays so.
 */
export function defaultLookup(
  watched: NetworkLookup,
  asked: NetworkLookup | undefined,
  kept: NetworkAttachmentDefinition | undefined,
): NetworkLookup {
  return (namespace, name) => {
    try {
      return watched(namespace, name) ?? asked?.(namespace, name);
    } catch (error) {
      if (!isUnknown(error)) throw error;
      const found = askedFor(asked, namespace, name);
      if (found !== undefined) return found;
      if (kept?.metadata.namespace === namespace && kept.metadata.name === name) return kept;
      throw error;
    }
  };
}

/** Whoever asked while the API server is away was told that, and no more. */
function askedFor(
  asked: NetworkLookup | undefined,
  namespace: string,
  name: string,
): NetworkAttachmentDefinition | undefined {
  try {
    return asked?.(namespace, name);
  } catch (error) {
    if (isUnknown(error)) return undefined;
    throw error;
  }
}

function isUnknown(error: unknown): boolean {
  return asWeftError(error).reason.startsWith('Api');
}
