import type { RunOptions } from './run.ts';
import { run } from './run.ts';
import type { Pod, TestNode } from './sandbox.ts';
import { weftBinary } from './toolchain.ts';

/** One element of the `plugins` list that the agent installs, or of any conflist. */
export type PluginConf = Readonly<Record<string, unknown>>;

/** A network configuration list as libcni loads it. */
export interface Conflist {
  readonly cniVersion: string;
  readonly name: string;
  readonly plugins: readonly PluginConf[];
}

/** Milliseconds of each phase; absent ones are the plugin's defaults. */
export type TimeBudgets = Readonly<
  Partial<Record<'connect' | 'plan' | 'lock' | 'delegate' | 'add' | 'del' | 'status' | 'done', number>>
>;

/** The error document on standard output. */
export interface CniErrorDocument {
  readonly cniVersion?: string;
  readonly code: number;
  readonly msg: string;
  readonly details?: string;
}

export interface ResultInterface {
  readonly name: string;
  readonly mac?: string;
  readonly mtu?: number;
  readonly sandbox?: string;
}

/** A result of CNI 0.3.0 to 1.1.0. */
export interface CniResult {
  readonly cniVersion: string;
  readonly interfaces?: readonly ResultInterface[];
  readonly ips?: readonly {
    readonly address: string;
    readonly gateway?: string;
    readonly interface?: number;
  }[];
  readonly routes?: readonly { readonly dst: string; readonly gw?: string }[];
  readonly dns?: Readonly<Record<string, unknown>>;
}

export interface CniCall {
  readonly status: number | undefined;
  readonly signal: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** Wall milliseconds as the runtime sees them. */
  readonly ms: number;
  /** Where it failed and said why in JSON. */
  readonly error?: CniErrorDocument;
  /** Where ADD succeeded. */
  readonly result?: CniResult;
}

export interface CallOptions {
  readonly containerId?: string;
  readonly netns?: string;
  /** Default `eth0`. */
  readonly ifname?: string;
  /** CNI_ARGS; default: what containerd sends for the pod `test/pod-a`. */
  readonly args?: string;
  /** Variables on top of, or (undefined) taken out of, the CNI_ ones. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Capability arguments; those that the plugin declares reach its `runtimeConfig`. */
  readonly capabilityArgs?: Readonly<Record<string, unknown>>;
  readonly prevResult?: unknown;
  /** Replaces standard input altogether. */
  readonly stdin?: string | Uint8Array;
  /** Commands that run weft instead of running it straight, for another mount namespace. */
  readonly through?: readonly string[];
  /** Runs this build of the plugin instead of dist/weft. */
  readonly binary?: string;
  readonly run?: RunOptions;
}

export const podArgs: string =
  'IgnoreUnknown=1;K8S_POD_NAMESPACE=test;K8S_POD_NAME=pod-a;K8S_POD_INFRA_CONTAINER_ID=c;K8S_POD_UID=uid-a';

/**
 * A CNI runtime as libcni is one: it runs `dist/weft` in the node's namespace with exactly the variables of the
 * protocol and the configuration derived from the installed list, and remembers results for CHECK and DEL.
 */
export class CniRuntime {
  readonly node: TestNode;
  conflist: Conflist;
  readonly #results = new Map<string, unknown>();

  constructor(node: TestNode, conflist: Conflist = weftConflist(node)) {
    this.node = node;
    this.conflist = conflist;
  }

  add(pod: Pod, options: CallOptions = {}): Promise<CniCall> {
    return this.call('ADD', { containerId: pod.containerId, netns: pod.netns, ...options });
  }

  del(pod: Pod, options: CallOptions = {}): Promise<CniCall> {
    return this.call('DEL', { containerId: pod.containerId, netns: pod.netns, ...options });
  }

  check(pod: Pod, options: CallOptions = {}): Promise<CniCall> {
    return this.call('CHECK', { containerId: pod.containerId, netns: pod.netns, ...options });
  }

  async call(verb: string, options: CallOptions): Promise<CniCall> {
    const ifname = options.ifname ?? 'eth0';
    const key = `${options.containerId} ${ifname}`;
    const end = await run([...this.node.enter, ...(options.through ?? []), options.binary ?? weftBinary()], {
      env: this.#environment(verb, ifname, options),
      stdin: options.stdin ?? JSON.stringify(this.#request(verb, key, options)),
      cwd: '/',
      ...options.run,
    });
    const call = decode(verb, end);
    if (call.result !== undefined) this.#results.set(key, call.result);
    if (verb === 'DEL' && call.status === 0) this.#results.delete(key);
    return call;
  }

  #environment(verb: string, ifname: string, options: CallOptions): Record<string, string> {
    const all: Record<string, string | undefined> = {
      CNI_COMMAND: verb,
      CNI_CONTAINERID: options.containerId,
      CNI_NETNS: options.netns,
      CNI_IFNAME: ifname,
      CNI_ARGS: options.args ?? podArgs,
      CNI_PATH: this.node.dirs.bin,
      // The reference plugins look for nft, iptables and modprobe there; a real runtime has it too.
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      ...options.env,
    };
    const set = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
    return Object.fromEntries(set);
  }

  /** As libcni builds it: list's name and version, declared capabilities only, the final result for CHECK and DEL. */
  #request(verb: string, key: string, options: CallOptions): PluginConf {
    const [plugin] = this.conflist.plugins;
    const capabilities = (plugin?.['capabilities'] ?? {}) as Record<string, boolean>;
    const given = Object.entries(options.capabilityArgs ?? {});
    const declared = Object.fromEntries(given.filter(([name]) => capabilities[name] === true));
    const wantsPrevious = (verb === 'DEL' || verb === 'CHECK') && atLeast040(this.conflist.cniVersion);
    const previous = options.prevResult ?? this.#results.get(key);
    return {
      ...plugin,
      name: this.conflist.name,
      cniVersion: this.conflist.cniVersion,
      ...(Object.keys(declared).length === 0 ? {} : { runtimeConfig: declared }),
      ...(wantsPrevious && previous !== undefined ? { prevResult: previous } : {}),
    };
  }
}

/** The list that the agent installs, for tests without one. */
export function weftConflist(node: TestNode, timeBudgets: TimeBudgets = {}, more: PluginConf = {}): Conflist {
  return {
    cniVersion: '1.0.0',
    name: 'weft',
    plugins: [
      {
        type: 'weft',
        socket: node.socket,
        stateDir: node.dirs.state,
        runDir: node.dirs.run,
        cacheDirs: [node.dirs.cache, node.dirs.multus],
        capabilities: {
          'io.kubernetes.cri.pod-annotations': true,
          portMappings: true,
          bandwidth: true,
          ips: true,
          mac: true,
        },
        timeBudgets,
        ...more,
      },
    ],
  };
}

function decode(verb: string, end: Awaited<ReturnType<typeof run>>): CniCall {
  const document = parseOrUndefined(end.stdout);
  if (end.status === 0) {
    return verb === 'ADD' && document !== undefined ? { ...end, result: document as CniResult } : end;
  }
  return document === undefined ? end : { ...end, error: document as CniErrorDocument };
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function atLeast040(version: string): boolean {
  return !['', '0.1.0', '0.2.0', '0.3.0', '0.3.1'].includes(version);
}
