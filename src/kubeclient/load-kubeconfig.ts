import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { WeftError } from '../errors/weft-error.ts';
import { CapturingKubeConfig } from './capturing-kube-config.ts';

/** Which cluster, and as whom, as kubectl's users say it. */
export interface WantedCluster {
  /** File of `--kubeconfig`; absent: the files of KUBECONFIG, then `~/.kube/config`, then a pod's service account. */
  readonly kubeconfig?: string | undefined;
  /** Context of `--context`; absent: the current one. */
  readonly context?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads the kubeconfig that kubectl would read, with a usable context chosen. Throws ApiAccessInvalid that names the
 * file or the context.
 */
export async function loadKubeconfig(wanted: WantedCluster): Promise<CapturingKubeConfig> {
  const files = kubeconfigFiles(wanted);
  const config = new CapturingKubeConfig();
  if (files.length > 0) for (const file of files) config.addFile(await readKubeconfig(file));
  else if (wanted.env['KUBERNETES_SERVICE_HOST'] && wanted.kubeconfig === undefined) config.loadFromCluster();
  else throw unusable('there is no kubeconfig', 'name one with --kubeconfig or KUBECONFIG');
  choose(config, wanted.context, files);
  return config;
}

/** Files of KUBECONFIG that do not exist are skipped, as kubectl does; the one that is named must be there. */
function kubeconfigFiles({ kubeconfig, env }: WantedCluster): readonly string[] {
  if (kubeconfig !== undefined) return [resolve(kubeconfig)];
  const listed = (env['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== '');
  if (listed.length > 0) return listed.map((path) => resolve(path)).filter((path) => existsSync(path));
  const usual = join(env['HOME'] ?? '/', '.kube/config');
  return existsSync(usual) ? [usual] : [];
}

async function readKubeconfig(file: string): Promise<CapturingKubeConfig> {
  const config = new CapturingKubeConfig();
  try {
    const text = readFileSync(file, 'utf8');
    config.loadFromString(text);
    config.makePathsAbsolute(dirname(file));
    config.complete(await parsed(text), dirname(file));
    return config;
  } catch (error) {
    throw unusable(`${file}: ${error instanceof Error ? error.message : String(error)}`, undefined, error);
  }
}

async function parsed(text: string): Promise<unknown> {
  return (await import('../kube/yaml-kubeconfig.ts')).readYamlKubeconfig(text);
}

function choose(config: CapturingKubeConfig, context: string | undefined, files: readonly string[]): void {
  const where = files.length === 0 ? 'the service account' : files.join(', ');
  const name = context ?? config.getCurrentContext();
  if (!name) throw unusable(`${where}: no current context`, 'name one with --context');
  if (!config.getContexts().some((entry) => entry.name === name)) {
    throw unusable(`${where}: no context is called "${name}"`, 'see kubectl config get-contexts');
  }
  config.setCurrentContext(name);
  const cluster = config.getCurrentCluster();
  if (!cluster?.server) throw unusable(`${where}: the cluster of context "${name}" has no server`);
  if (!URL.canParse(cluster.server) || !/^https?:$/.test(new URL(cluster.server).protocol)) {
    throw unusable(`${where}: the server "${cluster.server}" of context "${name}" is no URL of https`);
  }
  // client-node leaves everything about the cluster out where the user's entry is missing, its certificate too.
  if (!config.getCurrentUser()) throw unusable(`${where}: the user of context "${name}" is not there`);
}

function unusable(cause: string, remedy?: string, error?: unknown): WeftError {
  return new WeftError('ApiAccessInvalid', { step: 'read kubeconfig', cause, remedy, error });
}
