import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { systemClock } from '../../src/daemon/clock.ts';
import { Informer } from '../../src/kube/informer.ts';
import type { RawObject } from '../../src/kube/raw-object.ts';
import type { Resource } from '../../src/kube/resource.ts';
import { sleep, until } from '../harness/run.ts';
import { AdmissionRoom, nad, nads } from './admission-room.ts';
import { TokenUser } from './agent-identity.ts';
import { OperatorProcess } from './operator-process.ts';
import { adminServer } from './shared-server.ts';

/** Two replicas as they are shipped, one of which is killed while it writes what it thinks of many networks. */

const namespace = 'takeover';
const leases: Resource = { group: 'coordination.k8s.io', version: 'v1', plural: 'leases' };
const leaseRef = { namespace: 'weft-system', name: 'weft-operator' };
const count = 240;
/** So many are written when the leader dies. */
const writtenFirst = 30;
const long = process.env['WEFT_LONG'] === '1';

let room: AdmissionRoom;
let user: TokenUser;
let replicas: readonly OperatorProcess[] = [];
let watch: Informer<Seen>;

interface Seen {
  readonly name: string;
  /** Of etcd: in the order of all writes to the cluster. */
  readonly revision: bigint;
  /** undefined: nobody has judged it. */
  readonly status: unknown;
}

/** Every state of a network that has a status, in order. */
const writes: Seen[] = [];
let onWrite = (): void => {};

beforeAll(async () => {
  room = await AdmissionRoom.open(inject(adminServer));
  await room.admin.namespace(namespace);
  await room.apply(/^(Namespace|ServiceAccount|Role|RoleBinding|ClusterRole|ClusterRoleBinding|Secret)$/);
  user = await TokenUser.of(room.server, room.admin, { namespace: 'weft-system', name: 'weft-operator' });
  // Of an earlier file of this server, perhaps.
  await room.kubectl.must(['delete', 'lease', leaseRef.name, '-n', leaseRef.namespace, '--ignore-not-found']);
  const names = Array.from({ length: count }, (_, index) => index);
  while (names.length > 0)
    await Promise.all(
      names
        .splice(-20)
        .map((index) => room.admin.writer.create(nads, namespace, nad(`net-${index}`, configOf(index)))),
    );
  watch = watchNetworks();
});
afterAll(async () => {
  await watch?.close();
  await Promise.all(replicas.map((replica) => replica.stop()));
  user?.close();
  await room?.close();
});

/** Each fourth is broken, each fourth is warned about. */
function configOf(index: number): string {
  if (index % 4 === 0) return '{"cniVersion":"1.0.0","type":"macvlan",}';
  const spanning = index % 4 === 1;
  const ipam = spanning
    ? { type: 'host-local', subnet: `10.${index % 250}.${index % 240}.0/24` }
    : { type: 'dhcp' };
  const link = spanning
    ? { type: 'macvlan', master: `eth${index}` }
    : { type: 'bridge', bridge: `br${index}` };
  return JSON.stringify({ cniVersion: '1.0.0', ...link, ipam });
}

function expectedValid(name: string): string {
  return Number(name.slice('net-'.length)) % 4 === 0 ? 'False' : 'True';
}

function watchNetworks(): Informer<Seen> {
  const noted = (seen: Seen): void => {
    if (seen.status === undefined) return;
    writes.push(seen);
    onWrite();
  };
  const informer = new Informer<Seen>({
    transport: room.admin.transport,
    clock: systemClock,
    random: Math.random,
    resource: nads,
    namespace,
    project: ({ metadata, ...object }) => ({
      name: metadata.name,
      revision: BigInt(metadata.resourceVersion),
      status: withoutTimes(object['status']),
    }),
    handler: { added: noted, changed: noted, removed: () => {}, synced: () => {} },
    report: () => {},
  });
  informer.start();
  return informer;
}

function withoutTimes(status: unknown): unknown {
  if (status === undefined) return undefined;
  const text = JSON.stringify(status, (key, value: unknown) =>
    key === 'lastTransitionTime' ? undefined : value,
  );
  return JSON.parse(text);
}

function readLease(): Promise<RawObject> {
  return room.admin.writer.get(leases, leaseRef);
}

/** '' where nobody leads. */
function holderOf(lease: RawObject): string {
  return (lease['spec'] as { holderIdentity?: string }).holderIdentity?.split('_')[0] ?? '';
}

