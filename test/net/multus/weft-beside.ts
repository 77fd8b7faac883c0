import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AgentProcess } from '../../harness/agent-process.ts';
import { type RunEnd, run, until } from '../../harness/run.ts';
import { type CallOptions, type CniCall, CniRuntime, type Conflist } from '../../harness/runtime.ts';
import { weftBinary } from '../../harness/toolchain.ts';
import type { NetworkStatus } from '../fixture.ts';
import { type Annotations, type ApiPod, callOf, type MultusBench } from './multus-bench.ts';

/** File of the default network in the runtime's conf directory. */
export const defaultConfName = '10-pods.conflist';

/** weft on the node of a MultusBench, with the same networks, pods and API server. */
export class WeftBeside {
  readonly #bench: MultusBench;
  readonly #runtime: CniRuntime;
  #agent: AgentProcess | undefined;

  private constructor(bench: MultusBench, agent: AgentProcess, conflist: Conflist) {
    this.#bench = bench;
    this.#agent = agent;
    this.#runtime = new CniRuntime(bench.node, conflist);
  }

  /** With its agent, and the default network of that configuration. */
  static async start(bench: MultusBench, defaultNetwork: object): Promise<WeftBeside> {
    const { node } = bench;
    writeFileSync(join(node.dirs.conf, defaultConfName), JSON.stringify(defaultNetwork));
    const agent = await startAgent(bench);
    const path = join(node.dirs.conf, '00-weft.conflist');
    await until(`${path}, but the agent says: ${agent.log}`, 10_000, () => existsSync(path));
    const conflist = JSON.parse(readFileSync(path, 'utf8')) as Conflist;
    const cacheDirs = [node.dirs.cache, node.dirs.multus];
    const installed = conflist.plugins.map((plugin) => ({ ...plugin, cacheDirs }));
    return new WeftBeside(bench, agent, { ...conflist, plugins: installed });
  }

  /** What the agent has said since its last start. */
  get log(): string {
    return this.#agent?.log ?? '';
  }

  async startAgent(): Promise<void> {
    this.#agent ??= await startAgent(this.#bench);
  }

  async killAgent(): Promise<void> {
    await this.#agent?.kill();
    this.#agent = undefined;
  }

  add(pod: ApiPod, annotations: Annotations, more: Readonly<Record<string, unknown>> = {}): Promise<CniCall> {
    const capabilityArgs = { ...more, 'io.kubernetes.cri.pod-annotations': annotations };
    return this.#call('ADD', pod, { capabilityArgs });
  }

  del(pod: ApiPod): Promise<CniCall> {
    return this.#call('DEL', pod, {});
  }

  /** `weft handover multus` on the node. */
  handover(...more: readonly string[]): Promise<RunEnd> {
    const { node } = this.#bench;
    const { dirs } = node;
    return run(
      [
        ...node.enter,
        ...[weftBinary(), 'handover', 'multus', '--state-dir', dirs.state, '--run-dir', dirs.run],
        ...['--multus-dir', dirs.multus, '--cache-dir', dirs.cache, '--socket', node.socket, ...more],
      ],
      { env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' } },
    );
  }

  /** The pod's annotation network-status once the agent has written it. */
  async status(pod: ApiPod): Promise<readonly NetworkStatus[]> {
    let text = '';
    const deadline = performance.now() + 10_000;
    while (text === '' && performance.now() < deadline) text = await this.#bench.api.status(pod.name);
    if (text === '') throw new Error(`pod ${pod.name} got no network-status`);
    return JSON.parse(text) as NetworkStatus[];
  }

  #call(verb: string, pod: ApiPod, options: CallOptions): Promise<CniCall> {
    return this.#runtime.call(verb, { ...callOf(pod), ...options });
  }
}

function startAgent({ node, api }: MultusBench): Promise<AgentProcess> {
  const flags = [
    '--install',
    '--metrics-address',
    'off',
    '--networks-dir',
    '',
    '--kubeconfig',
    api.kubeconfig,
  ];
  return AgentProcess.start(node, flags, true, []);
}
