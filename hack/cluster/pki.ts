import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { network } from './addresses.ts';
import { run } from './command.ts';

/** What a certificate says. */
export interface CertificateRequest {
  /** File name without suffix: NAME.crt and NAME.key are made. */
  readonly name: string;
  /** As openssl wants it: `/O=group/CN=user`. */
  readonly subject: string;
  readonly usage: 'clientAuth' | 'serverAuth';
  /** `IP:…` and `DNS:…`. */
  readonly alternatives?: readonly string[];
  /** Name of the authority that signs; default `ca`. */
  readonly authority?: string;
}

/** The certificates of the control plane, as kubeadm would make them. */
export const controlPlaneCertificates: readonly CertificateRequest[] = [
  {
    name: 'apiserver',
    subject: '/CN=kube-apiserver',
    usage: 'serverAuth',
    alternatives: [
      ...['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'localhost'].map(
        (name) => `DNS:${name}`,
      ),
      `DNS:kubernetes.default.svc.${network.dnsDomain}`,
      ...['127.0.0.1', network.apiService, network.controlPlane].map((address) => `IP:${address}`),
    ],
  },
  { name: 'admin', subject: '/O=system:masters/CN=kubernetes-admin', usage: 'clientAuth' },
  {
    name: 'kubelet-client',
    subject: '/O=system:masters/CN=kube-apiserver-kubelet-client',
    usage: 'clientAuth',
  },
  { name: 'kube-controller-manager', subject: '/CN=system:kube-controller-manager', usage: 'clientAuth' },
  { name: 'kube-scheduler', subject: '/CN=system:kube-scheduler', usage: 'clientAuth' },
  { name: 'kube-proxy', subject: '/CN=system:kube-proxy', usage: 'clientAuth' },
  {
    name: 'front-proxy',
    subject: '/CN=front-proxy-client',
    usage: 'clientAuth',
    authority: 'front-proxy-ca',
  },
];

/** Those of one node: for talking to the API server, and for being talked to. */
export function nodeCertificates(node: string, address: string): readonly CertificateRequest[] {
  return [
    { name: node, subject: `/O=system:nodes/CN=system:node:${node}`, usage: 'clientAuth' },
    {
      name: `${node}-serving`,
      subject: `/O=system:nodes/CN=system:node:${node}`,
      usage: 'serverAuth',
      alternatives: [`DNS:${node}`, `IP:${address}`],
    },
  ];
}

/** Arguments of one `openssl req` that makes key and certificate. Valid for 10 years, from yesterday's clocks too. */
export function requestArguments(request: CertificateRequest): readonly string[] {
  const authority = request.authority ?? 'ca';
  const extensions = [
    'basicConstraints=critical,CA:FALSE',
    'keyUsage=critical,digitalSignature',
    `extendedKeyUsage=${request.usage}`,
    ...(request.alternatives === undefined ? [] : [`subjectAltName=${request.alternatives.join(',')}`]),
  ];
  return [
    ...newKey(request.name, request.subject),
    '-CA',
    `${authority}.crt`,
    '-CAkey',
    `${authority}.key`,
    ...extensions.flatMap((extension) => ['-addext', extension]),
  ];
}

/** Makes both authorities, the control plane's certificates and the key of the service account tokens in `dir`. */
export async function makePki(dir: string, env: Readonly<Record<string, string>>): Promise<void> {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  chmodSync(dir, 0o700);
  // The machine's own configuration may add extensions of its own.
  writeFileSync(join(dir, 'openssl.cnf'), '[req]\ndistinguished_name = name\n[name]\n');
  await Promise.all(['ca', 'front-proxy-ca'].map((name) => openssl(dir, env, authorityArguments(name))));
  await Promise.all([
    makeCertificates(dir, controlPlaneCertificates, env),
    openssl(dir, env, [
      'genpkey',
      '-algorithm',
      'EC',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-out',
      'sa.key',
    ]),
  ]);
  await openssl(dir, env, ['pkey', '-in', 'sa.key', '-pubout', '-out', 'sa.pub']);
}

/** Makes further certificates in a directory that makePki filled. */
export async function makeCertificates(
  dir: string,
  requests: readonly CertificateRequest[],
  env: Readonly<Record<string, string>>,
): Promise<void> {
  await Promise.all(requests.map((request) => openssl(dir, env, requestArguments(request))));
}

function authorityArguments(name: string): readonly string[] {
  const extensions = [
    'basicConstraints=critical,CA:TRUE',
    'keyUsage=critical,keyCertSign,cRLSign,digitalSignature',
  ];
  return [...newKey(name, `/CN=weft-${name}`), ...extensions.flatMap((extension) => ['-addext', extension])];
}

function newKey(name: string, subject: string): readonly string[] {
  return [
    ...[
      'req',
      '-x509',
      '-config',
      'openssl.cnf',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
    ],
    ...['-days', '3650', '-subj', subject, '-keyout', `${name}.key`, '-out', `${name}.crt`],
  ];
}

async function openssl(
  dir: string,
  env: Readonly<Record<string, string>>,
  argv: readonly string[],
): Promise<void> {
  await run(['sh', '-c', 'cd "$0" && umask 077 && exec openssl "$@"', dir, ...argv], { env });
}
