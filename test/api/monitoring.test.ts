import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../component/agent/agent-node.ts';
import { wholeAdd } from '../component/agent/raw-client.ts';
import { evaluate, type QuerySample, type Scrape } from '../harness/promql.ts';
import { sentTo } from './admission-room.ts';
import { TokenUser } from './agent-identity.ts';
import { KubeAgent } from './kube-agent.ts';
import { freePort, OperatorRun } from './operator-run.ts';
import { type Manifest, rendered } from './rendered.ts';

/** Every query of config/overlays/monitoring, by Prometheus' own engine over the metrics of an agent and an operator that run. */

interface Panel {
  readonly title: string;
  readonly targets: readonly { readonly expr: string }[];
}

interface Alert {
  readonly alert: string;
  readonly expr: string;
}

interface Rules extends Manifest {
  readonly spec: { readonly groups: readonly { readonly rules: readonly Alert[] }[] };
}

/** Both pages at one moment. */
interface Pages {
  readonly agent: string;
  readonly operator: string;
}

/** Between the two scrapes as Prometheus sees them, seconds. */
const apart = 60;

let kube: KubeAgent;
let user: TokenUser;
let operator: OperatorRun;
let objects: readonly Manifest[];
/** Before and after some work. */
let before: Pages;
let after: Pages;

beforeAll(async () => {
  objects = await rendered('config/overlays/monitoring');
  kube = await KubeAgent.open();
  await kube.installCrds();
  const port = await freePort();
  // Without the policies, which would want a token that is bound to a pod.
  const parts = (await rendered('config/operator'))
    .filter(({ kind }) => !/Policy|Deployment/.test(kind))
    .map((part) => (part.kind === 'ValidatingWebhookConfiguration' ? sentTo(part, port) : part));
  const list = { apiVersion: 'v1', kind: 'List', items: parts };
  await kube.kubectl.must(['apply', '-f', '-'], JSON.stringify(list));
  user = await TokenUser.of(kube.server, kube.admin, { namespace: 'weft-system', name: 'weft-operator' });
  operator = await OperatorRun.start(kube.server, user, port);
  await kube.start();
  await kube.untilReady();
  await work('first');
  before = await pages();
  await work('second');
  after = await pages();
}, 120_000);
afterAll(async () => {
  await operator?.stop();
  user?.close();
  await kube?.close();
});

/** A network is checked and judged, a pod attached. */
async function work(name: string): Promise<void> {
  await until(
    () =>
      kube.network(name).then(
        () => true as const,
        () => undefined,
      ),
    'the webhook',
    20_000,
  );
  const wait = ['wait', '--for=condition=Valid', `net-attach-def/${name}`, '--timeout=20s'];
  await kube.kubectl.must(wait);
  await wholeAdd(kube.node.socket, { annotations: {} });
}

async function pages(): Promise<Pages> {
  return { agent: (await kube.page('/metrics')).body, operator: await operator.page('/metrics') };
}

/** With the labels that Prometheus and pod-monitors.yaml give. An empty page: nobody answered. */
function scrapes(of: Pages, seconds: number): readonly Scrape[] {
  const agent = { namespace: 'kube-system', pod: 'weft-agent-x', job: 'weft-agent', node: 'node-a' };
  const leader = { namespace: 'weft-system', pod: 'weft-operator-x', job: 'weft-operator' };
  return [
    { seconds, labels: agent, page: of.agent },
    { seconds, labels: leader, page: of.operator },
  ].filter(({ page }) => page !== '');
}

function ask(
  queries: readonly string[],
  change: (page: string) => string = (page) => page,
): Promise<readonly (readonly QuerySample[])[]> {
  const now = Math.floor(Date.now() / 1000);
  const changed: Pages = { agent: change(after.agent), operator: change(after.operator) };
  // Prometheus marks the series of who does not answer as ended; here they never were.
  const known = changed.operator === '' ? { ...before, operator: '' } : before;
  const all = [...scrapes(known, now - apart), ...scrapes(changed, now)];
  return evaluate(all, now, queries);
}

