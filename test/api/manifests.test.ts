import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { network } from '../../hack/cluster/addresses.ts';
import { agentFlags } from '../../src/agent/agent-flags.ts';
import { envName } from '../../src/daemon/flags.ts';
import { deployments, type Manifest, only, rendered } from './rendered.ts';

/**
 * What must stay true of the manifests, read as kustomize puts them out; no server is asked. operator-manifests.test.ts has
 * those of the operator.
 */

interface Container {
  readonly name: string;
  readonly image: string;
  readonly imagePullPolicy: string;
  readonly args?: readonly string[];
  readonly env?: readonly {
    readonly name: string;
    readonly valueFrom: { readonly fieldRef?: object; readonly configMapKeyRef?: object };
  }[];
  readonly securityContext: object;
  readonly resources: {
    readonly requests: Readonly<Record<string, string>>;
    readonly limits: Readonly<Record<string, string>>;
  };
  readonly volumeMounts: readonly Mount[];
  readonly [probe: `${string}Probe`]: {
    readonly httpGet: { readonly host: string; readonly port: string; readonly path: string };
    readonly periodSeconds: number;
    readonly failureThreshold?: number;
  };
}

interface Mount {
  readonly name: string;
  readonly mountPath: string;
  readonly readOnly?: boolean;
  readonly mountPropagation?: string;
}

interface DaemonSet extends Manifest {
  readonly spec: {
    readonly selector: { readonly matchLabels: object };
    readonly updateStrategy: object;
    readonly template: {
      readonly metadata: { readonly labels: object };
      readonly spec: {
        readonly initContainers: readonly Container[];
        readonly containers: readonly Container[];
        readonly volumes: readonly {
          readonly name: string;
          readonly hostPath?: { readonly path: string; readonly type: string };
          readonly projected?: object;
        }[];
        readonly [field: string]: unknown;
      };
    };
  };
}

/** A kind and its bindings, each of these names. */
function both(kind: string, ...names: readonly string[]): readonly string[] {
  return names.flatMap((name) => [`${kind} weft-${name}`, `${kind}Binding weft-${name}`]);
}

const all = new Map<string, readonly Manifest[]>();

beforeAll(async () => {
  for (const directory of deployments) all.set(directory, await rendered(directory));
});

function objectsOf(directory: string): readonly Manifest[] {
  return all.get(directory) ?? [];
}

/** Those that config/agent brings. */
function agentsOf(directory: string): readonly Manifest[] {
  return objectsOf(directory).filter(({ metadata }) => componentOf(metadata) === 'agent');
}

function componentOf({ labels }: Manifest['metadata']): string | undefined {
  return labels?.['app.kubernetes.io/component'];
}

function daemonSet(directory: string): DaemonSet {
  return only<DaemonSet>(objectsOf(directory), 'DaemonSet');
}

function pod(directory: string): DaemonSet['spec']['template']['spec'] {
  return daemonSet(directory).spec.template.spec;
}

function agent(directory: string): Container {
  const [container, ...others] = pod(directory).containers;
  if (container === undefined || others.length > 0) throw new Error('not exactly one container');
  return container;
}

function install(directory: string): Container {
  const [container, ...others] = pod(directory).initContainers;
  if (container === undefined || others.length > 0) throw new Error('not exactly one init container');
  return container;
}

