import type { Cluster } from '../../hack/cluster/cluster.ts';
import { toolsImage } from './clusters.ts';
import { eventually } from './eventually.ts';

/** The part of a pod that these tests look at. */
export interface PodView {
  readonly metadata: { readonly name: string; readonly uid: string };
  readonly spec: { readonly nodeName?: string };
  readonly status: {
    readonly phase: string;
    readonly podIP?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly containerStatuses?: readonly {
      readonly containerID?: string;
      readonly restartCount: number;
      readonly ready: boolean;
    }[];
  };
}

/** A pod that answers HTTP on port 8080: at /name its `answer`, at /cgi-bin/peer the address it was asked from. */
export interface ServerPod {
  /** Absent: the pod's own name. */
  readonly answer?: string;
  /** Absent: wherever the scheduler puts it. */
  readonly node?: string;
  readonly hostPort?: number;
  /** Directories of the node by where the pod sees them. */
  readonly hostPaths?: Readonly<Record<string, string>>;
}

/** A namespace of a cluster for one suite, and kubectl in it. */
export class KubeNamespace {
  readonly cluster: Cluster;
  readonly name: string;

  private constructor(cluster: Cluster, name: string) {
    this.cluster = cluster;
    this.name = name;
  }

  static async create(cluster: Cluster, name: string): Promise<KubeNamespace> {
    const namespace = new KubeNamespace(cluster, name);
    await cluster.kubectl(['create', 'namespace', name]);
    // Pods are refused until the controller manager has made it.
    await eventually(`service account of ${name}`, 30_000, () =>
      namespace.kubectl('get', 'serviceaccount', 'default'),
    );
    return namespace;
  }

  /** Standard output of kubectl in this namespace; rejects with its complaint. */
  kubectl(...args: readonly string[]): Promise<string> {
    return this.cluster.kubectl(['--namespace', this.name, ...args]);
  }

  async apply(...objects: readonly object[]): Promise<void> {
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
    await this.cluster.kubectl(['--namespace', this.name, 'apply', '--filename=-'], list);
  }

  /** The pods of this namespace, or those that carry `app=<app>`, by name; without those that are on their way out. */
  async pods(app?: string): Promise<readonly PodView[]> {
    const selector = app === undefined ? [] : [`--selector=app=${app}`];
    const text = await this.kubectl('get', 'pods', '--output=json', ...selector);
    const { items } = JSON.parse(text) as {
      items: (PodView & { metadata: { deletionTimestamp?: string } })[];
    };
    return items.filter((pod) => pod.metadata.deletionTimestamp === undefined);
  }

  async pod(name: string): Promise<PodView> {
    return JSON.parse(await this.kubectl('get', 'pod', name, '--output=json')) as PodView;
  }

  /** Starts a pod and resolves with it once it is Ready. */
  async serve(name: string, wanted: ServerPod = {}): Promise<PodView> {
    await this.apply(serverPod(name, wanted));
    return this.untilReady(name);
  }

  async untilReady(name: string): Promise<PodView> {
    await this.kubectl('wait', '--for=condition=Ready', `pod/${name}`, '--timeout=90s');
    return this.pod(name);
  }

  /** Standard output of a command in a pod. */
  exec(pod: string, ...argv: readonly string[]): Promise<string> {
    return this.kubectl('exec', pod, '--', ...argv);
  }

  /** What an HTTP server says, asked from a pod. */
  wget(pod: string, url: string): Promise<string> {
    // Not by wget's own -T: with it the wget of Debian 12's busybox-static ends by SIGSEGV.
    return this.exec(pod, 'timeout', '3', 'wget', '-q', '-O', '-', url);
  }

  /** Removes the namespace and waits until its pods are gone. */
  /** Ends all that runs in it; the namespace itself goes in its own time, which is seconds more. */
  async empty(): Promise<void> {
    await this.kubectl('delete', 'statefulsets,deployments,pods', '--all', '--timeout=60s');
    await this.cluster.kubectl(['delete', 'namespace', this.name, '--wait=false']);
  }

  async remove(): Promise<void> {
    await this.cluster.kubectl(['delete', 'namespace', this.name, '--timeout=60s', '--ignore-not-found']);
  }
}

/** The pod template of an HTTP server, for Deployments too. */
export function serverSpec(wanted: ServerPod): object {
  const answer = wanted.answer === undefined ? 'hostname' : `echo ${wanted.answer}`;
  const script = [
    'mkdir -p /www/cgi-bin',
    `${answer} >/www/name`,
    "printf '#!/bin/sh\\necho; echo $REMOTE_ADDR\\n' >/www/cgi-bin/peer",
    'chmod 755 /www/cgi-bin/peer',
    'echo serving',
    'exec httpd -f -p 8080 -h /www',
  ];
  const paths = Object.entries(wanted.hostPaths ?? {});
  return {
    ...(wanted.node === undefined ? {} : { nodeName: wanted.node }),
    // The shell's children do not pass on SIGTERM.
    terminationGracePeriodSeconds: 1,
    containers: [
      {
        name: 'server',
        image: toolsImage,
        imagePullPolicy: 'Never',
        command: ['sh', '-ec', script.join('\n')],
        ports: [
          { containerPort: 8080, ...(wanted.hostPort === undefined ? {} : { hostPort: wanted.hostPort }) },
        ],
        readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1 },
        volumeMounts: paths.map(([mountPath], index) => ({ name: `path${index}`, mountPath })),
      },
    ],
    volumes: paths.map(([, path], index) => ({
      name: `path${index}`,
      hostPath: { path, type: 'Directory' },
    })),
  };
}

function serverPod(name: string, wanted: ServerPod): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { app: name } },
    spec: serverSpec(wanted),
  };
}

/** A Service `name` at port 80 for the pods that carry `app=<app>`. */
export function service(name: string, app: string, clusterIP?: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: {
      selector: { app },
      ports: [{ port: 80, targetPort: 8080 }],
      ...(clusterIP === undefined ? {} : { clusterIP }),
    },
  };
}