function panels(): readonly Panel[] {
  const file = join(import.meta.dirname, '../../config/overlays/monitoring/dashboard.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly panels: readonly Panel[] }).panels;
}

function alerts(): readonly Alert[] {
  const rules = objects.find(({ kind }) => kind === 'PrometheusRule') as Rules | undefined;
  return rules?.spec.groups.flatMap((group) => group.rules) ?? [];
}

/** The page with another value for every sample of a metric. Throws if nobody has it. */
function withValue(metric: string, value: number): (page: string) => string {
  const sample = new RegExp(`^(${metric}(?:\\{[^}]*\\})?) \\S+$`, 'gm');
  if (!sample.test(after.agent + after.operator)) throw new Error(`no sample of ${metric}`);
  return (page) => page.replace(sample, `$1 ${value}`);
}

describe('the dashboard', () => {
  it('has an answer to every query', async () => {
    const queries = panels().flatMap(({ targets }) => targets.map(({ expr }) => expr));
    expect(queries.length).toBeGreaterThan(10);
    const answers = await ask(queries);
    expect(queries.filter((_, index) => answers[index]?.length === 0)).toEqual([]);
  });

  it.each([
    ['Requests of runtimes by verb and outcome', { verb: 'ADD', outcome: 'ok' }],
    ['Reviews by webhook and verdict', { webhook: '/networks', verdict: 'admitted' }],
    ['Reconciles by result', { controller: 'network-attachment-definitions', result: 'success' }],
    ['Duration of requests, 99 %', { verb: 'ADD' }],
    ['Duration of webhooks, 99 %', { webhook: '/networks' }],
    ['Agents that are ready', {}],
    ['Leader', { pod: 'weft-operator-x' }],
    ['Objects that the operator knows', { resource: 'network-attachment-definitions.k8s.cni.cncf.io' }],
  ])('shows under "%s" what happened', async (title, labels) => {
    const [target] = panels().find((panel) => panel.title === title)?.targets ?? [];
    const [samples] = await ask([target?.expr ?? '']);
    const found = samples?.find(
      (sample) => JSON.stringify(sorted(sample.labels)) === JSON.stringify(sorted(labels)),
    );
    expect(found?.value).toBeGreaterThan(0);
  });
});

function sorted(labels: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  return Object.entries(labels).sort(([left], [right]) => left.localeCompare(right, 'en'));
}

describe('the alerts', () => {
  /** Names of those whose query has an answer. */
  async function firing(change?: (page: string) => string): Promise<readonly string[]> {
    const all = alerts();
    const answers = await ask(
      all.map(({ expr }) => expr),
      change,
    );
    return all.filter((_, index) => answers[index]?.length !== 0).map(({ alert }) => alert);
  }

  /** Alert, metric, and a value of it at which the alert is to fire. */
  const states: readonly (readonly [string, string, number])[] = [
    ['WeftAgentNotReady', 'weft_ready', 0],
    ['WeftAgentAway', 'weft_nodes_without_agent', 2],
    ['WeftPodsNotAttached', 'weft_pods_not_attached', 1],
    ['WeftLeftovers', 'weft_leftovers', 1],
    ['WeftConfNotFirst', 'weft_conf_files_before', 1],
    ['WeftNoLeader', 'leader_election_master_status', 0],
    [
      'WeftWebhookCertificateEnds',
      'weft_webhook_certificate_not_after_seconds',
      Date.now() / 1000 + 6 * 86_400,
    ],
  ];

  it('are silent while all is well', async () => {
    expect(await firing()).toEqual([]);
  });

  it.each(states)('%s alone fires where %s is %s', async (alert, metric, value) => {
    expect(await firing(withValue(metric, value))).toEqual([alert]);
  });

  it('WeftWebhooksFail alone fires where calls of a webhook fail', async () => {
    const failed = (page: string): string =>
      page.replace(
        /^(controller_runtime_webhook_requests_total\{webhook="\/networks",code="500"\}) 0$/m,
        '$1 3',
      );
    expect(await firing(failed)).toEqual(['WeftWebhooksFail']);
  });

  it('WeftNoLeader fires also where no replica answers at all', async () => {
    const gone = (page: string): string => (page === after.operator ? '' : page);
    expect(await firing(gone)).toContain('WeftNoLeader');
  });

  it('are all tried here', () => {
    const tried = [...states.map(([alert]) => alert), 'WeftWebhooksFail'];
    expect(new Set(alerts().map(({ alert }) => alert))).toEqual(new Set(tried));
  });
});
