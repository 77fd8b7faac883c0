import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/** The built plugin. */
export function weftBinary(): string {
  return built('dist/weft');
}

/** The built agent. */
export function agentBundle(): string {
  return built('dist/agent.mjs');
}

/** The built operator. */
export function operatorBundle(): string {
  return built('dist/operator.mjs');
}

/** The built plugin of kubectl. */
export function cliBinary(): string {
  return built('dist/kubectl-weft');
}

/** Directory with the reference CNI plugins, built into the cache when it is cold. */
export function cniPluginsDir(): string {
  return toolchain('cni-plugins.sh');
}

/** Path of the CNI plugin flannel. */
export function flannelBinary(): string {
  return join(toolchain('flannel.sh'), 'flannel');
}

/** Path of cnitool, libcni as a program. */
export function cnitoolBinary(): string {
  return join(toolchain('cnitool.sh'), 'cnitool');
}

/** Path of Multus, the thin plugin. */
export function multusBinary(): string {
  return join(multusDir(), 'multus');
}

/** Directory with all programs of Multus, its manifests (deployments/) and its examples (examples/). */
export function multusDir(): string {
  return toolchain('multus.sh');
}

/** Path of libcni-gc, a runtime that calls GC with a list. */
export function libcniGcBinary(): string {
  return join(toolchain('libcni-gc.sh'), 'libcni-gc');
}

/** Path of promql-eval, Prometheus' engine for queries over pages of metrics. */
export function promqlEvalBinary(): string {
  return join(toolchain('promql-eval.sh'), 'promql-eval');
}

/** Copies the named reference plugins into a node's bin directory. */
export function installCniPlugins(binDir: string, names: readonly string[]): void {
  const from = cniPluginsDir();
  for (const name of names) {
    copyFileSync(join(from, name), join(binDir, name));
    chmodSync(join(binDir, name), 0o755);
  }
}

function built(path: string): string {
  const absolute = join(root, path);
  if (!existsSync(absolute)) throw new Error(`${path} is not there: run "make build" first`);
  return absolute;
}

const known = new Map<string, string>();

function toolchain(script: string): string {
  const cached = known.get(script);
  if (cached !== undefined) return cached;
  const out = execFileSync(join(root, 'hack', 'toolchain', script), { encoding: 'utf8' });
  const dir = out.trim().split('\n').at(-1) ?? '';
  if (!existsSync(dir)) throw new Error(`hack/toolchain/${script} printed no directory: ${out}`);
  known.set(script, dir);
  return dir;
}
