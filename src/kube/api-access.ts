/** A text that is given, or in a file that may change while we run. */
export type Material = { readonly text: string } | { readonly file: string };

/** How an API server is reached, and as whom. */
export interface ApiAccess {
  /** `https://host:port`, with a path if the API lies below one. */
  readonly server: string;
  /** Authorities that may have signed its certificate, PEM; absent: those of Node. */
  readonly ca?: Material;
  /** For whom its certificate must be, where that is not the host in `server`. */
  readonly serverName?: string;
  /** True: the certificate is not checked. */
  readonly insecure?: boolean;
  /** Our certificate and its key, PEM. */
  readonly client?: { readonly certificate: Material; readonly key: Material };
  /** Bearer token. */
  readonly token?: Material;
}
