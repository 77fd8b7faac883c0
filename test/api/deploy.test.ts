import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ApiServer } from '../harness/api-server.ts';
import { Kubectl } from '../harness/kubectl.ts';
import { NamespaceController } from './namespace-controller.ts';
import { nadKindName, otherNadKind } from './other-nad-kind.ts';
import { deployments, only, rendered } from './rendered.ts';

/** What `kubectl apply -k` and `delete -k` do, at an API server of its own. */

const bridge = '{"cniVersion": "1.0.0", "type": "bridge"}';

let server: ApiServer;
let kubectl: Kubectl;
let controller: NamespaceController;

beforeAll(async () => {
  server = await ApiServer.start();
  kubectl = await Kubectl.open(server);
  controller = NamespaceController.start(server.admin(), kubectl);
  await kubectl.must(['create', 'namespace', 'apart']);
});
afterAll(async () => {
  await controller?.stop();
  kubectl?.close();
  await server?.stop();
});

async function makeNetworks(extra: object = {}): Promise<void> {
  await kubectl.must(['wait', '--for=condition=Established', `crd/${nadKindName}`, '--timeout=30s']);
  for (const namespace of ['default', 'kube-system', 'apart'])
    for (const name of ['one', 'two']) await createNetwork(namespace, name, extra);
}

async function createNetwork(namespace: string, name: string, extra: object): Promise<void> {
  const network = {
    apiVersion: 'k8s.cni.cncf.io/v1',
    kind: 'NetworkAttachmentDefinition',
    // As weft's own objects are labelled, so that a deletion by label would show.
    metadata: { name, namespace, labels: { 'app.kubernetes.io/name': 'weft' } },
    spec: { config: bridge },
    ...extra,
  };
  await kubectl.must(['create', '-f', '-'], JSON.stringify(network));
}

/** Every network and their kind to the last byte, with uid and resourceVersion. */
async function networksAndKind(): Promise<string> {
  const networks = await kubectl.must(['get', 'net-attach-def', '-A', '-o', 'json']);
  expect((JSON.parse(networks) as { items: object[] }).items).toHaveLength(6);
  return networks + (await kubectl.must(['get', 'crd', nadKindName, '-o', 'json', '--show-managed-fields']));
}

/** What kubectl says of each object: `daemonset.apps/weft-agent created`. */
async function apply(directory: string): Promise<readonly string[]> {
  return (await kubectl.must(['apply', '-k', directory])).trim().split('\n');
}

/** Applies what is there already. */
async function applyInVain(directory: string): Promise<void> {
  // A PodDisruptionBudget's selector is patched as a whole, so kubectl calls every patch of it a change.
  const lines = (await apply(directory)).filter((line) => !line.startsWith('poddisruptionbudget.policy/'));
  for (const line of lines) expect(line).toMatch(/ unchanged$/);
}

async function remove(directory: string): Promise<string> {
  // A kind that is deleted before it was there can take the API server a minute.
  const kinds = ['crd/weftconfigs.weft.dev', 'crd/weftnodes.weft.dev'];
  await kubectl.must(['wait', '--for=condition=Established', ...kinds, '--timeout=30s']);
  // It may wait a minute for instances that it remembers and that are gone, and look anew then (crd_finalizer.go).
  return kubectl.must(['delete', '-k', directory, '--timeout=100s']);
}

/** Objects of weft that are there, of all kinds that its manifests have. */
async function leftOver(): Promise<string> {
  const kinds = new Set((await rendered('config/overlays/local')).map(({ kind }) => kind));
  return kubectl.must(['get', [...kinds].join(','), '-A', '-l', 'app.kubernetes.io/name=weft', '-o', 'name']);
}

