/** Why pods of the node cannot be attached. */
export interface Complaint {
  /** A ComplaintReason, or that of the WeftError (src/errors) because of which there is no default network. */
  readonly reason: string;
  /** A sentence. */
  readonly message: string;
}

/**
 * - `NotListening`: the plugin does not reach the agent.
 * - `NotRead`: something that plans need was never read, from the API server or from a directory.
 * - `NotInstalled`: plugin, node.json or configuration are not in place.
 * - `NotFirst`: the runtime takes another configuration.
 */
export type ComplaintReason = 'NotListening' | 'NotRead' | 'NotInstalled' | 'NotFirst';

/** The same reason for several sentences. */
export function complaints(reason: ComplaintReason, sentences: readonly string[]): readonly Complaint[] {
  return sentences.map((message) => ({ reason, message }));
}
