/**
 * node test/load/networks.ts: two replicas of the operator, each in a process of its own, beside a real API server with
 * 5,000 networks of which nothing is said yet, 100 nodes and 20,000 pods. After it the floor: the same writes again, by a
 * bare loop.
 *
 * Ends with 1 where everything is said later than 60 s after the start, where a replica has had more than 300 MiB at any
 * time, where it has read pods in another way than by one list in pages and one watch, or where a network was written
 * more than once. `make build` comes before.
 */
import { loadavg } from 'node:os';
import type { Condition } from '../../src/api/condition.schema.ts';
import type { NetworkAttachmentDefinitionStatus } from '../../src/api/network-attachment-definition-status.schema.ts';
import { systemClock } from '../../src/daemon/clock.ts';
import { Informer } from '../../src/kube/informer.ts';
import { networkResource } from '../../src/operator/sources/watched-kinds.ts';
import { sentTo } from '../api/admission-room.ts';
import { freePort } from '../api/operator-run.ts';
import { rendered } from '../api/rendered.ts';
import { writerOver } from '../api/shared-server.ts';
import { sleep } from '../harness/run.ts';
import { callProblems } from './audited-calls.ts';
import { each, FilledServer, networkName, networks, nodes, pods } from './filled-server.ts';
import { OperatorReplica } from './operator-replica.ts';

const limitSeconds = 60;
const limitMiB = 300;

/** Beyond this it is hopeless. */
const patienceMs = 300_000;

/** The operator's own number of writes at a time. */
const workers = 4;

type Status = NetworkAttachmentDefinitionStatus | undefined;
type Statuses = Informer<{ readonly status: Status }>;

const filled = await FilledServer.start(['first', 'second']);
try {
  const problems = await measure();
  for (const problem of problems) console.log(`FAILED: ${problem}`);
  process.exitCode = problems.length === 0 ? 0 : 1;
} finally {
  await filled.stop();
}

async function measure(): Promise<readonly string[]> {
  const manifests = await rendered('config/operator');
  const [port, otherPort] = [await freePort(), await freePort()];
  const items = manifests.map((one) =>
    one.kind === 'ValidatingWebhookConfiguration' ? sentTo(one, port) : one,
  );
  await filled.kubectl.must(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  const statuses = watchStatuses();
  const cpu = await filled.cpuSeconds();
  const begun = performance.now();
  const replicas = await Promise.all([
    OperatorReplica.start(filled, 'first', port, manifests),
    OperatorReplica.start(filled, 'second', otherPort, manifests),
  ]);
  try {
    const first = await untilSaid(statuses, 1, begun);
    const seconds = await untilSaid(statuses, networks, begun);
    console.log(
      `${networks} networks, ${pods} pods, ${nodes} nodes, two replicas: everything said after ${seconds.toFixed(1)} s, ` +
        `the first after ${first.toFixed(1)}; CPU of the API server ${((await filled.cpuSeconds()) - cpu).toFixed(1)} s; ${machine()}`,
    );
    // What was said must stay so: a second write of a network would follow soon.
    await sleep(5_000);
    const late = seconds > limitSeconds ? [`everything was said only after ${seconds.toFixed(1)} s`] : [];
    return [...late, ...replicas.flatMap(memoryProblems), ...callProblems(filled.calls(), networks)];
  } finally {
    await Promise.all(replicas.map((replica) => replica.stop()));
    await floor(statuses);
    await statuses.close();
  }
}

/** Resolves with the seconds since `begun` once so many networks have a status. */
async function untilSaid(statuses: Statuses, count: number, begun: number): Promise<number> {
  for (;;) {
    const ms = performance.now() - begun;
    const said = [...statuses.values()].filter(isSaid).length;
    if (said >= count) return ms / 1_000;
    if (ms > patienceMs) throw new Error(`only ${said} networks have a status after ${patienceMs} ms`);
    await sleep(250);
  }
}

function watchStatuses(): Statuses {
  const watch = new Informer<{ readonly status: Status }>({
    resource: networkResource,
    transport: filled.admin.transport,
    clock: systemClock,
    random: Math.random,
    project: ({ status }) => ({ status: status as Status }),
    handler: { added: () => {}, changed: () => {}, removed: () => {}, synced: () => {} },
    report: (error) => console.error(error.message),
  });
  watch.start();
  return watch;
}

/** Everything that is to be said of each of the networks: one node in ten lacks its interface. */
function isSaid({ status }: { readonly status: Status }): boolean {
  const isTrue = (type: string): boolean =>
    status?.conditions?.some(
      (condition: Condition) => condition.type === type && condition.status === 'True',
    ) === true;
  return status?.nodes === `${nodes * 0.9}/${nodes}` && ['Valid', 'Available', 'InUse'].every(isTrue);
}

function memoryProblems({ name, peakMiB, cpuSeconds }: OperatorReplica): readonly string[] {
  console.log(`replica ${name}: peak ${peakMiB} MiB, CPU ${cpuSeconds.toFixed(1)} s`);
  return peakMiB > limitMiB
    ? [`replica ${name} has had ${peakMiB} MiB, at most ${limitMiB} are allowed`]
    : [];
}

/** Each network gets the status that it has, with other sentences. */
async function floor(statuses: Statuses): Promise<void> {
  const writer = writerOver(filled.admin.transport, 'weft-operator');
  const kind = { apiVersion: 'k8s.cni.cncf.io/v1', kind: 'NetworkAttachmentDefinition' };
  const cpu = await filled.cpuSeconds();
  const begun = performance.now();
  const write = (index: number): Promise<unknown> => {
    const ref = networkName(index);
    const status = statuses.get(`${ref.namespace}/${ref.name}`)?.status;
    const conditions = status?.conditions?.map((condition) => ({
      ...condition,
      message: 'another sentence',
    }));
    const body = { ...kind, metadata: ref, status: { ...status, conditions } };
    return writer.patch(networkResource, ref, { kind: 'apply', force: true, subresource: 'status', body });
  };
  await each(networks, write, workers);
  const seconds = (performance.now() - begun) / 1_000;
  console.log(
    `floor: ${networks} writes, ${workers} at a time: ${seconds.toFixed(1)} s; ` +
      `CPU of the API server ${((await filled.cpuSeconds()) - cpu).toFixed(1)} s; ${machine()}`,
  );
}

function machine(): string {
  return `load average ${loadavg()[0]?.toFixed(1)}`;
}
