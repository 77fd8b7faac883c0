import { Buffer } from 'node:buffer';

/** What a kubeconfig holds; certificates and keys in PEM. */
export interface KubeconfigParts {
  /** `https://HOST:PORT`. */
  readonly server: string;
  /** Name of cluster and context; absent: `weft`. */
  readonly name?: string;
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

/** A kubeconfig with everything inside. It is JSON, which every reader of YAML reads. */
export function kubeconfigText(parts: KubeconfigParts): string {
  const name = parts.name ?? 'weft';
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name, cluster: { server: parts.server, 'certificate-authority-data': base64(parts.authority) } },
    ],
    users: [
      {
        name,
        user: { 'client-certificate-data': base64(parts.certificate), 'client-key-data': base64(parts.key) },
      },
    ],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
