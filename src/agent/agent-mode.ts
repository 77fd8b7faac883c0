import { WeftError } from '../errors/weft-error.ts';
import type { AgentOptions } from './agent-flags.ts';

/** Where the agent learns from. `server`: an address that replaces the usual one; undefined: the usual one. */
export type AgentMode =
  | { readonly kind: 'standalone' }
  | { readonly kind: 'kubeconfig'; readonly path: string; readonly server: string | undefined }
  | { readonly kind: 'in-cluster'; readonly server: string | undefined };

/** The flags that decide it. */
type ModeOptions = Pick<AgentOptions, 'kubeconfig' | 'networksDir' | 'apiServer' | 'nodeName'>;

/**
 * A kubeconfig, else a directory of networks, else the pod that this process runs in, else nothing but the default
 * network. Throws InvalidFlag for flags that contradict each other.
 */
export function agentMode(
  options: ModeOptions,
  env: Readonly<Record<string, string | undefined>>,
): AgentMode {
  const { kubeconfig, networksDir, apiServer, nodeName } = options;
  if (kubeconfig !== '' && networksDir !== '') {
    const remedy = 'give --kubeconfig in Kubernetes, --networks-dir without it';
    throw new WeftError('InvalidFlag', {
      cause: '--kubeconfig and --networks-dir exclude each other',
      remedy,
    });
  }
  const isPod = apiServer !== '' || (env['KUBERNETES_SERVICE_HOST'] ?? '') !== '';
  if (networksDir !== '' || (kubeconfig === '' && !isPod)) return { kind: 'standalone' };
  // Without it the pods of all nodes would be this node's.
  if (nodeName === '') {
    throw new WeftError('InvalidFlag', { cause: '--node-name is empty', remedy: "give the Node's name" });
  }
  const server = apiServer === '' ? undefined : apiServer;
  return kubeconfig === ''
    ? { kind: 'in-cluster', server }
    : { kind: 'kubeconfig', path: kubeconfig, server };
}
