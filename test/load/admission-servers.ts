/**
 * node test/load/admission-servers.ts weft|floor, as a child of admission.ts: a webhook server that tells its parent where
 * it is, and, whenever the parent asks, what it has used.
 *
 * `weft` has what a replica of the operator has beside it: all networks, 20,000 pods and their events. `floor` answers
 * everything with one text.
 */
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { PerformanceObserver } from 'node:perf_hooks';
import { Informers } from '../../src/controller/informers.ts';
import { systemClock } from '../../src/daemon/clock.ts';
import { createLog } from '../../src/daemon/log.ts';
import { Metrics } from '../../src/daemon/metrics.ts';
import { warmChecks } from '../../src/netconf/warm-checks.ts';
import { AdmissionMetrics } from '../../src/operator/admission/admission-metrics.ts';
import { AdmissionServer } from '../../src/operator/admission/admission-server.ts';
import { makeServingCertificate, type ServingCertificate } from '../../src/operator/admission/certificate.ts';
import { reviews } from '../../src/operator/admission/reviewer.ts';
import { ClusterSources } from '../../src/operator/sources/cluster-sources.ts';
import { PaperCluster } from './paper-cluster.ts';

/** Where a server is. */
export interface Started {
  readonly port: number;
  readonly ca: string;
}

/** What a server has used since its start. */
export interface Used {
  readonly cpuMs: number;
  /** The longest pause for the collection of garbage since the question before. */
  readonly longestGcMs: number;
}

const role = process.argv[2];
if (role === 'weft') await serveWeft();
else if (role === 'floor') await serveFloor();

async function serveWeft(): Promise<void> {
  const log = createLog('info', {});
  const metrics = new Metrics();
  const transport = new PaperCluster();
  const informers = new Informers({ transport, clock: systemClock, random: Math.random, log, metrics });
  const sources = new ClusterSources({ informers, clock: systemClock, log, agentNamespace: 'kube-system' });
  informers.start();
  await informers.settled(new AbortController().signal);
  const made = certificate();
  const certificates = {
    current: made,
    onChange: () => undefined,
    start: () => new Promise<void>(() => undefined),
    warnings: () => [],
  };
  const paths = reviews(sources, { mayListPods: () => Promise.resolve(true) });
  const server = new AdmissionServer({
    address: { host: '127.0.0.1', port: 0 },
    certificates,
    reviews: paths,
    metrics: new AdmissionMetrics(metrics, [...paths.keys()], () => undefined),
    log,
    clock: systemClock,
    drainMs: 0,
    preparation: warmChecks(),
  });
  void server.start(new AbortController().signal);
  while (server.notReady().length > 0) await new Promise(setImmediate);
  report({ port: server.port ?? 0, ca: made.ca });
}

async function serveFloor(): Promise<void> {
  const made = certificate();
  const server = createServer({ cert: made.certificate, key: made.key }, (asked, answer) => {
    asked.resume().on('end', () => answer.end('{"allowed":true}'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  report({ port: (server.address() as AddressInfo).port, ca: made.ca });
}

function certificate(): ServingCertificate {
  const now = Date.now();
  return makeServingCertificate({ names: ['127.0.0.1'], notBefore: now - 60_000, notAfter: now + 3_600_000 });
}

function report(started: Started): void {
  let longestGcMs = 0;
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longestGcMs = Math.max(longestGcMs, duration);
  });
  observer.observe({ entryTypes: ['gc'] });
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send?.({ cpuMs: (user + system) / 1_000, longestGcMs } satisfies Used);
    longestGcMs = 0;
  });
  // Nobody is left to end it.
  process.on('disconnect', () => process.exit());
  process.send?.(started);
}
