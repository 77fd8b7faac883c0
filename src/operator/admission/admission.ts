import type { Clock } from '../../daemon/clock.ts';
import type { Flag } from '../../daemon/flags.ts';
import type { Log } from '../../daemon/log.ts';
import type { Metrics } from '../../daemon/metrics.ts';
import type { Transport } from '../../kube/transport.ts';
import { Writer } from '../../kube/writer.ts';
import { warmChecks } from '../../netconf/warm-checks.ts';
import type { AdmissionFlagTable } from './admission-flags.ts';
import { AdmissionMetrics } from './admission-metrics.ts';
import { AdmissionServer } from './admission-server.ts';
import { CallerSight } from './caller-sight.ts';
import { defaultTimings, type ScheduleTimings } from './certificate-schedule.ts';
import type { ClusterView } from './cluster-view.ts';
import { MountedCertificates } from './mounted-certificates.ts';
import { OwnCertificates } from './own-certificates.ts';
import { reviews } from './reviewer.ts';

/** What the webhooks are made of. */
export interface AdmissionRoom {
  readonly transport: Transport;
  readonly view: ClusterView;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly clock: Clock;
  /** 0 up to, not including, 1. */
  readonly random: () => number;
  /** Of the operator: of its Secret and its Service. */
  readonly namespace: string;
  readonly flags: AdmissionFlagValues;
  /** Default: those for real clusters. */
  readonly timings?: AdmissionTimings;
}

/** The values of `admissionFlags`. */
export type AdmissionFlagValues = {
  readonly [K in keyof AdmissionFlagTable]: AdmissionFlagTable[K] extends Flag<infer V> ? V : never;
};

/** Milliseconds. */
export interface AdmissionTimings {
  readonly certificates: ScheduleTimings;
  /** Between two looks at certificates. */
  readonly lookMs: number;
  /** From the wish to stop until no call is taken any more: endpoints of a Service are told of it with some delay. */
  readonly drainMs: number;
}

const usual: AdmissionTimings = { certificates: defaultTimings, lookMs: 10_000, drainMs: 5_000 };

/** The webhook server with its certificates; undefined where it is switched off. */
export function admissionServer(room: AdmissionRoom): AdmissionServer | undefined {
  const { transport, view, metrics, log, clock, flags, timings = usual } = room;
  const address = flags.webhookListen;
  if (address === undefined) return undefined;
  const paths = reviews(view, new CallerSight(transport));
  const certificates = certificateSource(room);
  return new AdmissionServer({
    address,
    certificates,
    reviews: paths,
    metrics: new AdmissionMetrics(metrics, [...paths.keys()], () => certificates.notAfter),
    log,
    clock,
    drainMs: timings.drainMs,
    preparation: warmChecks(),
  });
}

function certificateSource(room: AdmissionRoom): OwnCertificates | MountedCertificates {
  const { transport, log, clock, random, namespace, flags, timings = usual } = room;
  const { webhookCertificatesDir: directory, webhookSecret, webhookConfiguration, webhookNames } = flags;
  if (directory !== '') {
    return new MountedCertificates({ directory, clock, log, pollMs: timings.lookMs });
  }
  const [name = `weft-webhook.${namespace}.svc`, ...names] = webhookNames;
  return new OwnCertificates({
    writer: new Writer({ transport, clock, random, fieldManager: 'weft-operator' }),
    clock,
    log,
    random,
    secret: { namespace, name: webhookSecret },
    configuration: webhookConfiguration,
    names: [name, ...names],
    timings: timings.certificates,
    lookMs: timings.lookMs,
  });
}
