import { shown } from '../api/schema-validator.ts';
import { asWeftError, WeftError } from '../errors/weft-error.ts';
import type { NetworkSelection } from './network-selection.ts';
import { parseNetworksAnnotation } from './networks-annotation.ts';

/** Multus's pod annotation that replaces the default network for its pod (NPWG-240). */
export const defaultNetworkAnnotation = 'v1.multus-cni.io/default-network';

/** What the annotation says. */
export interface DefaultSelection {
  /** The network that takes the default network's place. */
  readonly selection: NetworkSelection;
  /** Plain sentences about what was ignored. */
  readonly warnings: readonly string[];
}

/**
 * Reads the annotation, whose grammar is that of the networks annotation with exactly one element (NPWG-241); undefined
 * where it is absent. `namespace`: of a name without one. An interface name is refused: the runtime looks for the one
 * that it has asked for, and Multus would rename that (NPWG-242). Throws InvalidAnnotation.
 */
export function parseDefaultNetworkAnnotation(
  text: string | undefined,
  namespace: string,
): DefaultSelection | undefined {
  if (text === undefined) return undefined;
  const { selections, warnings } = parsed(text, namespace);
  const [selection, second] = selections;
  if (selection === undefined || second !== undefined) {
    throw invalid(`it names ${selections.length} networks, must name exactly one`);
  }
  const { where, ifname } = selection;
  if (ifname !== undefined) {
    throw invalid(
      `${where} asks for interface ${shown(ifname)}, but the runtime decides that of the default network`,
    );
  }
  return { selection: { ...selection, where: `${defaultNetworkAnnotation} ${where}` }, warnings };
}

function parsed(text: string, namespace: string): ReturnType<typeof parseNetworksAnnotation> {
  try {
    return parseNetworksAnnotation(text, namespace, defaultNetworkAnnotation);
  } catch (error) {
    throw invalid(asWeftError(error).failure.cause);
  }
}

function invalid(cause: string): WeftError {
  return new WeftError('InvalidAnnotation', { step: defaultNetworkAnnotation, cause });
}
