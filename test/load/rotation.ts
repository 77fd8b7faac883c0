/**
 * node test/load/rotation.ts: 100 networks a second for a minute through a real API server, which asks the webhook about
 * each, while its two replicas, which keep their certificates together, change them every few seconds. Ends with 1 where
 * one call is not answered by the webhook, where a replica serves what the API server is not told to trust, or where there
 * were fewer than four certificates.
 */
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { loadavg } from 'node:os';
import { connect } from 'node:tls';
import { collectionPath } from '../../src/kube/resource.ts';
import type { AdmissionTimings } from '../../src/operator/admission/admission.ts';
import { AdmissionRoom, nad, nads, Replica } from '../api/admission-room.ts';
import { ApiServer } from '../harness/api-server.ts';
import { sleep } from '../harness/run.ts';

const perSecond = 100;
const seconds = 60;
const leastCertificates = 4;

/** Another certificate every eight seconds; on a busy machine the API server needs a second or two to hear of its authority. */
const timings: AdmissionTimings = {
  certificates: { lifeMs: 24_000, renewBeforeMs: 16_000, settleMs: 4_000, keepMs: 7_000 },
  lookMs: 200,
  drainMs: 100,
};

const configurations = {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  plural: 'validatingwebhookconfigurations',
};

const server = await ApiServer.start();
try {
  const room = await AdmissionRoom.open(server);
  try {
    process.exitCode = await measure(room);
  } finally {
    await room.close();
  }
} finally {
  await server.stop();
}

async function measure(room: AdmissionRoom): Promise<number> {
  await room.apply(/^(Namespace|ServiceAccount|Role|RoleBinding|ClusterRole|ClusterRoleBinding|Secret)$/);
  const replicas = await Promise.all([0, 0].map((port) => Replica.start(room, port, timings)));
  try {
    await room.apply(/^ValidatingWebhookConfiguration$/, replicas[0]?.port);
    while (!isAnswer(await ask(room))) await sleep(50);
    const seen = new Set<string>();
    const end = new AbortController();
    const looking = watchCertificates(room, replicas, seen, end.signal);
    // It is awaited at the end; a failure until then must not end the process before everything is put away.
    looking.catch(() => {});
    const { times, wrong } = await load(room);
    end.abort();
    await looking;
    times.sort((left, right) => left - right);
    const [median, p99] = [0.5, 0.99].map((share) => times[Math.floor(share * times.length)]?.toFixed(1));
    console.log(
      `${times.length} networks through the API server in ${seconds} s, ${seen.size} certificates meanwhile: ${wrong.length} ` +
        `not answered by the webhook; median ${median}, p99 ${p99} ms; load average ${loadavg()[0]?.toFixed(1)}`,
    );
    for (const text of new Set(wrong)) console.log(`FAILED: ${text}`);
    if (seen.size < leastCertificates) console.log(`FAILED: only ${seen.size} certificates`);
    return wrong.length === 0 && seen.size >= leastCertificates ? 0 : 1;
  } finally {
    await Promise.all(replicas.map((replica) => replica.stop()));
  }
}

/** Calls at their times, however long the ones before take. */
async function load(room: AdmissionRoom): Promise<{ readonly times: number[]; readonly wrong: string[] }> {
  const [times, wrong]: [number[], string[]] = [[], []];
  const begun = performance.now();
  const call = async (): Promise<void> => {
    const asked = performance.now();
    const said = await ask(room);
    times.push(performance.now() - asked);
    if (!isAnswer(said)) wrong.push(said);
  };
  const running: Promise<void>[] = [];
  for (let index = 0; index < perSecond * seconds; index += 1) {
    const wait = begun + (index * 1_000) / perSecond - performance.now();
    if (wait > 0) await sleep(wait);
    running.push(call());
  }
  await Promise.all(running);
  return { times, wrong };
}

/** What is said of a network that only the webhook refuses. Never rejects. */
async function ask(room: AdmissionRoom): Promise<string> {
  const path = collectionPath(nads, 'default', { dryRun: 'All' });
  const body = { type: 'application/json', text: JSON.stringify(nad('broken', '{"type":""}')) };
  try {
    const signal = AbortSignal.timeout(30_000);
    const { text } = await room.admin.transport.request({ method: 'POST', path, body, signal });
    return (JSON.parse(text) as { readonly message?: string }).message ?? text;
  } catch (error) {
    return String(error);
  }
}

function isAnswer(said: string): boolean {
  return said.includes('denied the request: spec.config');
}

/** Notes the fingerprints of what the replicas serve. Rejects where what the API server is told to trust is not enough for one. */
async function watchCertificates(
  room: AdmissionRoom,
  replicas: readonly Replica[],
  seen: Set<string>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    // Under this load a read may take its time.
    const found = await room.admin.writer.get(configurations, { name: 'weft' }, { timeoutMs: 60_000 });
    const [first] = found['webhooks'] as readonly { clientConfig: { caBundle: string } }[];
    const ca = Buffer.from(first?.clientConfig.caBundle ?? '', 'base64').toString();
    for (const { port } of replicas) {
      const socket = connect({ host: '127.0.0.1', port, ca });
      await once(socket, 'secureConnect');
      seen.add(new X509Certificate(socket.getPeerCertificate().raw).fingerprint256);
      socket.destroy();
    }
    await sleep(500);
  }
}
