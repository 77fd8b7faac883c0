/** What a TLS server presents. PEM. */
export interface ServedPair {
  readonly certificate: string;
  readonly key: string;
}

/** Where the webhook server's certificate comes from. It may change at any time; nothing is restarted for it. */
export interface CertificateSource {
  /** The pair to serve now; undefined until the first one is there. */
  readonly current: ServedPair | undefined;
  /** `listener` is told of each other pair, the first one included. One listener. */
  onChange(listener: (pair: ServedPair) => void): void;
  /** Works until the signal is aborted. Failures are logged and tried again. */
  start(signal: AbortSignal): Promise<void>;
  /** Plain sentences about what is wrong, for /readyz; empty: nothing is. */
  warnings(): readonly string[];
}
