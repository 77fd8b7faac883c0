import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ApiServer } from '../harness/api-server.ts';
import { Kubectl } from '../harness/kubectl.ts';
import { bridge, nad, pod, sentTo } from './admission-room.ts';
import { TokenUser } from './agent-identity.ts';
import { freePort, OperatorRun } from './operator-run.ts';
import { otherNadKind } from './other-nad-kind.ts';
import { type Manifest, rendered } from './rendered.ts';
import { Admin } from './shared-server.ts';

/** What config/operator lets the operator do, against what it does: the audit log has every call of its account. */

const account = 'system:serviceaccount:weft-system:weft-operator';
const broken = '{"cniVersion":"1.0.0","type":"macvlan",}';

let server: ApiServer;
let kubectl: Kubectl;
let admin: Admin;
let user: TokenUser;
let operator: OperatorRun | undefined;
let directory: string;
let auditLog: string;
let objects: readonly Manifest[];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'weft-audit-'));
  auditLog = join(directory, 'audit.log');
  const policy = join(directory, 'policy.json');
  const rules = [{ level: 'Metadata', users: [account] }, { level: 'None' }];
  writeFileSync(policy, JSON.stringify({ apiVersion: 'audit.k8s.io/v1', kind: 'Policy', rules }));
  server = await ApiServer.start(
    [],
    [`--audit-policy-file=${policy}`, `--audit-log-path=${auditLog}`, '--audit-log-mode=blocking-strict'],
  );
  kubectl = await Kubectl.open(server);
  admin = new Admin(server.admin());
  const port = await freePort();
  objects = await rendered('config/operator');
  const items = objects.map((object) =>
    object.kind === 'ValidatingWebhookConfiguration' ? sentTo(object, port) : object,
  );
  await kubectl.must(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  await kubectl.must(['apply', '-k', 'crds/weft.dev']);
  await kubectl.must(['wait', '--for=condition=Established', 'crd', '--all', '--timeout=60s']);
  await kubectl.must(['create', '-f', '-'], JSON.stringify(otherNadKind));
  user = await TokenUser.of(server, admin, { namespace: 'weft-system', name: 'weft-operator' });
  operator = await OperatorRun.start(server, user, port, { awayMs: 500, backMs: 200 });
}, 120_000);
afterAll(async () => {
  await operator?.stop();
  user?.close();
  admin?.close();
  kubectl?.close();
  await server?.stop();
  rmSync(directory, { recursive: true, force: true });
});

function eventually(look: () => Promise<void>): Promise<void> {
  return vi.waitFor(look, { timeout: 40_000, interval: 200 });
}

function apply(object: object): Promise<string> {
  return kubectl.must(['apply', '-f', '-'], JSON.stringify(object));
}

/** A network where no webhook looks: as it can be while the operator is away. */
function unchecked(name: string, config: string): object {
  return nad(name, config, { namespace: 'kube-system' });
}

async function eventReasons(namespace = 'kube-system'): Promise<readonly string[]> {
  const args = ['get', 'events.events.k8s.io', '-n', namespace, '-o', 'jsonpath={.items[*].reason}'];
  return (await kubectl.must(args)).split(' ');
}

const taint = { key: 'weft.dev/agent-away', effect: 'NoSchedule' };
const away = 'weft.dev/agent-away:NoSchedule';
/** What the API server puts on a new node. */
const notReady = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };

/** Of the node, in their order. */
async function taints(): Promise<readonly string[]> {
  const path = '{range .spec.taints[*]}{.key}:{.effect} {end}';
  const text = await kubectl.must(['get', 'node', 'node1', '-o', `jsonpath=${path}`]);
  return text.trim().split(' ');
}

