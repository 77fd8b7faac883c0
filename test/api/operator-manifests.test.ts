import { beforeAll, describe, expect, it } from 'vitest';
import { agentAwayTaint } from '../../src/api/agent-away-taint.ts';
import { envName } from '../../src/daemon/flags.ts';
import { operatorFlags } from '../../src/operator/operator-flags.ts';
import { podProjection } from '../../src/operator/sources/watched-pod.ts';
import { deployments, type Manifest, only, rendered } from './rendered.ts';

/** What must stay true of the operator's manifests, read as kustomize puts them out; no server is asked. */

interface Deployment extends Manifest {
  readonly spec: {
    readonly replicas: number;
    readonly selector: { readonly matchLabels: object };
    readonly strategy: object;
    readonly template: {
      readonly metadata: { readonly labels: object };
      readonly spec: {
        readonly containers: readonly Container[];
        readonly volumes: readonly { readonly name: string; readonly [source: string]: unknown }[];
        readonly affinity: { readonly podAntiAffinity: object };
        readonly [field: string]: unknown;
      };
    };
  };
}

interface Container {
  readonly image: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string }[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly securityContext: object;
  readonly resources: {
    readonly requests: Readonly<Record<string, string>>;
    readonly limits: Readonly<Record<string, string>>;
  };
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
}

const all = new Map<string, readonly Manifest[]>();
const directories = [...deployments, 'config/overlays/cert-manager', 'config/overlays/monitoring'] as const;

beforeAll(async () => {
  for (const directory of directories) all.set(directory, await rendered(directory));
});

function objectsOf(directory: string): readonly Manifest[] {
  return all.get(directory) ?? [];
}

function deployment(directory: string): Deployment['spec'] {
  return only<Deployment>(objectsOf(directory), 'Deployment').spec;
}

function container(directory: string): Container {
  const [first, ...others] = deployment(directory).template.spec.containers;
  if (first === undefined || others.length > 0) throw new Error('not exactly one container');
  return first;
}

function named(directory: string, kind: string, name: string): Manifest | undefined {
  return objectsOf(directory).find((object) => object.kind === kind && object.metadata.name === name);
}

