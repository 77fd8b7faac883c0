import { writeFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  type ClusterTools,
  clusterTools,
  envtestAssets,
  ToolchainError,
  toolDirectory,
} from '../../../hack/toolchain/tools.ts';
import { mustRun } from '../../harness/run.ts';

const cold = 1_800_000;
const silent = (): void => {};

let tools: ClusterTools;
beforeAll(async () => {
  tools = await clusterTools(silent);
}, cold);
afterEach(() => vi.unstubAllEnvs());

/** The version that hack/toolchain/NAME/go.mod asks for, without v. */
async function wanted(name: string, module: string): Promise<string> {
  const path = join(import.meta.dirname, '..', '..', '..', 'hack', 'toolchain', name, 'go.mod');
  const line = (await readFile(path, 'utf8')).split('\n').find((text) => text.includes(`${module} v`));
  return line?.split(' v')[1] ?? 'none';
}

describe('clusterTools', () => {
  it('answers without building anything when all is there', async () => {
    const lines: string[] = [];
    expect(await clusterTools((line) => lines.push(line))).toEqual(tools);
    expect(lines).toEqual([]);
  });

  it('gives the programs of Kubernetes in the version of go.mod', async () => {
    const version = await wanted('kubernetes', 'k8s.io/kubernetes');
    expect(version).toMatch(/^1\.36\./u);
    const programs = ['kube-apiserver', 'kube-controller-manager', 'kube-proxy', 'kube-scheduler', 'kubelet'];
    expect((await readdir(tools.kubernetes)).sort()).toEqual([...programs, 'kubectl'].sort());
    for (const program of programs) {
      expect(mustRun([join(tools.kubernetes, program), '--version'])).toBe(`Kubernetes v${version}\n`);
    }
  });

  it('gives a runc with seccomp, without which no pod starts', async () => {
    const said = mustRun([join(tools.runc, 'runc'), '--version']);
    expect(said).toContain(`runc version ${await wanted('runc', 'github.com/opencontainers/runc')}\n`);
    expect(said).toMatch(/^libseccomp: \d/mu);
  });

  it('gives etcd, containerd and crictl in the versions of their go.mod', async () => {
    expect(mustRun([join(tools.etcd, 'etcd'), '--version'])).toContain(
      `etcd Version: ${await wanted('etcd', 'go.etcd.io/etcd/server/v3')}\n`,
    );
    expect(mustRun([join(tools.containerd, 'containerd'), '--version'])).toContain(
      `v${await wanted('containerd', 'github.com/containerd/containerd/v2')} `,
    );
    expect(mustRun([join(tools.crictl, 'crictl'), '--version'])).toBe(
      `crictl version v${await wanted('crictl', 'sigs.k8s.io/cri-tools')}\n`,
    );
  });
});

describe('envtestAssets', () => {
  it('is a directory with what the API server tests start', async () => {
    const dir = await envtestAssets(silent);
    expect((await readdir(dir)).sort()).toEqual(['etcd', 'kube-apiserver', 'kubectl']);
    expect(mustRun([join(dir, 'kube-apiserver'), '--version'])).toContain('Kubernetes v1.36.');
  });
});

describe('toolDirectory', () => {
  it('fails with the last words of the script', async () => {
    const root = await mkdtemp(join(tmpdir(), 'weft-tools-'));
    try {
      writeFileSync(join(root, 'file'), '');
      vi.stubEnv('XDG_CACHE_HOME', join(root, 'file'));
      const lines: string[] = [];
      const building = toolDirectory('cnitool', (line) => lines.push(line));
      await expect(building).rejects.toThrow(ToolchainError);
      await expect(building).rejects.toThrow(
        /^hack\/toolchain\/cnitool\.sh ended with 1: .*Not a directory/u,
      );
      expect(lines[0]).toMatch(/^cnitool: .*Not a directory$/u);
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  });
});