describe('weft beside its own kind of networks', () => {
  let before: string;

  /** What was there before it was applied is there, to the last byte, and nothing else. */
  async function expectNothingOfWeft(): Promise<void> {
    expect(await networksAndKind()).toBe(before);
    expect(await leftOver()).toBe('');
    await kubectl.must(['get', 'namespace', 'kube-system']);
  }

  beforeAll(async () => {
    await kubectl.must(['create', '-k', 'config/crd']);
    await makeNetworks();
  });

  it.each(deployments)(
    '%s has no field that the API server does not know, and no warning',
    async (directory) => {
      // In a dry run nothing is made, and nothing goes into a namespace that is not there.
      const namespace = only(await rendered(directory), 'Namespace');
      await kubectl.must(['apply', '-f', '-'], JSON.stringify(namespace));
      const end = await kubectl.run(['apply', '-k', directory, '--dry-run=server', '--validate=strict']);
      expect(end).toMatchObject({ status: 0, stderr: '' });
      await kubectl.must(['delete', 'namespace', namespace.metadata.name, '--timeout=30s']);
    },
  );

  it('is made by the first apply and left alone by the second, which has nothing to change', async () => {
    before = await networksAndKind();
    const made = await apply('config/default');
    expect(made.length).toBe((await rendered('config/default')).length);
    for (const line of made) expect(line).toMatch(/ created$/);
    await applyInVain('config/default');
    expect(await kubectl.run(['diff', '-k', 'config/default'])).toMatchObject({ status: 0, stdout: '' });
    expect(await networksAndKind()).toBe(before);
  });

  it('lets no network into the namespace that goes with it', async () => {
    const network = { metadata: { name: 'lost', namespace: 'weft-system' }, spec: { config: bridge } };
    const body = { apiVersion: 'k8s.cni.cncf.io/v1', kind: 'NetworkAttachmentDefinition', ...network };
    await vi.waitFor(
      async () => {
        const end = await kubectl.run(['create', '--dry-run=server', '-f', '-'], JSON.stringify(body));
        expect(end.stderr).toContain(
          'networks have no place in weft-system: they would be deleted with weft',
        );
      },
      { timeout: 20_000, interval: 200 },
    );
  });

  it('goes, and every network and their kind stay what they were [NPWG-004]', async () => {
    await remove('config/default');
    await expectNothingOfWeft();
  });

  it('keeps networks over a change of overlay, an upgrade that fails and the way back', async () => {
    await apply('config/default');
    await apply('config/overlays/local');
    const broken = { ...only(await rendered('config/default'), 'DaemonSet'), spec: { selector: {} } };
    const end = await kubectl.run(['apply', '-f', '-'], JSON.stringify(broken));
    expect(end.status).not.toBe(0);
    await apply('config/default');
    expect(await networksAndKind()).toBe(before);
    await remove('config/overlays/local');
    await expectNothingOfWeft();
  });
});

describe('Pod Security', () => {
  /** What the API server says about a pod of the DaemonSet, or of the Deployment, in a namespace of this level. */
  async function podIn(
    level: string,
    kind = 'DaemonSet',
  ): Promise<{ readonly status: number | undefined; readonly stderr: string }> {
    const namespace = `level-${level}-${kind.toLowerCase()}`;
    await kubectl.must(['create', 'namespace', namespace]);
    await kubectl.must(['label', 'namespace', namespace, `pod-security.kubernetes.io/enforce=${level}`]);
    const { spec } = only<{ spec: { template: { spec: object } } }>(await rendered('config/default'), kind);
    // The class is for kube-system alone where a quota says so; here it is about what the pod may do.
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'pod', namespace },
      spec: spec.template.spec,
    };
    return kubectl.run(['create', '--dry-run=server', '-f', '-'], JSON.stringify(pod));
  }

  it('wants for the operator no more than the level restricted allows', async () => {
    expect(await podIn('restricted', 'Deployment')).toMatchObject({ status: 0, stderr: '' });
  });

  it('wants for the agent the level privileged, for the network and directories of the node and for nothing else', async () => {
    expect(await podIn('privileged')).toMatchObject({ status: 0 });
    const { stderr } = await podIn('baseline');
    const [, reasons = ''] = /violates PodSecurity "baseline:latest": (.*)/.exec(stderr) ?? [];
    expect(
      reasons
        .replaceAll(/ \([^)]*\)/g, '')
        .split(', ')
        .sort(),
    ).toEqual(['host namespaces', 'hostPath volumes', 'hostPort', 'probe or lifecycle host']);
  });
});

describe("weft beside another product's kind of networks", () => {
  beforeAll(async () => {
    await kubectl.must(['delete', '-k', 'config/crd', '--timeout=60s']);
    await kubectl.must(['create', '-f', '-'], JSON.stringify(otherNadKind));
    await makeNetworks({ more: { of: ['theirs'] }, status: { seen: true } });
  });

  it('does not bring its own: create refuses, and nothing changes', async () => {
    const before = await networksAndKind();
    const end = await kubectl.run(['create', '-k', 'config/crd']);
    expect(end.stderr).toContain('already exists');
    expect(await networksAndKind()).toBe(before);
  });

  it('sees the overlay for that, the same objects as config/default, come and go, and stays what it was [NPWG-004]', async () => {
    const directory = 'config/overlays/other-nad-crd';
    const before = await networksAndKind();
    await apply(directory);
    await applyInVain(directory);
    expect(await networksAndKind()).toBe(before);
    await remove(directory);
    expect(await networksAndKind()).toBe(before);
    expect(await leftOver()).toBe('');
  });
});
