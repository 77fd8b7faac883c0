import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Sandbox } from '../../../src/attachment/plan.ts';
import type { AttachmentRecord } from '../../../src/attachment/record.ts';
import type { RequestFrame } from '../../../src/wire/frame.ts';
import { type FakeAttachment, planFor } from '../../fakes/plan.ts';
import { type AgentScript, ScriptedAgent, servePlans } from '../../fakes/scripted-agent.ts';
import { ScriptedBin, type ScriptLine } from '../../fakes/scripted-delegate/scripted-delegate.ts';
import { compareSnapshots, takeSnapshot } from '../../harness/auditor.ts';
import { CniRuntime, type PluginConf, type TimeBudgets, weftConflist } from '../../harness/runtime.ts';
import { type Pod, TestNode } from '../../harness/sandbox.ts';

/** Scripts by plugin type, for attachments that follow them. */
export type Scripts = Readonly<Record<string, readonly ScriptLine[]>>;

/** dist/weft between a scripted agent and scripted delegates alpha, beta, gamma and delta. */
export class PluginBench {
  readonly node: TestNode;
  readonly bin: ScriptedBin;
  readonly runtime: CniRuntime;
  #agent: ScriptedAgent | undefined;

  constructor(budgets: TimeBudgets = {}) {
    this.node = TestNode.create({ network: false });
    this.bin = new ScriptedBin(this.node.dirs.bin);
    this.bin.install('alpha', 'beta', 'gamma', 'delta');
    this.runtime = new CniRuntime(this.node, weftConflist(this.node, budgets));
  }

  get agent(): ScriptedAgent {
    if (this.#agent === undefined) throw new Error('no agent was started');
    return this.#agent;
  }

  /** The same node and delegates under other time budgets or with more keys in our configuration. */
  runtimeWith(budgets: TimeBudgets, more: PluginConf = {}): CniRuntime {
    return new CniRuntime(this.node, weftConflist(this.node, budgets, more));
  }

  /** An agent that behaves as `script`. Replaces the one before. */
  async withAgent(script: AgentScript): Promise<ScriptedAgent> {
    if (this.#agent === undefined) this.#agent = await ScriptedAgent.listen(this.node.socket, script);
    this.#agent.script = script;
    return this.#agent;
  }

  /** An agent that answers every request with these attachments, the first being the default network. */
  serve(attachments: readonly FakeAttachment[]): Promise<ScriptedAgent> {
    return this.withAgent(servePlans((request) => planFor(sandboxOf(request), attachments)));
  }

  async stopAgent(): Promise<void> {
    await this.#agent?.stop();
    this.#agent = undefined;
  }

  /** A fresh pod; forgets what delegates did before. */
  freshPod(): Pod {
    this.bin.clearLog();
    return this.node.pod();
  }

  /** What exists of a container anywhere: records, journals, locks, resources, processes. Empty: nothing is left. */
  remainsOf(pod: Pod): readonly string[] {
    const { state, run, bin } = this.node.dirs;
    const after = takeSnapshot({
      netns: [],
      dirs: { state, run, resources: join(bin, '.scripted', 'resources') },
      processMarkers: [`CNI_CONTAINERID=${pod.containerId}`],
    });
    const mine = after.lines.filter((line) => line.includes(pod.containerId) || line.startsWith('process '));
    return compareSnapshots({ lines: [] }, { lines: mine });
  }

  /** The record's body as the file holds it; `which` is the durable or the second copy. */
  record(pod: Pod, which: 'state' | 'run' = 'state'): AttachmentRecord {
    const text = readFileSync(this.recordPath(pod, which), 'utf8');
    return (JSON.parse(text) as { record: AttachmentRecord }).record;
  }

  recordPath(pod: Pod, which: 'state' | 'run' = 'state', suffix = '.json'): string {
    return join(this.node.dirs[which], 'attachments', `${pod.containerId}:eth0${suffix}`);
  }

  /** File names in a directory of attachments that belong to the pod, sorted. */
  filesOf(pod: Pod, which: 'state' | 'run' = 'state'): readonly string[] {
    try {
      const names = readdirSync(join(this.node.dirs[which], 'attachments'));
      return names.filter((name) => name.includes(pod.containerId)).sort();
    } catch {
      return [];
    }
  }

  /** `plugin ifname` of what delegates made for the pod and did not remove, sorted. */
  resourcesOf(pod: Pod): readonly string[] {
    const mine = this.bin.resources().map((name) => name.split(','));
    return mine.filter(([, id]) => id === pod.containerId).map(([type, , ifname]) => `${type} ${ifname}`);
  }

  /** Removes records of earlier tests, so that their leftovers do not fall due in this one. */
  forgetRecords(): void {
    for (const which of ['state', 'run'] as const) {
      rmSync(join(this.node.dirs[which], 'attachments'), { recursive: true, force: true });
    }
  }

  async dispose(): Promise<void> {
    await this.stopAgent();
    this.node.dispose();
  }
}

export function sandboxOf(request: RequestFrame): Sandbox {
  return {
    containerId: request.env['CNI_CONTAINERID'] ?? '',
    ifname: request.env['CNI_IFNAME'] ?? '',
    netns: request.env['CNI_NETNS'] ?? '',
  };
}

/** alpha on eth0, beta on net1, gamma on net2, each with its script. */
export function three(scripts: Scripts = {}): readonly FakeAttachment[] {
  const of = (type: string, ifname: string): FakeAttachment => ({
    ifname,
    plugins: [scripted(type, scripts)],
  });
  return [of('alpha', 'eth0'), of('beta', 'net1'), of('gamma', 'net2')];
}

/** A plugin's configuration with its script inside. */
export function scripted(type: string, scripts: Scripts): Readonly<Record<string, unknown>> {
  const lines = scripts[type];
  return lines === undefined ? { type } : { type, script: lines.join('\n') };
}