describe.each(deployments)('%s', (directory) => {
  it('holds these objects: no network, not their kind, and one namespace, which takes no network in', () => {
    const kinds = objectsOf(directory).map(({ kind, metadata: { name } }) => `${kind} ${name}`);
    const config = /local|kind/.test(directory) ? ['ConfigMap weft-agent'] : [];
    expect(kinds.sort()).toEqual(
      [
        ...both('ClusterRole', 'agent', 'operator', 'admission'),
        ...config,
        'CustomResourceDefinition weftconfigs.weft.dev',
        'CustomResourceDefinition weftnodes.weft.dev',
        'DaemonSet weft-agent',
        'Deployment weft-operator',
        'Namespace weft-system',
        'NetworkPolicy weft-operator',
        'PodDisruptionBudget weft-operator',
        'ResourceQuota weft-critical-pods',
        ...both('Role', 'operator', 'admission'),
        'Secret weft-webhook',
        'Service weft-webhook',
        'ServiceAccount weft-agent',
        'ServiceAccount weft-operator',
        ...both(
          'ValidatingAdmissionPolicy',
          'agent',
          'events',
          'nodes',
          'networks',
          'pods',
          'system',
          'taints',
        ),
        'ValidatingWebhookConfiguration weft',
      ].sort(),
    );
  });

  it('is labelled as weft everywhere, and its namespace is kube-system', () => {
    for (const { kind, metadata } of objectsOf(directory)) {
      expect(metadata.labels, kind).toMatchObject({ 'app.kubernetes.io/name': 'weft' });
      if (componentOf(metadata) === 'operator') continue;
      const namespaced = ['ConfigMap', 'DaemonSet', 'ServiceAccount'].includes(kind);
      expect(metadata.namespace, kind).toBe(namespaced ? 'kube-system' : undefined);
    }
    const { selector, template } = daemonSet(directory).spec;
    expect(template.metadata.labels).toEqual(selector.matchLabels);
  });

  it('has rules without a wildcard, and binds them to the account of its pods', () => {
    const { rules } = only<Manifest & { rules: readonly Readonly<Record<string, readonly string[]>>[] }>(
      agentsOf(directory),
      'ClusterRole',
    );
    const granted = rules.flatMap((rule) => Object.values(rule).flat());
    expect(granted.length).toBeGreaterThan(0);
    expect(granted.filter((text) => text.includes('*'))).toEqual([]);
    const { subjects } = only(agentsOf(directory), 'ClusterRoleBinding');
    expect(subjects).toEqual([{ kind: 'ServiceAccount', name: 'weft-agent', namespace: 'kube-system' }]);
    expect(pod(directory)['serviceAccountName']).toBe('weft-agent');
  });

  it('has policies for that very account, which refuse where they cannot decide', () => {
    const policies = agentsOf(directory).filter(({ kind }) => kind === 'ValidatingAdmissionPolicy');
    const bindings = agentsOf(directory).filter(({ kind }) => kind === 'ValidatingAdmissionPolicyBinding');
    expect(policies).toHaveLength(3);
    for (const { spec, metadata } of policies) {
      expect(spec).toMatchObject({
        failurePolicy: 'Fail',
        matchConditions: [
          {
            expression: "request.userInfo.username == 'system:serviceaccount:kube-system:weft-agent'",
          },
        ],
      });
      expect(bindings.map((binding) => binding['spec'])).toContainEqual({
        policyName: metadata.name,
        validationActions: ['Deny', 'Audit'],
      });
    }
  });

  it('gives the agent no capability, and the installation only the one for a directory of another user', () => {
    const rest = { privileged: false, allowPrivilegeEscalation: false, readOnlyRootFilesystem: true };
    expect(agent(directory).securityContext).toEqual({ ...rest, capabilities: { drop: ['ALL'] } });
    expect(install(directory).securityContext).toEqual({
      ...rest,
      capabilities: { drop: ['ALL'], add: ['DAC_OVERRIDE'] },
    });
    expect(pod(directory)['securityContext']).toEqual({
      runAsUser: 0,
      runAsGroup: 0,
      seccompProfile: { type: 'RuntimeDefault' },
    });
  });

  it("is in the node's network and in no other namespace of the node", () => {
    const spec = pod(directory);
    expect(spec['hostNetwork']).toBe(true);
    expect(spec['dnsPolicy']).toBe('Default');
    for (const field of ['hostPID', 'hostIPC', 'shareProcessNamespace'])
      expect(spec).not.toHaveProperty(field);
  });

  it('comes before all others, on every Linux node, a tenth of them at a time', () => {
    const spec = pod(directory);
    expect(spec['priorityClassName']).toBe('system-node-critical');
    expect(spec['tolerations']).toEqual([{ operator: 'Exists' }]);
    expect(spec['nodeSelector']).toEqual({ 'kubernetes.io/os': 'linux' });
    expect(daemonSet(directory).spec.updateStrategy).toEqual({
      type: 'RollingUpdate',
      rollingUpdate: { maxUnavailable: '10%' },
    });
  });

  it('asks for what it needs, and limits memory in both containers, so that the node can count on it', () => {
    for (const { resources } of [agent(directory), install(directory)]) {
      expect(Object.keys(resources.requests).sort()).toEqual(['cpu', 'memory']);
      expect(resources.limits).toEqual({ memory: resources.requests['memory'] });
    }
  });

  it('sees of the node these directories only, where they are there, too, and its records without writing', () => {
    const { volumes } = pod(directory);
    const paths = new Map(volumes.map(({ name, hostPath }) => [name, hostPath]));
    const mounts = ({ volumeMounts }: Container): readonly string[] =>
      volumeMounts
        .filter(({ name }) => paths.get(name) !== undefined)
        .map(({ name, mountPath, readOnly = false, mountPropagation }) => {
          expect(mountPropagation).toBeUndefined();
          expect(paths.get(name)).toEqual({ path: mountPath, type: 'DirectoryOrCreate' });
          return `${mountPath} ${readOnly ? 'ro' : 'rw'}`;
        });
    // A directory after the one it is in, or it would be hidden.
    expect(mounts(agent(directory))).toEqual([
      '/run/weft rw',
      '/run/weft/attachments ro',
      '/var/lib/weft rw',
      '/var/lib/weft/attachments ro',
      '/etc/cni/net.d rw',
      '/etc/cni/multus/net.d ro',
      '/opt/cni/bin rw',
      '/var/lib/kubelet/pod-resources ro',
    ]);
    expect(mounts(install(directory))).toEqual(['/opt/cni/bin rw']);
  });

  it('gives only the agent a token, one that is bound to its pod and lives for half an hour', () => {
    expect(pod(directory)['automountServiceAccountToken']).toBe(false);
    expect(only(agentsOf(directory), 'ServiceAccount')['automountServiceAccountToken']).toBe(false);
    const projected = pod(directory).volumes.filter((volume) => volume.projected !== undefined);
    expect(projected).toMatchObject([
      {
        name: 'api-access',
        projected: {
          sources: [
            { serviceAccountToken: { path: 'token', expirationSeconds: 1800 } },
            { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
          ],
        },
      },
    ]);
    expect(agent(directory).volumeMounts.filter(({ name }) => name === 'api-access')).toEqual([
      { name: 'api-access', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', readOnly: true },
    ]);
    expect(install(directory).volumeMounts.map(({ name }) => name)).not.toContain('api-access');
  });

  it('is asked for its health where only its node can ask, and not killed because the API is away', () => {
    const { startupProbe, livenessProbe, readinessProbe } = agent(directory);
    for (const probe of [startupProbe, livenessProbe, readinessProbe])
      expect(probe?.httpGet).toMatchObject({ host: '127.0.0.1', port: 'metrics' });
    // /healthz says that the process answers, and nothing else.
    expect(startupProbe?.httpGet.path).toBe('/healthz');
    expect(livenessProbe?.httpGet.path).toBe('/healthz');
    expect(readinessProbe?.httpGet.path).toBe('/readyz');
    expect(
      (livenessProbe?.periodSeconds ?? 0) * (livenessProbe?.failureThreshold ?? 0),
    ).toBeGreaterThanOrEqual(60);
    expect(pod(directory)['terminationGracePeriodSeconds']).toBe(30);
  });

  it('passes what the agent must know of its node and cluster, under names that it reads', () => {
    const environment = agent(directory).env?.map(({ name, valueFrom }) => ({ name, ...valueFrom }));
    expect(environment).toEqual([
      { name: 'WEFT_NODE_NAME', fieldRef: { fieldPath: 'spec.nodeName' } },
      { name: 'WEFT_API_SERVER', configMapKeyRef: { name: 'weft-agent', key: 'api-server', optional: true } },
    ]);
    const known = Object.values(agentFlags).map(({ name }) => envName(name));
    for (const { name } of environment ?? []) expect(known).toContain(name);
    expect(install(directory).args).toEqual(['--install-only']);
    expect(Object.values(agentFlags).map(({ name }) => name)).toContain('install-only');
  });

  it('runs one image in both containers, as it was built for', () => {
    const version = readFileSync('VERSION', 'utf8').trim();
    const local = /local|kind/.test(directory);
    for (const { image, imagePullPolicy } of [agent(directory), install(directory)]) {
      expect(image).toBe(local ? 'localhost/weft:dev' : `weft:${version}`);
      expect(imagePullPolicy).toBe(local ? 'Never' : 'IfNotPresent');
    }
  });
});

describe('the overlays', () => {
  it('for local clusters name the address of the control plane itself', () => {
    expect(only(objectsOf('config/overlays/local'), 'ConfigMap')['data']).toEqual({
      'api-server': `https://${network.controlPlane}:${network.apiPort}`,
    });
  });

  it('for kind names the control plane of the cluster that make kind-up makes', () => {
    const [, name] = /\[--name=([a-z]+)\]/.exec(readFileSync('hack/kind/main.ts', 'utf8')) ?? [];
    expect(only(objectsOf('config/overlays/kind'), 'ConfigMap')['data']).toEqual({
      'api-server': `https://${name}-control-plane:6443`,
    });
  });

  it("beside another product's kind are config/default to the letter", () => {
    expect(objectsOf('config/overlays/other-nad-crd')).toEqual(objectsOf('config/default'));
  });
});
