/**
 * The programs that a test cluster runs, as directories of the build cache. Every one comes from its script beside this
 * file, which builds what is missing and answers in tens of milliseconds when nothing is.
 */
import { spawn } from 'node:child_process';
import { isAbsolute, join } from 'node:path';
import { createInterface } from 'node:readline';

/** Scripts of this directory that print a directory. */
export type ToolName =
  | 'cni-plugins'
  | 'cnitool'
  | 'containerd'
  | 'coredns'
  | 'crictl'
  | 'envtest-assets'
  | 'etcd'
  | 'flannel'
  | 'images'
  | 'kernel'
  | 'kind'
  | 'kubernetes'
  | 'libcni-gc'
  | 'multus'
  | 'promql-eval'
  | 'quickjs'
  | 'runc';

/** Gets each line that a build prints, with the tool's name in front. */
export type Progress = (line: string) => void;

/** Absolute directories. They are complete and were checked when they were built; nobody writes into them. */
export interface ClusterTools {
  /** kube-apiserver, kube-controller-manager, kube-scheduler, kube-proxy, kubelet, kubectl. */
  readonly kubernetes: string;
  /** etcd. */
  readonly etcd: string;
  /** containerd, containerd-shim-runc-v2, ctr. */
  readonly containerd: string;
  /** runc, with seccomp. */
  readonly runc: string;
  /** crictl. */
  readonly crictl: string;
  /** The reference CNI plugins. */
  readonly cniPlugins: string;
  /** pause.tar, tools.tar, coredns.tar: localhost/weft-NAME:dev for `ctr images import`. */
  readonly images: string;
}

/** Builds what is missing of a cluster's programs and images. Rejects with the first script's failure. */
export async function clusterTools(progress: Progress): Promise<ClusterTools> {
  // The dearest first. Two at once, because linking, which ends each build, leaves cores idle.
  const [kubernetes, containerd, images, etcd, crictl, runc, cniPlugins] = await toolDirectories(
    ['kubernetes', 'containerd', 'images', 'etcd', 'crictl', 'runc', 'cni-plugins'],
    progress,
  );
  return { kubernetes, etcd, containerd, runc, crictl, cniPlugins, images };
}

/** The value for KUBEBUILDER_ASSETS: a directory with kube-apiserver, etcd and kubectl. */
export async function envtestAssets(progress: Progress): Promise<string> {
  return toolDirectory('envtest-assets', progress);
}

/** One tool's directory, built if it is missing. Rejects with the script's last words. */
export function toolDirectory(name: ToolName, progress: Progress, signal?: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(join(import.meta.dirname, `${name}.sh`), {
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(signal === undefined ? {} : { signal }),
    });
    const said: string[] = [];
    let directory = '';
    createInterface({ input: child.stderr }).on('line', (line) => {
      said.push(line);
      progress(line.startsWith(`${name}: `) ? line : `${name}: ${line}`);
    });
    createInterface({ input: child.stdout }).on('line', (line) => {
      directory = line;
    });
    child.on('error', reject);
    child.on('close', (code, killed) => {
      if (code === 0 && isAbsolute(directory)) resolve(directory);
      else reject(new ToolchainError(name, code ?? killed ?? 'no directory', said));
    });
  });
}

/** A script of hack/toolchain that failed. */
export class ToolchainError extends Error {
  override readonly name: string = 'ToolchainError';

  /** `status` is what the script ended with, `said` its lines on stderr. */
  constructor(tool: ToolName, status: number | string, said: readonly string[]) {
    super(`hack/toolchain/${tool}.sh ended with ${status}: ${said.slice(-10).join('\n')}`);
  }
}

type Directories<T extends readonly ToolName[]> = { -readonly [K in keyof T]: string };

/** Two at a time, in the given order; the first failure ends the others. */
async function toolDirectories<const T extends readonly ToolName[]>(
  names: T,
  progress: Progress,
): Promise<Directories<T>> {
  const found = names.map(() => '');
  const waiting = [...names.entries()];
  const abort = new AbortController();
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      found[next[0]] = await toolDirectory(next[1], progress, abort.signal);
    }
  };
  try {
    await Promise.all([worker(), worker()]);
  } finally {
    abort.abort();
  }
  return found as Directories<T>;
}