async function leads(replica: OperatorProcess): Promise<boolean> {
  const page = await replica.page('/metrics');
  return page.includes('leader_election_master_status{name="weft-operator"} 1');
}

/** Replicas of this test do not share their metrics, so what one has written is counted by itself. */
async function patches(replica: OperatorProcess): Promise<readonly string[]> {
  const page = await replica.page('/metrics');
  return page
    .split('\n')
    .filter((line) => /^rest_client_requests_total\{code="2..",method="(PATCH|PUT|POST)"/.test(line));
}

/** A write after the leader's last one; the lease is over so long after it. Nobody here waits for the real 15 s but at night. */
async function markLease(): Promise<{ readonly revision: bigint; readonly leaseMs: number }> {
  const leaseDurationSeconds = long ? 15 : 4;
  const body = { metadata: { annotations: { killed: 'yes' } }, spec: { leaseDurationSeconds } };
  const lease = await room.admin.writer.patch(leases, leaseRef, { kind: 'merge', body });
  return { revision: BigInt(lease.metadata.resourceVersion), leaseMs: leaseDurationSeconds * 1_000 };
}

/** Kills the replica that leads, in the middle of its writes; resolves with the other one. */
async function killedWhileWriting(): Promise<OperatorProcess> {
  // Both stand still while it is found out which of them leads.
  await new Promise<void>((done) => {
    onWrite = () => {
      if (writes.length !== writtenFirst) return;
      for (const replica of replicas) replica.signal('SIGSTOP');
      done();
    };
  });
  const holder = holderOf(await readLease());
  const leader = replicas.find(({ replica }) => replica === holder);
  const other = replicas.find(({ replica }) => replica !== holder);
  if (leader === undefined || other === undefined) throw new Error(`"${holder}" leads`);
  leader.signal('SIGKILL');
  other.signal('SIGCONT');
  await until('the end of the leader', 5_000, () => leader.end !== undefined);
  expect(leader.end).toBe('SIGKILL');
  expect(writes.length).toBeLessThan(count);
  return other;
}

/** Waits for the other one to lead; it writes nothing before. Resolves with the revision of its claim. */
async function takeover(left: OperatorProcess, leaseMs: number): Promise<bigint> {
  const from = performance.now();
  let looks = 0;
  for (;;) {
    const written = await patches(left).catch(() => undefined);
    const lease = await readLease();
    const waited = performance.now() - from;
    if (holderOf(lease) === left.replica) {
      expect(waited).toBeGreaterThan(leaseMs - 1_000);
      expect(looks).toBeGreaterThan(5);
      return BigInt(lease.metadata.resourceVersion);
    }
    expect(written ?? []).toEqual([]);
    if (written !== undefined) looks += 1;
    if (waited > leaseMs + 20_000) throw new Error(`nobody leads: ${left.said}`);
    await sleep(50);
  }
}

describe('two replicas of dist/operator.mjs', () => {
  it('give each network its verdict, and no other, though the one that leads is killed while it writes them', async () => {
    const { server } = room;
    replicas = await Promise.all(['one', 'two'].map((name) => OperatorProcess.start(server, user, name)));
    const left = await killedWhileWriting();
    // What the dead one had sent is answered.
    await sleep(300);
    const { revision, leaseMs } = await markLease();
    const claim = await takeover(left, leaseMs);
    await until('a verdict on each', 30_000, () => new Set(writes.map(({ name }) => name)).size === count);
    expect(await leads(left)).toBe(true);
    expect(await patches(left)).not.toEqual([]);
    // So much for what comes too late.
    await sleep(500);
    expect(writes.filter((write) => write.revision > revision && write.revision < claim)).toEqual([]);

    const byName = Map.groupBy(writes, ({ name }) => name);
    for (const [name, all] of byName) {
      const said = new Set(all.map(({ status }) => JSON.stringify(status)));
      expect([name, said.size, all.length <= 2]).toEqual([name, 1, true]);
      expect(all[0]?.status).toMatchObject({
        conditions: [{ type: 'Valid', status: expectedValid(name) }, {}, {}],
      });
    }
    expect(await left.stop()).toBe('0');
    expect(holderOf(await readLease())).toBe('');
  }, 120_000);
});
