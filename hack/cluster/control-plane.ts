import { join } from 'node:path';
import { network } from './addresses.ts';
import type { Layout } from './layout.ts';

/** What may differ from cluster to cluster. */
export interface ControlPlaneOptions {
  readonly etcdFsync: boolean;
  readonly auditLog: boolean;
}

/** Files of the control plane's directory, by name: a component's arguments, one a line, and the audit policy. */
export function controlPlaneFiles(
  layout: Layout,
  options: ControlPlaneOptions,
): Readonly<Record<string, string>> {
  const commands = {
    etcd: etcdArguments(layout, options),
    'kube-apiserver': apiServerArguments(layout, options),
    'kube-controller-manager': controllerManagerArguments(layout),
    'kube-scheduler': schedulerArguments(layout),
  };
  return {
    ...Object.fromEntries(
      Object.entries(commands).map(([name, argv]) => [`${name}.args`, argumentLines([name, ...argv])]),
    ),
    'audit-policy.json': `${JSON.stringify(auditPolicy, null, 2)}\n`,
  };
}

/** One argument a line, as the first processes' scripts read them. */
export function argumentLines(argv: readonly string[]): string {
  const broken = argv.find((argument) => argument.includes('\n'));
  if (broken !== undefined) throw new Error(`argument with a line end: ${broken}`);
  return `${argv.join('\n')}\n`;
}

const etcdClient = 'http://127.0.0.1:2379';

function etcdArguments(layout: Layout, options: ControlPlaneOptions): readonly string[] {
  return [
    `--data-dir=${layout.etcd}`,
    // Nodes and pods are in other network namespaces and cannot reach this loopback.
    `--listen-client-urls=${etcdClient}`,
    `--advertise-client-urls=${etcdClient}`,
    '--listen-peer-urls=http://127.0.0.1:2380',
    '--initial-advertise-peer-urls=http://127.0.0.1:2380',
    '--initial-cluster=default=http://127.0.0.1:2380',
    '--log-level=warn',
    ...(options.etcdFsync ? [] : ['--unsafe-no-fsync']),
  ];
}

function apiServerArguments(layout: Layout, options: ControlPlaneOptions): readonly string[] {
  const pki = (file: string): string => join(layout.pki, file);
  return [
    `--etcd-servers=${etcdClient}`,
    '--bind-address=0.0.0.0',
    `--secure-port=${network.apiPort}`,
    `--advertise-address=${network.controlPlane}`,
    `--service-cluster-ip-range=${network.serviceCidr}`,
    `--tls-cert-file=${pki('apiserver.crt')}`,
    `--tls-private-key-file=${pki('apiserver.key')}`,
    `--client-ca-file=${pki('ca.crt')}`,
    `--service-account-key-file=${pki('sa.pub')}`,
    `--service-account-signing-key-file=${pki('sa.key')}`,
    `--service-account-issuer=https://kubernetes.default.svc.${network.dnsDomain}`,
    '--authorization-mode=Node,RBAC',
    '--enable-admission-plugins=NodeRestriction',
    '--allow-privileged=true',
    '--kubelet-preferred-address-types=InternalIP',
    `--kubelet-certificate-authority=${pki('ca.crt')}`,
    `--kubelet-client-certificate=${pki('kubelet-client.crt')}`,
    `--kubelet-client-key=${pki('kubelet-client.key')}`,
    `--requestheader-client-ca-file=${pki('front-proxy-ca.crt')}`,
    '--requestheader-allowed-names=front-proxy-client',
    '--requestheader-extra-headers-prefix=X-Remote-Extra-',
    '--requestheader-group-headers=X-Remote-Group',
    '--requestheader-username-headers=X-Remote-User',
    `--proxy-client-cert-file=${pki('front-proxy.crt')}`,
    `--proxy-client-key-file=${pki('front-proxy.key')}`,
    // No kube-proxy runs beside it: it goes to the pods behind a service itself, which webhooks need.
    '--enable-aggregator-routing=true',
    ...(options.auditLog
      ? [
          `--audit-policy-file=${join(layout.controlPlane, 'audit-policy.json')}`,
          `--audit-log-path=${layout.auditLog}`,
          // Each line before the answer, so that a test finds what it caused.
          '--audit-log-mode=blocking-strict',
        ]
      : []),
  ];
}

function controllerManagerArguments(layout: Layout): readonly string[] {
  const pki = (file: string): string => join(layout.pki, file);
  const kubeconfig = pki('kube-controller-manager.kubeconfig');
  return [
    `--kubeconfig=${kubeconfig}`,
    `--authentication-kubeconfig=${kubeconfig}`,
    `--authorization-kubeconfig=${kubeconfig}`,
    '--bind-address=127.0.0.1',
    '--leader-elect=false',
    '--use-service-account-credentials=true',
    // Each of its forty controllers asks for a token of its own when it starts; the default limit stretches that.
    '--kube-api-qps=200',
    '--kube-api-burst=400',
    `--service-account-private-key-file=${pki('sa.key')}`,
    `--root-ca-file=${pki('ca.crt')}`,
    `--cluster-signing-cert-file=${pki('ca.crt')}`,
    `--cluster-signing-key-file=${pki('ca.key')}`,
    `--cluster-cidr=${network.podCidr}`,
    `--service-cluster-ip-range=${network.serviceCidr}`,
    '--allocate-node-cidrs=true',
    '--node-cidr-mask-size=24',
  ];
}

function schedulerArguments(layout: Layout): readonly string[] {
  const kubeconfig = join(layout.pki, 'kube-scheduler.kubeconfig');
  return [
    `--kubeconfig=${kubeconfig}`,
    `--authentication-kubeconfig=${kubeconfig}`,
    `--authorization-kubeconfig=${kubeconfig}`,
    '--bind-address=127.0.0.1',
    '--leader-elect=false',
  ];
}

/** Who wrote what, pods' status with its body; reads and leases would hide it. */
const auditPolicy = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [
    { level: 'None', verbs: ['watch', 'list', 'get'], users: ['system:apiserver', 'system:kube-scheduler'] },
    { level: 'None', resources: [{ group: 'coordination.k8s.io', resources: ['leases'] }] },
    {
      level: 'Request',
      verbs: ['patch', 'update'],
      resources: [{ group: '', resources: ['pods/status'] }],
    },
    { level: 'Metadata' },
  ],
};