/** An agent of the node that runs, as far as its labels go. */
async function agentPod(namespace: string): Promise<void> {
  const labels = { 'app.kubernetes.io/name': 'weft', 'app.kubernetes.io/component': 'agent' };
  const metadata = { name: 'agent', namespace, labels };
  await apply({ ...pod('agent', {}, { nodeName: 'node1', hostNetwork: true }), metadata });
  const container = { name: 'main', image: 'x', imageID: '', ready: true, restartCount: 0 };
  const state = { running: { startedAt: '2026-01-01T00:00:00Z' } };
  const status = { phase: 'Running', containerStatuses: [{ ...container, state }] };
  const patch = ['patch', 'pod', 'agent', '-n', namespace, '--subresource=status', '--type=merge'];
  await kubectl.must([...patch, `--patch=${JSON.stringify({ status })}`]);
}

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/** `patch leases.coordination.k8s.io in weft-system`, one line a right. Names of objects are left out. */
function granted(): readonly string[] {
  const roles = objects.filter(({ kind }) => kind === 'ClusterRole' || kind === 'Role');
  const lines = roles.flatMap(({ kind, metadata, ...role }) =>
    (role['rules'] as readonly Rule[]).flatMap(({ apiGroups, resources, verbs }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) =>
          verbs.map((verb) => right(verb, resource, group, kind === 'Role' ? metadata.namespace : undefined)),
        ),
      ),
    ),
  );
  return [...new Set(lines)].sort();
}

interface Call {
  readonly stage: string;
  readonly verb: string;
  readonly requestURI: string;
  readonly objectRef?: {
    readonly resource: string;
    readonly subresource?: string;
    readonly apiGroup?: string;
    readonly namespace?: string;
  };
  readonly responseStatus?: { readonly code?: number };
}

function calls(): readonly Call[] {
  const lines = readFileSync(auditLog, 'utf8').split('\n');
  return lines.filter((line) => line.endsWith('}')).map((line) => JSON.parse(line) as Call);
}

/** The same lines for what was called. Of what is namespaced only the operator's own namespace is named. */
function used(): readonly string[] {
  const lines = calls().map(({ verb, requestURI, objectRef }) => {
    if (objectRef === undefined) return `${verb} ${requestURI}`;
    const { resource, subresource, apiGroup = '', namespace } = objectRef;
    const whole = subresource === undefined ? resource : `${resource}/${subresource}`;
    return right(verb, whole, apiGroup, namespace === 'weft-system' ? namespace : undefined);
  });
  return [...new Set(lines)].sort();
}

function right(verb: string, resource: string, group: string, namespace: string | undefined): string {
  return `${verb} ${resource}.${group}${namespace === undefined ? '' : ` in ${namespace}`}`;
}

