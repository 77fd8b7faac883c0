import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../component/agent/agent-node.ts';
import { TokenUser } from './agent-identity.ts';
import { KubeAgent } from './kube-agent.ts';
import { freePort, OperatorRun } from './operator-run.ts';
import { type Manifest, rendered } from './rendered.ts';

/** Every query of config/overlays/monitoring, against the metrics of an agent and an operator that run. */

interface Panel {
  readonly title: string;
  readonly targets: readonly { readonly expr: string }[];
}

interface Rules extends Manifest {
  readonly spec: {
    readonly groups: readonly {
      readonly rules: readonly { readonly alert: string; readonly expr: string }[];
    }[];
  };
}

/** A metric of a query, and the labels that the query wants of it. */
interface Wanted {
  readonly metric: string;
  readonly labels: readonly string[];
}

/** Labels that Prometheus gives every sample, the last by pod-monitors.yaml. */
const given = ['namespace', 'pod', 'job', 'instance', 'node'];

let kube: KubeAgent;
let user: TokenUser;
let operator: OperatorRun;
let objects: readonly Manifest[];
/** Labels by the names of samples, `_bucket` and `_total` included. */
let exposed: ReadonlyMap<string, ReadonlySet<string>>;

beforeAll(async () => {
  objects = await rendered('config/overlays/monitoring');
  kube = await KubeAgent.open();
  await kube.installCrds();
  // Without the policies, which would want a token that is bound to a pod.
  const parts = (await rendered('config/operator')).filter(
    ({ kind }) => !/Policy|Webhook|Deployment/.test(kind),
  );
  const list = { apiVersion: 'v1', kind: 'List', items: parts };
  await kube.kubectl.must(['apply', '-f', '-'], JSON.stringify(list));
  user = await TokenUser.of(kube.server, kube.admin, { namespace: 'weft-system', name: 'weft-operator' });
  operator = await OperatorRun.start(kube.server, user, await freePort());
  await kube.start();
  await kube.untilReady();
  // Its controllers begin with the lease.
  const text = await until(
    async () => {
      const page = await operator.page('/metrics');
      return page.includes('leader_election_master_status{name="weft-operator"} 1') ? page : undefined;
    },
    'an operator that leads',
    20_000,
  );
  exposed = samples([text, (await kube.page('/metrics')).body]);
}, 120_000);
afterAll(async () => {
  await operator?.stop();
  user?.close();
  await kube?.close();
});

function samples(pages: readonly string[]): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  const types = pages.flatMap((page) => [...page.matchAll(/^# TYPE (\S+) (\S+)$/gm)]);
  for (const [, name = '', type] of types) {
    const parts = type === 'histogram' ? ['_bucket', '_sum', '_count'] : [''];
    for (const part of parts) found.set(name + part, new Set(part === '_bucket' ? ['le'] : []));
  }
  for (const [, name = '', labels = ''] of pages.flatMap((page) => [
    ...page.matchAll(/^(\w+)\{(.*)\} \S+$/gm),
  ]))
    for (const [, label = ''] of labels.matchAll(/(\w+)="/g)) found.get(name)?.add(label);
  return found;
}

/** Of PromQL as it is written here: aggregations with `by`, matchers, ranges, functions, numbers. */
function wantedBy(expr: string): readonly Wanted[] {
  const grouped = [...expr.matchAll(/\bby *\(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(/[ ,]+/));
  const rest = expr.replace(/\bby *\([^)]*\)/g, '');
  const metrics = [...rest.matchAll(/\b([a-z_][a-z0-9_:]*)\b(?! *[a-z(])(\{[^}]*\})?(?![^{]*\})/g)];
  return metrics
    .filter(([, name = '']) => name.includes('_'))
    .map(([, metric = '', matchers = '']) => ({
      metric,
      labels: [...grouped, ...[...matchers.matchAll(/(\w+)[!=]=?~?"/g)].map(([, label = '']) => label)],
    }));
}

function panels(): readonly Panel[] {
  const file = join(import.meta.dirname, '../../config/overlays/monitoring/dashboard.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly panels: readonly Panel[] }).panels;
}

function alerts(): readonly { readonly alert: string; readonly expr: string }[] {
  const rules = objects.find(({ kind }) => kind === 'PrometheusRule') as Rules | undefined;
  return rules?.spec.groups.flatMap((group) => group.rules) ?? [];
}

/** What the query asks for and nobody has. */
function missing(expr: string): readonly string[] {
  const all = wantedBy(expr);
  if (all.length === 0) return [`no metric in: ${expr}`];
  return all.flatMap(({ metric, labels }) => {
    const has = exposed.get(metric);
    if (has === undefined) return [`no metric ${metric}`];
    // Of a counter that has not counted yet no labels are to be seen.
    if (has.size === 0) return [];
    return labels
      .filter((label) => !has.has(label) && !given.includes(label))
      .map((label) => `${metric}: ${label}`);
  });
}

describe('the queries', () => {
  it('are understood by this test', () => {
    const expr =
      'histogram_quantile(0.99, sum by (le, verb) (rate(a_b_bucket{code!="200"}[5m]))) - min(c_d) * 2';
    expect(wantedBy(expr)).toEqual([
      { metric: 'a_b_bucket', labels: ['le', 'verb', 'code'] },
      { metric: 'c_d', labels: ['le', 'verb'] },
    ]);
    expect(missing('weft_no_such_metric > 0')).toEqual(['no metric weft_no_such_metric']);
    expect(missing('sum by (colour) (weft_informer_objects)')).toEqual(['weft_informer_objects: colour']);
  });

  it('of the dashboard ask for nothing that agent and operator do not expose', () => {
    expect(panels().length).toBeGreaterThan(10);
    const found = panels().flatMap(({ title, targets }) =>
      targets.flatMap(({ expr }) => missing(expr).map((problem) => `${title}: ${problem}`)),
    );
    expect(found).toEqual([]);
  });

  it('of the alerts neither', () => {
    expect(alerts().length).toBeGreaterThan(5);
    expect(
      alerts().flatMap(({ alert, expr }) => missing(expr).map((problem) => `${alert}: ${problem}`)),
    ).toEqual([]);
  });
});
