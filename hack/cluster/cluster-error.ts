/** A mistake of the user or of the machine that a person can mend: shown as one line, never with a stack trace. */
export class ClusterError extends Error {
  override readonly name: string = 'ClusterError';
}
