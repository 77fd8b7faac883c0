import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DelegateCall, ScriptedBin } from '../../fakes/scripted-delegate/scripted-delegate.ts';
import { AgentProcess } from '../../harness/agent-process.ts';
import { until } from '../../harness/run.ts';
import { type CallOptions, type CniCall, CniRuntime, type Conflist } from '../../harness/runtime.ts';
import { type Pod, TestNode } from '../../harness/sandbox.ts';

/** A delegate's standard input, read. */
export type Stdin = Readonly<Record<string, unknown>>;

/**
 * The real agent and dist/weft between a runtime and scripted delegates alpha to delta: networks go in at one end, and
 * what the delegates were told comes out at the other.
 */
export class DelegateBench {
  readonly node: TestNode;
  readonly bin: ScriptedBin;
  readonly runtime: CniRuntime;
  readonly #agent: AgentProcess;

  private constructor(node: TestNode, bin: ScriptedBin, runtime: CniRuntime, agent: AgentProcess) {
    this.node = node;
    this.bin = bin;
    this.runtime = runtime;
    this.#agent = agent;
  }

  /** `defaultNetwork` is the text of the cluster's conflist; `flags`: more of them for the agent, for a node. */
  static async start(
    defaultNetwork: string,
    flags: (node: TestNode) => readonly string[] = () => [],
  ): Promise<DelegateBench> {
    const node = TestNode.create({ network: false });
    const bin = new ScriptedBin(node.dirs.bin);
    bin.install('alpha', 'beta', 'gamma', 'delta');
    writeFileSync(join(node.dirs.conf, '10-cluster.conflist'), defaultNetwork);
    const agent = await AgentProcess.start(node, ['--metrics-address', 'off', ...flags(node)]);
    const installed = join(node.dirs.conf, '00-weft.conflist');
    await until(`${installed}, but the agent says: ${agent.log}`, 10_000, () => existsSync(installed));
    const conflist = JSON.parse(readFileSync(installed, 'utf8')) as Conflist;
    return new DelegateBench(node, bin, new CniRuntime(node, conflist), agent);
  }

  /** Makes the NAD `test/<name>`; a configuration that is a text goes in as it is. */
  writeNetwork(name: string, config: object | string): void {
    const document = {
      apiVersion: 'k8s.cni.cncf.io/v1',
      kind: 'NetworkAttachmentDefinition',
      metadata: { namespace: 'test', name },
      spec: { config: typeof config === 'string' ? config : JSON.stringify(config) },
    };
    writeFileSync(join(this.node.dirs.networks, `${name}.json`), JSON.stringify(document));
  }

  /** A fresh pod; forgets what delegates did before. */
  freshPod(): Pod {
    this.bin.clearLog();
    return this.node.pod();
  }

  /** ADD for a pod that asks for these networks. */
  add(pod: Pod, networks: string | readonly object[], options: CallOptions = {}): Promise<CniCall> {
    const value = typeof networks === 'string' ? networks : JSON.stringify(networks);
    const annotations = { 'k8s.v1.cni.cncf.io/networks': value };
    return this.runtime.add(pod, {
      ...options,
      capabilityArgs: { ...options.capabilityArgs, 'io.kubernetes.cri.pod-annotations': annotations },
    });
  }

  /** The runs for one interface, in their order. */
  callsOf(ifname: string, verb?: string): readonly DelegateCall[] {
    return this.bin.calls().filter((call) => call.ifname === ifname && (verb ?? call.verb) === call.verb);
  }

  /** What they were told. */
  stdinsOf(ifname: string, verb?: string): readonly Stdin[] {
    return this.callsOf(ifname, verb).map((call) => JSON.parse(call.stdin.toString()) as Stdin);
  }

  /** What the agent has said so far. */
  agentLog(): string {
    return this.#agent.log;
  }

  async dispose(): Promise<void> {
    await this.#agent.stop();
    this.node.dispose();
  }
}
