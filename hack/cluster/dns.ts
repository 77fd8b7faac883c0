import { network } from './addresses.ts';
import type { KubeObject } from './api-client.ts';

/** Image that hack/toolchain/images.sh makes. */
const image = 'localhost/weft-coredns:dev';
const name = 'coredns';
const namespace = 'kube-system';

/** CoreDNS at the address that kubelets give to pods: each object with the collection it belongs to. */
export function dnsObjects(): readonly (readonly [string, KubeObject])[] {
  const core = `/api/v1/namespaces/${namespace}`;
  const rbac = '/apis/rbac.authorization.k8s.io/v1';
  return [
    [`${core}/serviceaccounts`, { metadata: { name } }],
    [`${rbac}/clusterroles`, clusterRole()],
    [`${rbac}/clusterrolebindings`, clusterRoleBinding()],
    [`${core}/configmaps`, { metadata: { name }, data: { Corefile: corefile } }],
    [`${core}/services`, service()],
    [`/apis/apps/v1/namespaces/${namespace}/deployments`, deployment()],
  ];
}

/** Path of the Deployment that dnsObjects makes. */
export const dnsDeployment: string = `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`;

// No `forward`: nothing outside can be reached.
const corefile = `.:53 {
    errors
    health
    ready
    kubernetes ${network.dnsDomain} in-addr.arpa ip6.arpa {
        pods insecure
        fallthrough in-addr.arpa ip6.arpa
    }
    cache 5
    loadbalance
    reload
}
`;

function clusterRole(): KubeObject {
  return {
    metadata: { name: 'system:coredns' },
    rules: [
      { apiGroups: [''], resources: ['services', 'pods', 'namespaces'], verbs: ['list', 'watch'] },
      { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
    ],
  };
}

function clusterRoleBinding(): KubeObject {
  return {
    metadata: { name: 'system:coredns' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:coredns' },
    subjects: [{ kind: 'ServiceAccount', name, namespace }],
  };
}

function service(): KubeObject {
  return {
    metadata: { name: 'kube-dns', labels: { 'k8s-app': 'kube-dns' } },
    spec: {
      clusterIP: network.dnsService,
      selector: { 'k8s-app': 'kube-dns' },
      ports: [
        { name: 'dns', port: 53, protocol: 'UDP' },
        { name: 'dns-tcp', port: 53, protocol: 'TCP' },
      ],
    },
  };
}

function deployment(): KubeObject {
  const labels = { 'k8s-app': 'kube-dns' };
  const container = {
    name,
    image,
    imagePullPolicy: 'Never',
    args: ['-conf', '/etc/coredns/Corefile'],
    ports: [
      { name: 'dns', containerPort: 53, protocol: 'UDP' },
      { name: 'dns-tcp', containerPort: 53, protocol: 'TCP' },
    ],
    readinessProbe: { httpGet: { path: '/ready', port: 8181 }, periodSeconds: 1 },
    livenessProbe: { httpGet: { path: '/health', port: 8080 }, initialDelaySeconds: 60, failureThreshold: 5 },
    resources: { requests: { cpu: '50m', memory: '30Mi' } },
    volumeMounts: [{ name: 'config', mountPath: '/etc/coredns', readOnly: true }],
  };
  return {
    metadata: { name, labels },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: name,
          priorityClassName: 'system-cluster-critical',
          dnsPolicy: 'Default',
          tolerations: [{ operator: 'Exists' }],
          containers: [container],
          volumes: [{ name: 'config', configMap: { name } }],
        },
      },
    },
  };
}
