import { readFile } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { WeftError } from '../errors/weft-error.ts';
import type { ApiAccess } from './api-access.ts';
import { accessFromKubeconfig } from './kubeconfig.ts';

/** Where the kubelet puts a pod's service account. */
const serviceAccountDir = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Reads a kubeconfig in YAML or JSON. Throws ApiAccessInvalid that names file and field. */
export async function loadKubeconfig(path: string, context?: string): Promise<ApiAccess> {
  let document: unknown;
  try {
    document = await parse(await readFile(path, 'utf8'));
  } catch (error) {
    const cause = `${path}: ${error instanceof Error ? error.message : String(error)}`;
    throw new WeftError('ApiAccessInvalid', { step: 'read kubeconfig', cause, error });
  }
  return accessFromKubeconfig(document, path, context);
}

/** What a pod's access depends on. */
export interface PodEnvironment {
  /** Environment variables. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Replaces the address of the `kubernetes` Service, which nobody answers before kube-proxy runs. */
  readonly server?: string;
  /** With token and ca.crt; default: where the kubelet puts them. */
  readonly directory?: string;
}

/**
 * Access as a pod's service account. Throws ApiAccessInvalid outside of a pod. The API server's certificate is always
 * good for the Service's name, not for each address by which it is reached.
 */
export function podAccess({ env, server, directory = serviceAccountDir }: PodEnvironment): ApiAccess {
  const files = { ca: { file: `${directory}/ca.crt` }, token: { file: `${directory}/token` } };
  if (server !== undefined) return { server, serverName: 'kubernetes.default.svc', ...files };
  const host = env['KUBERNETES_SERVICE_HOST'] ?? '';
  const port = env['KUBERNETES_SERVICE_PORT'] ?? '';
  if (host === '' || port === '') {
    const cause = 'KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set';
    const remedy = 'run it in a pod, or name a kubeconfig';
    throw new WeftError('ApiAccessInvalid', { cause, remedy });
  }
  return { server: `https://${isIPv6(host) ? `[${host}]` : host}:${port}`, ...files };
}

async function parse(text: string): Promise<unknown> {
  if (text.trimStart().startsWith('{')) return JSON.parse(text) as unknown;
  return (await import('./yaml-kubeconfig.ts')).readYamlKubeconfig(text);
}
