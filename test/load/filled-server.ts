import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RawObject } from '../../src/kube/raw-object.ts';
import type { Resource } from '../../src/kube/resource.ts';
import { networkResource, nodeResource, podResource } from '../../src/operator/sources/watched-kinds.ts';
import { Admin } from '../api/shared-server.ts';
import { ApiServer } from '../harness/api-server.ts';
import { Kubectl } from '../harness/kubectl.ts';
import { type AuditedCall, auditedCalls } from './audited-calls.ts';

export const networks = 5_000;
export const pods = 20_000;
export const nodes = 100;

/** Both kinds of object are spread over as many. */
export const namespaces = 100;

/** Objects that are made at the same time. */
const writers = 32;

/** A real API server with all those objects, of which no operator has said anything yet, and a log of what some users call. */
export class FilledServer {
  readonly server: ApiServer;
  readonly admin: Admin;
  readonly kubectl: Kubectl;
  /** For files of whoever uses it; goes with it. */
  readonly directory: string;

  private constructor(server: ApiServer, kubectl: Kubectl, directory: string) {
    this.server = server;
    this.admin = new Admin(server.admin());
    this.kubectl = kubectl;
    this.directory = directory;
  }

  /** Each of the users gets a certificate, and may do everything. */
  static async start(users: readonly string[]): Promise<FilledServer> {
    const directory = mkdtempSync(join(tmpdir(), 'weft-load-'));
    const policy = join(directory, 'policy.json');
    const rules = [{ level: 'Metadata', users, omitStages: ['RequestReceived'] }, { level: 'None' }];
    writeFileSync(policy, JSON.stringify({ apiVersion: 'audit.k8s.io/v1', kind: 'Policy', rules }));
    const log = join(directory, 'audit.log');
    const server = await ApiServer.start([], [`--audit-policy-file=${policy}`, `--audit-log-path=${log}`]);
    for (const user of users) await server.certificate(user, ['system:masters']);
    const filled = new FilledServer(server, await Kubectl.open(server), directory);
    try {
      await filled.#fill();
      return filled;
    } catch (error) {
      await filled.stop();
      throw error;
    }
  }

  /** What was called until now; a call that is not answered yet is not among them. */
  calls(): readonly AuditedCall[] {
    return auditedCalls(join(this.directory, 'audit.log'));
  }

  /** Seconds of CPU that the API server has used. */
  async cpuSeconds(): Promise<number> {
    const signal = AbortSignal.timeout(30_000);
    const { text } = await this.admin.transport.request({ method: 'GET', path: '/metrics', signal });
    return Number(/^process_cpu_seconds_total (\S+)$/m.exec(text)?.[1]);
  }

  async stop(): Promise<void> {
    this.kubectl.close();
    this.admin.close();
    await this.server.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }

  async #fill(): Promise<void> {
    for (const kinds of ['config/crd', 'crds/weft.dev'])
      await this.kubectl.must(['apply', '--server-side', '-k', kinds]);
    await this.kubectl.must(['wait', '--for=condition=Established', 'crd', '--all', '--timeout=60s']);
    const create = (resource: Resource, { metadata, ...object }: Made): Promise<RawObject> =>
      this.admin.writer.create(resource, metadata.namespace, { metadata, ...object }, { timeoutMs: 60_000 });
    const namespace = { group: '', version: 'v1', plural: 'namespaces' };
    await each(namespaces, (index) => create(namespace, { metadata: { name: `ns-${index}` } }));
    await each(nodes, (index) => create(nodeResource, node(index)));
    await each(networks, (index) => create(networkResource, network(index)));
    await each(pods, (index) => create(podResource, pod(index)));
  }
}

/** Does something `count` times, `atOnce` at a time. */
export async function each(
  count: number,
  work: (index: number) => Promise<unknown>,
  atOnce: number = writers,
): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      next += 1;
      await work(next - 1);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/** An object as it is created. */
export interface Made {
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly annotations?: object };
  readonly [field: string]: unknown;
}

/** One in ten has no second interface. */
function node(index: number): Made {
  const types = ['bridge', 'host-local', 'macvlan', 'static'];
  const links = index % 10 === 0 ? [{ name: 'eth0' }] : [{ name: 'eth0' }, { name: 'eth1' }];
  const status = { plugins: { count: types.length, types }, links };
  const kind = { apiVersion: 'weft.dev/v1alpha1', kind: 'WeftNode' };
  return { ...kind, metadata: { name: `node-${index}` }, status };
}

/** The name of a network and its namespace. */
export function networkName(index: number): { readonly name: string; readonly namespace: string } {
  return { name: `net-${index}`, namespace: `ns-${index % namespaces}` };
}

/** Unlike each other, all on one segment. */
export function network(index: number): Made {
  const ipam = { type: 'host-local', subnet: `10.${index >> 8}.${index & 255}.0/24` };
  const config = JSON.stringify({ cniVersion: '1.0.0', type: 'macvlan', master: 'eth1', ipam });
  const kind = { apiVersion: 'k8s.cni.cncf.io/v1', kind: 'NetworkAttachmentDefinition' };
  return { ...kind, metadata: networkName(index), spec: { config } };
}

/** Uses two networks of its namespace, and is as large as pods are. `change`: asks for others. */
export function pod(index: number, change = 0): Made {
  const own = (turn: number): string =>
    networkName((index + (turn + change) * namespaces * 7) % networks).name;
  const annotations = { 'k8s.v1.cni.cncf.io/networks': `${own(0)}, ${own(1)}` };
  const metadata = { name: `pod-${index}`, namespace: `ns-${index % namespaces}`, annotations };
  const env = Array.from({ length: 20 }, (_, at) => ({
    name: `VARIABLE_${at}`,
    value: `${index}-${at}`.padEnd(40, '.'),
  }));
  const containers = [{ name: 'main', image: 'registry.invalid/some/image:1', env }];
  const spec = { automountServiceAccountToken: false, containers };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec };
}
