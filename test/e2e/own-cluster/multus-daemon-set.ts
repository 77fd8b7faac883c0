import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { Cluster } from '../../../hack/cluster/cluster.ts';
import type { ClusterNode } from '../../../hack/cluster/node.ts';
import { commandOf } from '../../harness/audit/proc.ts';
import { multusDir } from '../../harness/toolchain.ts';
import type { MultusKind } from '../../net/multus/multus-bench.ts';
import { toolsImage } from '../clusters.ts';
import { eventually } from '../eventually.ts';
import { processesOf } from '../weft/node-audit.ts';

/** Where the image of Multus has its programs; here a directory of the node stands for the image. */
const programsInside = '/usr/src/multus-cni/bin';
const programsOnNode = '/opt/cni/multus-programs';
const programs: readonly string[] = [
  ...['install_multus', 'multus', 'multus-daemon', 'multus-shim', 'passthru', 'thin_entrypoint'],
];

const manifests: Readonly<Record<MultusKind, string>> = {
  thin: 'multus-daemonset.yml',
  thick: 'multus-daemonset-thick.yml',
};

interface Mount {
  readonly name: string;
  readonly mountPath: string;
}

interface Container {
  readonly command: readonly string[];
  readonly volumeMounts: readonly Mount[];
  readonly env?: readonly object[];
  readonly resources?: object;
}

/** As in the image of Multus: the plugins that the daemon runs look for the node's programs there. */
const path = {
  name: 'PATH',
  value: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
};

interface PodSpec {
  readonly containers: readonly Container[];
  readonly initContainers: readonly Container[];
  readonly volumes: readonly object[];
}

interface Manifest {
  readonly kind: string;
  readonly spec?: { readonly template: { readonly spec: PodSpec } };
}

/**
 * Puts Multus on a cluster by its own manifest of this release; resolves when its configuration is on the node. Another
 * image, which has nothing of Multus: the programs come from the node.
 */
export async function deployMultus(cluster: Cluster, node: ClusterNode, kind: MultusKind): Promise<void> {
  const onNode = join(node.paths.optCniBin, '..', basename(programsOnNode));
  mkdirSync(onNode, { recursive: true });
  for (const name of programs) copyFileSync(join(multusDir(), name), join(onNode, name));
  await cluster.kubectl(
    ['apply', '--filename=-'],
    JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objectsOf(kind) }),
  );
  await eventually(`the configuration of Multus (${kind})`, 120_000, async () => {
    if (confsOf(node).length === 0) throw new Error(readdirSync(node.paths.etcCniNetd).join());
  });
}

/** Takes it away, its processes and its configuration too. What it knows of pods stays on the node. */
export async function removeMultus(cluster: Cluster, node: ClusterNode, kind: MultusKind): Promise<void> {
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objectsOf(kind) });
  await cluster.kubectl(['delete', '--filename=-', '--timeout=60s'], list);
  await eventually('the end of Multus', 60_000, async () => {
    const left = processesOf(cluster, node)
      .map(commandOf)
      .filter((command) => command.includes(programsInside));
    if (left.length > 0) throw new Error(left.join());
  });
  for (const name of confsOf(node)) rmSync(join(node.paths.etcCniNetd, name));
}

function confsOf(node: ClusterNode): readonly string[] {
  return readdirSync(node.paths.etcCniNetd).filter((name) => /^00-multus\.conf(list)?$/.test(name));
}

/** All but the kind NetworkAttachmentDefinition, which is there already. */
function objectsOf(kind: MultusKind): readonly object[] {
  const text = readFileSync(join(multusDir(), 'deployments', manifests[kind]), 'utf8');
  return parseAllDocuments(text)
    .map((document) => document.toJS() as Manifest | null)
    .filter((object) => object !== null)
    .filter((object) => object.kind !== 'CustomResourceDefinition')
    .map((object) => (object.kind === 'DaemonSet' ? withoutImage(object) : object));
}

function withoutImage(daemonSet: Manifest): object {
  const template = daemonSet.spec?.template;
  if (template === undefined) throw new Error('a DaemonSet without a template');
  const spec = {
    ...template.spec,
    containers: template.spec.containers.map(fromNode),
    initContainers: template.spec.initContainers.map(fromNode),
    volumes: [
      ...template.spec.volumes,
      { name: 'programs', hostPath: { path: programsOnNode, type: 'Directory' } },
    ],
  };
  return { ...daemonSet, spec: { ...daemonSet.spec, template: { ...template, spec } } };
}

/** Without limits: the plugins that the daemon runs count too, and this is no bench. */
function fromNode({ resources: _none, ...container }: Container): object {
  const [program = '', ...more] = container.command;
  return {
    ...container,
    image: toolsImage,
    imagePullPolicy: 'Never',
    command: [join(programsInside, basename(program)), ...more],
    env: [...(container.env ?? []), path],
    volumeMounts: [
      ...container.volumeMounts,
      { name: 'programs', mountPath: programsInside },
      ...container.volumeMounts.flatMap(below),
    ],
  };
}

/** The image of Multus has /var/run as a link to /run. */
function below(mount: Mount): readonly Mount[] {
  return mount.mountPath.startsWith('/run/') ? [{ ...mount, mountPath: `/var${mount.mountPath}` }] : [];
}
