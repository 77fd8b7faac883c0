import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiCluster } from '../../bench/api-cluster.ts';
import type { KnownToken } from '../../harness/api-server.ts';
import { until } from '../../harness/run.ts';
import type { Conflist } from '../../harness/runtime.ts';
import type { TestNode } from '../../harness/sandbox.ts';
import { multusDir } from '../../harness/toolchain.ts';

/** What the daemon shows the API server, as its service account's token does in a cluster. */
export const daemonToken: KnownToken = {
  token: 'multus-daemon-of-the-tests',
  user: 'multus-daemon',
  groups: ['system:masters'],
};

/** Runs a shell in a mount namespace of its own; it and what it starts end with this process. */
const inOwnMounts = ['setpriv', '--pdeathsig', 'KILL', 'unshare', '--mount', '--propagation', 'slave'];

/**
 * multus-daemon on a node that is only a network namespace, configured as in Multus's
 * deployments/multus-daemonset-thick.yml but for the paths.
 */
export class ThickDaemon {
  /** What the daemon wrote for the runtime, as a list. */
  readonly conflist: Conflist;
  /** Path of multus-shim. */
  readonly shim: string = join(multusDir(), 'multus-shim');
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, conflist: Conflist) {
    this.#child = child;
    this.conflist = conflist;
  }

  /** `primary` is the file name of the default network's configuration in the node's conf directory. */
  static async start(node: TestNode, api: ApiCluster, primary: string): Promise<ThickDaemon> {
    const dir = join(node.dirs.root, 'thick');
    mkdirSync(dir);
    const config = join(dir, 'daemon-config.json');
    writeFileSync(config, JSON.stringify(daemonConfig(node, dir, primary)));
    const child = launch(node, api, config);
    let said = '';
    const keep = (chunk: Uint8Array): void => {
      said = (said + new TextDecoder().decode(chunk)).slice(-5_000);
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    let ended = false;
    child.once('exit', () => {
      ended = true;
    });
    // The last thing that it does when it starts.
    const written = join(dir, '00-multus.conf');
    await until('multus-daemon', 60_000, () => ended || existsSync(written));
    if (ended) throw new Error(`multus-daemon ended:\n${said}`);
    const plugin = JSON.parse(readFileSync(written, 'utf8')) as { cniVersion: string; name: string };
    return new ThickDaemon(child, {
      cniVersion: plugin.cniVersion,
      name: plugin.name,
      plugins: [{ ...plugin }],
    });
  }

  async kill(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    if (this.#child.exitCode === null && this.#child.kill('SIGKILL')) await ended;
  }
}

function daemonConfig(node: TestNode, dir: string, primary: string): object {
  return {
    // As Multus delivers it.
    cniVersion: '0.3.1',
    logLevel: 'verbose',
    logToStderr: true,
    multusConfigFile: 'auto',
    // Other directories, which are fixed or mounted there.
    socketDir: join(dir, 'socket'),
    daemonSocketDir: join(dir, 'socket'),
    cniConfigDir: dir,
    multusAutoconfigDir: node.dirs.conf,
    // weft's own file lies there, too.
    multusMasterCNI: primary,
    cniDir: node.dirs.multus,
    binDir: node.dirs.bin,
    confDir: node.dirs.networkConf,
  };
}

/** In its own view of /var it finds a service account where a pod has it. */
function launch(node: TestNode, api: ApiCluster, config: string): ChildProcess {
  const account = '/var/run/secrets/kubernetes.io/serviceaccount';
  const script = [
    'mount -t tmpfs tmpfs /var',
    `mkdir -p ${account}`,
    `cp '${api.ca}' ${account}/ca.crt`,
    `printf %s ${daemonToken.token} >${account}/token`,
    `exec ${[...node.enter, join(multusDir(), 'multus-daemon'), '--config', config].join(' ')}`,
  ].join('\n');
  const [program, ...argv] = [...inOwnMounts, 'sh', '-ec', script];
  const { hostname, port } = new URL(api.url);
  return spawn(program, argv, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      // What the kubelet tells a container.
      KUBERNETES_SERVICE_HOST: hostname,
      KUBERNETES_SERVICE_PORT: port,
      MULTUS_NODE_NAME: 'node-a',
    },
  });
}
