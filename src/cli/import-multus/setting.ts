/** One key of a Multus configuration, wherever it was written. */
export interface Setting {
  /** Where: `00-multus.conf`, `daemonset kube-system/kube-multus-ds`. */
  readonly origin: string;
  /** As it is written there: `logOptions.maxAge`, `delegates[0]`, `--namespace-isolation`. */
  readonly key: string;
  /**
   * By which the rules know it: Multus's own spelling, elements of a list with `[]`. An argument of the entrypoint that
   * ends up as a key of the configuration has that key's name. '' where Multus knows no such key.
   */
  readonly name: string;
  readonly value: unknown;
  /** The value's JSON text as it was written, so that numbers beyond 2^53 stay what they are. */
  readonly text: string;
  /** Why Multus itself makes nothing of it; absent: it counts. */
  readonly idle?: string;
}

/** What became of a setting, for the last column and the exit code. */
export type Verdict = 'field' | 'flag' | 'built-in' | 'nothing' | 'by-hand' | 'unsupported' | 'unknown';

/** Parts of a WeftConfig's `spec` that a setting sets. Lists are appended. */
export interface SpecPart {
  readonly defaultNetwork?: string;
  readonly defaultNetworks?: readonly string[];
  readonly defaultNetworkNamespace?: string;
  readonly systemNamespaces?: readonly string[];
  readonly readinessIndicatorFile?: string;
  readonly pluginDirs?: readonly string[];
  readonly isolation?: { readonly enabled?: boolean; readonly globalNamespaces?: readonly string[] };
}

/** A NetworkAttachmentDefinition that takes the place of a configuration that stood inside Multus's own. */
export interface InlineNetwork {
  readonly namespace: string;
  readonly name: string;
  /** The CNI configuration, byte by byte. */
  readonly config: string;
}

/** What a setting becomes. */
export interface Outcome {
  readonly verdict: Verdict;
  /** The field with its value, the flag, or the word that says there is none. */
  readonly becomes: string;
  /** Why, and what is left to do; '' where there is nothing to say. */
  readonly note: string;
  readonly spec?: SpecPart;
  /** Flag of weft-agent with its value. */
  readonly flag?: string;
  readonly network?: InlineNetwork;
}

/** Sets fields of WeftConfig. */
export function field(becomes: string, spec: SpecPart, note = ''): Outcome {
  return { verdict: 'field', becomes: `spec.${becomes}`, note, spec };
}

/** A flag that weft-agent has to be started with. */
export function agentFlag(flag: string, note = ''): Outcome {
  return { verdict: 'flag', becomes: `weft-agent ${flag}`, note, flag };
}

/** weft does it without being told. */
export function builtIn(note: string): Outcome {
  return { verdict: 'built-in', becomes: 'nothing: always so', note };
}

/** It means nothing to weft. */
export function nothing(note: string): Outcome {
  return { verdict: 'nothing', becomes: 'nothing', note };
}

/** weft can do the same, after somebody has done something that this program cannot. */
export function byHand(note: string): Outcome {
  return { verdict: 'by-hand', becomes: 'by hand', note };
}

/** weft would behave differently. */
export function unsupported(note: string): Outcome {
  return { verdict: 'unsupported', becomes: 'NOT SUPPORTED', note };
}
