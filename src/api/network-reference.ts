/** How WeftConfig, or a flag, names a network. The forms are told apart by their slashes. */
export type NetworkReference =
  /** `NAMESPACE/NAME`: a NetworkAttachmentDefinition. */
  | { readonly kind: 'nad'; readonly namespace: string; readonly name: string }
  /** `NAME`: the CNI name of a file in a directory of the node. */
  | { readonly kind: 'named'; readonly name: string }
  /** `/DIRECTORY/FILE`: this very file of the node. */
  | { readonly kind: 'file'; readonly path: string };

/** Reads one; whether it fits the grammar is the schema's business. */
export function networkReference(text: string): NetworkReference {
  if (text.startsWith('/')) return { kind: 'file', path: text };
  const slash = text.indexOf('/');
  if (slash === -1) return { kind: 'named', name: text };
  return { kind: 'nad', namespace: text.slice(0, slash), name: text.slice(slash + 1) };
}
