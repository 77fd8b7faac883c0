import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { toolDirectory } from '../../../hack/toolchain/tools.ts';
import { StandIn } from './stand-in.ts';

/**
 * kind itself, with all its parsing and validating, over a stand-in for the container engine. That kind 0.33 reads the
 * configuration strictly before it asks the engine anything, and validates it before it makes a container, is its own
 * doing (pkg/cluster/internal/create); that the containers would work is not seen here.
 */

const root: string = join(import.meta.dirname, '../../..');
const ours: string = readFileSync(join(root, 'hack/kind/cluster.yaml'), 'utf8');
const nodes = ['probe-control-plane', 'probe-worker', 'probe-worker2'];

let engine: StandIn;

beforeAll(async () => {
  // Cold, it takes a minute or two.
  await toolDirectory('kind', (line) => console.log(line));
}, 600_000);

beforeEach(() => {
  engine = new StandIn();
});

afterEach(() => {
  engine.remove();
});

function created(): readonly string[] {
  return engine.calls().filter((call) => call.startsWith('run '));
}

describe('make kind-up', () => {
  it('makes a control plane and two workers of the pinned image, and waits until all are registered', async () => {
    const up = await engine.kind('up');

    expect(up, up.stderr).toMatchObject({ status: 0 });
    const { image } = (parse(ours) as { nodes: { image: string }[] }).nodes[0] ?? { image: 'none' };
    expect(image).toMatch(/:v1\.\d+\.\d+@sha256:[0-9a-f]{64}$/);
    expect(
      created()
        .map((call) => [call.split(' ')[2], call.split(' ').at(-1)])
        .sort(),
    ).toEqual(nodes.map((name) => [name, image]));
    expect(engine.calls().filter((call) => call.endsWith('get nodes -o json'))).toHaveLength(2);
    expect(up.stdout).toContain(
      'probe-control-plane NotReady, probe-worker NotReady, probe-worker2 NotReady',
    );
    expect(readFileSync(engine.kubeconfig, 'utf8')).toContain('server: https://127.0.0.1:6443');
  });

  it('gives the cluster no CNI plugin of kind, and kube-proxy in nftables mode', async () => {
    await engine.kind('up');

    expect(engine.calls().some((call) => call.includes('default-storage.yaml'))).toBe(true);
    expect(engine.calls().filter((call) => call.includes('default-cni.yaml'))).toEqual([]);
    for (const node of nodes)
      expect(kubeadmDocument(node, 'KubeProxyConfiguration')).toMatchObject({ mode: 'nftables' });
  });

  it('loads localhost/weft:dev into every node where it was built, and says so where it was not', async () => {
    const without = await engine.kind('up');
    expect(without.stdout).toContain('localhost/weft:dev is not built on this machine, so it is not loaded');
    expect(nodes.map((node) => engine.file('imported', node))).toEqual([undefined, undefined, undefined]);

    engine.set('has-image');
    const again = await engine.kind('up');
    expect(again, again.stderr).toMatchObject({ status: 0 });
    expect(again.stdout).toContain('cluster probe is there already');
    expect(created()).toHaveLength(3);
    expect(nodes.map((node) => engine.file('imported', node))).toEqual([
      'the image\n',
      'the image\n',
      'the image\n',
    ]);
  });

  it('takes another node image from KIND_NODE_IMAGE', async () => {
    await engine.kind('up', [], { KIND_NODE_IMAGE: 'kindest/node:v1.36.0' });

    expect(new Set(created().map((call) => call.split(' ').at(-1)))).toEqual(
      new Set(['kindest/node:v1.36.0']),
    );
  });

  it('pins the image that this version of kind was released with', async () => {
    const config = engine.config(ours.replaceAll(/^ +image: .*\n/gm, ''));
    await engine.kind('up', [`--config=${config}`]);

    const pulled = engine.calls().filter((call) => call.startsWith('pull '));
    expect(pulled).toHaveLength(1);
    expect(ours).toContain(` ${pulled[0]?.replace('pull ', '')}\n`);
  });

  it.each([
    [
      'an unknown key',
      ours.replace('disableDefaultCNI', 'disableDefaultCni'),
      'field disableDefaultCni not found',
    ],
    ['a mode that kube-proxy lacks', ours.replace('nftables', 'nft'), 'invalid kubeProxyMode: nft'],
    ['an unknown role', ours.replace('role: worker', 'role: minion'), '"minion" is not a valid node role'],
    [
      'no control plane',
      ours.replace('role: control-plane', 'role: worker'),
      'must have at least one control-plane',
    ],
    ['another version', ours.replace('v1alpha4', 'v1alpha9'), 'unknown apiVersion: kind.x-k8s.io/v1alpha9'],
  ])('is refused by kind with %s, before a container is made', async (_, text, complaint) => {
    expect(text).not.toBe(ours);
    const up = await engine.kind('up', [`--config=${engine.config(text)}`]);

    expect(up.status).toBe(1);
    expect(up.stderr).toContain(complaint);
    expect(created()).toEqual([]);
  });

  it.each(['docker', 'podman'])(
    'says what to do when %s does not answer, and asks nothing of kind',
    async (name) => {
      engine.set('no-engine');
      const up = await engine.kind('up', [], name === 'docker' ? {} : { KIND_EXPERIMENTAL_PROVIDER: name });

      expect(up.status).toBe(1);
      expect(up.stderr).toBe(
        `kind: no container engine answers (${name}: Cannot connect to the Docker daemon. Is the docker daemon running?); ` +
          'start it, or use "make cluster-up", which needs none\n',
      );
      expect(engine.calls()).toEqual(['info']);
    },
  );

  it('explains itself with --help, and refuses what it does not know', async () => {
    expect(await engine.kind('--help')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('KIND_NODE_IMAGE'),
    });
    expect(await engine.kind('sideways')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('--help'),
    });
    expect(engine.calls()).toEqual([]);
  });
});

describe('make kind-down', () => {
  it('removes every container and the entry in the kubeconfig, and does nothing the second time', async () => {
    await engine.kind('up');
    const down = await engine.kind('down');

    expect(down, down.stderr).toMatchObject({ status: 0 });
    expect(existsSync(engine.kubeconfig)).toBe(true);
    expect(readFileSync(engine.kubeconfig, 'utf8')).not.toContain('kind-probe');
    const removed = engine.calls().filter((call) => call.startsWith('rm '));
    expect(removed.map((call) => call.split(' ').slice(3).sort())).toEqual([nodes]);

    expect(await engine.kind('down')).toMatchObject({ status: 0 });
    expect(engine.calls().filter((call) => call.startsWith('rm '))).toHaveLength(1);
  });
});

function kubeadmDocument(node: string, kind: string): unknown {
  const documents = parseAllDocuments(engine.file('kubeadm', node) ?? '').map(
    (document) => document.toJS() as unknown,
  );
  return documents.find((document) => (document as { kind?: string } | null)?.kind === kind);
}