describe('the rights of the operator', () => {
  it('have no wildcard, and no secret but its own', () => {
    const rules = objects
      .filter(({ kind }) => kind === 'ClusterRole' || kind === 'Role')
      .flatMap(({ kind, rules }) => (rules as readonly Rule[]).map((rule) => ({ kind, ...rule })));
    expect(rules.length).toBeGreaterThan(0);
    expect(JSON.stringify(rules)).not.toContain('*');
    const secrets = rules.filter(({ resources }) => resources.some((name) => name.startsWith('secrets')));
    expect(secrets).toEqual([
      {
        kind: 'Role',
        apiGroups: [''],
        resources: ['secrets'],
        resourceNames: ['weft-webhook'],
        verbs: ['get', 'patch'],
      },
    ]);
  });

  it('let it become ready, and its webhooks be trusted', async () => {
    await eventually(async () => expect(await operator?.page('/readyz')).toBe('ok\n'));
    const args = ['get', 'validatingwebhookconfiguration', 'weft'];
    const bundles = await kubectl.must([...args, '-o', 'jsonpath={.webhooks[*].clientConfig.caBundle}']);
    expect(bundles.split(' ')).toHaveLength(3);
  });

  it("let it say by events what it thinks of a network of another product's kind, again and again", async () => {
    await apply(unchecked('first', broken));
    await eventually(async () => expect(await eventReasons()).toContain('NetworkInvalid'));
    await apply(unchecked('first', bridge));
    await eventually(async () => expect(await eventReasons()).toContain('NetworkValid'));
    await apply(unchecked('first', broken));
  });

  it('let it write the status of a network of our kind', async () => {
    await kubectl.must(['apply', '--server-side', '--force-conflicts', '-k', 'config/crd']);
    await apply(unchecked('second', broken));
    const args = ['get', 'net-attach-def', 'second', '-n', 'kube-system'];
    const valid = '{.status.conditions[?(@.type=="Valid")].status}';
    await eventually(async () =>
      expect(await kubectl.must([...args, '-o', `jsonpath=${valid}`])).toBe('False'),
    );
  });

  it('let it bring the kind of networks up to date', async () => {
    const kind = ['get', 'crd', 'network-attachment-definitions.k8s.cni.cncf.io', '--show-managed-fields'];
    await eventually(async () => {
      const managers = await kubectl.must([...kind, '-o', 'jsonpath={.metadata.managedFields[*].manager}']);
      expect(managers.split(' ')).toContain('weft-operator');
    });
  });

  it('let it find out which users of a network it may name', async () => {
    await apply(nad('used', bridge));
    await apply(pod('user', { 'k8s.v1.cni.cncf.io/networks': 'used' }));
    await eventually(async () => {
      const end = await kubectl.run(['delete', 'net-attach-def', 'used', '--dry-run=server']);
      expect(end.stderr).toContain('is used by 1 pod: default/user');
    });
  });

  it('let it taint a node whose agent is away, and take the taint off when it is back', async () => {
    const kind = { apiVersion: 'weft.dev/v1alpha1', kind: 'WeftNode' };
    await apply({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'node1', labels: { pool: 'edge' } } });
    const others = await taints();
    expect(others).toEqual(['node.kubernetes.io/not-ready:NoSchedule']);
    await apply({ ...kind, metadata: { name: 'node1' }, status: { version: '0.1.0' } });
    const leave = ['delete', 'pod', 'agent', '-n', 'kube-system', '--force', '--grace-period=0'];
    await agentPod('kube-system');
    await kubectl.must(leave);
    await eventually(async () => expect(await taints()).toEqual([...others, away]));
    // Not in the agents' namespace: it stays, and is never taken for one.
    await agentPod('default');
    await agentPod('kube-system');
    await eventually(async () => expect(await taints()).toEqual(others));
    await kubectl.must(leave);
    await eventually(async () => expect(await taints()).toEqual([...others, away]));
    expect(await operator?.page('/metrics')).toContain('weft_nodes_without_agent 1');
    const said = (await eventReasons('default')).filter((reason) => reason.startsWith('Agent'));
    expect(said.sort()).toEqual(['AgentAway', 'AgentBack']);
  });

  it.each([
    ['labels', { metadata: { labels: { pool: 'mine' } } }, 'labels, annotations, finalizers or owners'],
    ['annotations', { metadata: { annotations: { a: 'b' } } }, 'labels, annotations, finalizers or owners'],
    ['another taint', { spec: { taints: [] } }, 'no other taint of a node than weft.dev/agent-away'],
    ['cordoning', { spec: { unschedulable: true } }, "nothing of a node's spec but taints"],
    ['its addresses', { spec: { podCIDR: '10.9.0.0/24' } }, "nothing of a node's spec but taints"],
    [
      'a value',
      { spec: { taints: [notReady, { ...taint, value: 'x' }] } },
      'the taint weft.dev/agent-away has no value',
    ],
  ])('let it change nothing else of a node: %s', async (_, change, message) => {
    // As the operator itself, but under another name in the audit log.
    const patch = ['patch', 'node', 'node1', '--type=merge', `--patch=${JSON.stringify(change)}`];
    const end = await kubectl.run([...patch, `--as=${account}`]);
    expect(end.stderr).toContain(message);
    expect(end.status).toBe(1);
  });

  it('let it follow the switch of WeftConfig', async () => {
    const kind = { apiVersion: 'weft.dev/v1alpha1', kind: 'WeftConfig' };
    await apply({ ...kind, metadata: { name: 'default' }, spec: { agentAwayTaint: false } });
    await eventually(async () => expect(await taints()).not.toContain(away));
    await kubectl.must(['delete', 'weftconfig', 'default']);
    await eventually(async () => expect(await taints()).toContain(away));
  });

  it('let it take the taint off where weft is taken away with its kinds', async () => {
    expect(await taints()).toContain(away);
    await kubectl.must(['delete', 'crd', 'weftnodes.weft.dev']);
    await eventually(async () => expect(await taints()).not.toContain(away));
  });

  it('let it end in order, and are all used: each call was allowed, and nothing else is', async () => {
    await operator?.stop();
    operator = undefined;
    const refused = calls().filter(({ responseStatus }) => responseStatus?.code === 403);
    expect(refused.map(({ verb, requestURI }) => `${verb} ${requestURI}`)).toEqual([]);
    expect(used()).toEqual(granted());
  });
});