describe.each(directories)('%s: the operator', (directory) => {
  it('runs twice, on two nodes where there are two, and one stays through updates and drains', () => {
    const { replicas, strategy, template, selector } = deployment(directory);
    expect(replicas).toBe(2);
    expect(strategy).toMatchObject({ rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } });
    expect(template.spec['priorityClassName']).toBe('system-cluster-critical');
    const away = { key: agentAwayTaint.key, operator: 'Exists', effect: agentAwayTaint.effect };
    expect(template.spec['tolerations']).toContainEqual(away);
    expect(Object.keys(template.spec.affinity.podAntiAffinity)).toEqual([
      'preferredDuringSchedulingIgnoredDuringExecution',
    ]);
    expect(template.metadata.labels).toEqual(selector.matchLabels);
    const budget = only(objectsOf(directory), 'PodDisruptionBudget');
    expect(budget['spec']).toMatchObject({ minAvailable: 1, selector });
    const policy = only(objectsOf(directory), 'NetworkPolicy');
    expect(policy['spec']).toMatchObject({ podSelector: selector, policyTypes: ['Ingress', 'Egress'] });
  });

  it('has no privilege and nothing of the node', () => {
    const { spec } = deployment(directory).template;
    expect(container(directory).securityContext).toEqual({
      privileged: false,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(spec['securityContext']).toEqual({
      runAsNonRoot: true,
      runAsUser: 65534,
      runAsGroup: 65534,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    for (const field of ['hostNetwork', 'hostPID', 'hostIPC']) expect(spec).not.toHaveProperty(field);
    expect(spec.volumes.filter((volume) => 'hostPath' in volume)).toEqual([]);
    expect(spec['automountServiceAccountToken']).toBe(false);
  });

  it('is in the namespace of its own that its webhooks and policies leave alone', () => {
    const namespaced = ['Deployment', 'Role', 'RoleBinding', 'Service', 'Secret', 'NetworkPolicy'];
    for (const { kind, metadata } of objectsOf(directory))
      if (namespaced.includes(kind)) expect(metadata.namespace, kind).toBe('weft-system');
    const { webhooks } = only<Manifest & { webhooks: readonly { namespaceSelector: object }[] }>(
      objectsOf(directory),
      'ValidatingWebhookConfiguration',
    );
    expect(webhooks).toHaveLength(3);
    for (const { namespaceSelector } of webhooks)
      expect(JSON.stringify(namespaceSelector)).toContain('"NotIn","values":["kube-system","weft-system"]');
  });

  it('is started from the image with flags that it knows', () => {
    const { command, args, env, ports } = container(directory);
    expect(command).toEqual(['/usr/bin/node', '--max-semi-space-size=4', '/weft/operator.mjs']);
    const flags = Object.values(operatorFlags).map(({ name }) => name);
    for (const arg of args) expect(flags).toContain(/^--([a-z-]+)=/.exec(arg)?.[1]);
    for (const { name } of env) expect(flags.map(envName)).toContain(name);
    expect(ports.map(({ name, containerPort }) => [name, containerPort])).toEqual([
      ['webhook', 9443],
      ['metrics', 9465],
    ]);
    expect(args).toContain('--webhook-listen=:9443');
  });

  it('takes the pods of its DaemonSet for agents', () => {
    const { metadata, ...agents } = only<Deployment>(objectsOf(directory), 'DaemonSet');
    const { metadata: labelled, spec } = agents.spec.template;
    const pod = {
      metadata: { name: 'x', resourceVersion: '1', namespace: metadata.namespace ?? '', ...labelled },
      spec: { ...spec, nodeName: 'node1' },
      status: { phase: 'Running', containerStatuses: [{ state: { running: {} } }] },
    };
    expect(podProjection(operatorFlags.agentNamespace.fallback)(pod)).toEqual({ agentOf: 'node1' });
  });

  it('asks for memory and may have three times as much', () => {
    const { requests, limits } = container(directory).resources;
    expect([requests['memory'], limits['memory'], limits['cpu']]).toEqual(['128Mi', '384Mi', undefined]);
  });
});

describe('the overlay for cert-manager', () => {
  const directory = 'config/overlays/cert-manager';

  it('gives the operator the certificate of the Service, and cert-manager the caBundle', () => {
    const certificate = named(directory, 'Certificate', 'weft-webhook');
    expect(certificate?.['spec']).toMatchObject({
      secretName: 'weft-webhook-tls',
      dnsNames: ['weft-webhook.weft-system.svc'],
      issuerRef: { name: 'weft-webhook', kind: 'Issuer' },
    });
    expect(container(directory).args).toContain('--webhook-certificates-dir=/etc/weft/webhook');
    const { volumes } = deployment(directory).template.spec;
    expect(volumes.find(({ name }) => name === 'webhook-certificate')).toMatchObject({
      secret: { secretName: 'weft-webhook-tls' },
    });
    const webhooks = only(objectsOf(directory), 'ValidatingWebhookConfiguration');
    expect(webhooks.metadata).toMatchObject({
      annotations: { 'cert-manager.io/inject-ca-from': 'weft-system/weft-webhook' },
    });
  });

  it('takes from the operator the Secret and the rights for making them', () => {
    expect(named(directory, 'Secret', 'weft-webhook')).toBeUndefined();
    for (const kind of ['Role', 'RoleBinding'])
      expect(named(directory, kind, 'weft-admission')).toBeUndefined();
    const rules = objectsOf(directory)
      .filter(({ kind }) => kind === 'Role' || kind === 'ClusterRole')
      .map((role) => JSON.stringify(role['rules']));
    expect(rules.join()).not.toContain('secrets');
    expect(rules.join()).not.toContain('validatingwebhookconfigurations');
    expect(rules.join()).toContain('subjectaccessreviews');
  });
});

describe('the overlay for monitoring', () => {
  const directory = 'config/overlays/monitoring';

  it('looks for the metrics of pods that carry these labels, at ports that they have', () => {
    const monitors = objectsOf(directory).filter(({ kind }) => kind === 'PodMonitor');
    const selectors = monitors.map((monitor) => (monitor['spec'] as { selector: object }).selector);
    expect(selectors).toContainEqual(deployment(directory).selector);
    const agents = only<Deployment>(objectsOf(directory), 'DaemonSet').spec;
    expect(selectors).toContainEqual(agents.selector);
    const [agent] = agents.template.spec.containers;
    expect(agent?.ports).toEqual([{ name: 'metrics', containerPort: 9464, hostPort: 9464 }]);
    expect(agent?.env).toContainEqual({ name: 'WEFT_METRICS_ADDRESS', value: ':9464' });
  });
});
