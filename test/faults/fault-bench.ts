import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeNodeFile, nodeFileFormat } from '../../src/attachment/node-file.ts';
import { type DefaultRouteStep, delegatesOf, type Plan, type Sandbox } from '../../src/attachment/plan.ts';
import { type FakeAttachment, planFor } from '../fakes/plan.ts';
import { ScriptedAgent, servePlans } from '../fakes/scripted-agent.ts';
import { type AuditSnapshot, compareSnapshots, takeSnapshot } from '../harness/auditor.ts';
import { type CallOptions, type CniCall, CniRuntime, weftConflist } from '../harness/runtime.ts';
import { type Pod, TestNode } from '../harness/sandbox.ts';
import { type FaultPoint, takePoints } from './fault-points.ts';
import { faultsBinary } from './faults-binary.ts';

/** What the agent answers to every request, the default network first. */
export interface FaultScene {
  readonly attachments: readonly FakeAttachment[];
  readonly defaultRoute?: Pick<DefaultRouteStep, 'ifname' | 'gateways'>;
}

export type FaultVerb = 'ADD' | 'DEL' | 'GC';

/** How one call goes. Without `at` and `log` it is dist/weft that runs, the binary that ships. */
export interface FaultCall {
  /** Kills itself at the point of this number. */
  readonly at?: number;
  /** Waits so many milliseconds there before it does, while a child may go on. */
  readonly linger?: number;
  /** The points that it passes are kept for `passed`. */
  readonly log?: boolean;
  /** The agent is dead: nothing listens where it should. */
  readonly agentDead?: boolean;
  readonly options?: CallOptions;
}

/**
 * A node with one pod namespace that serves sandbox after sandbox: a round that leaves nothing behind leaves it as the
 * next one needs it, and a fresh one would cost more than the round.
 */
export class FaultBench {
  readonly node: TestNode;
  /** The file of the points passed; strace needs to know it. */
  readonly log: string;
  readonly #binary: string;
  readonly #agent: ScriptedAgent;
  #scene: FaultScene;
  #pod: Pod;
  #sandboxes = 0;

  private constructor(node: TestNode, binary: string, agent: ScriptedAgent, scene: FaultScene) {
    this.node = node;
    this.#binary = binary;
    this.#agent = agent;
    this.log = join(node.dirs.root, 'points');
    this.#scene = scene;
    this.#pod = node.pod();
    agent.script = servePlans((request) =>
      this.#planOf({
        containerId: request.env['CNI_CONTAINERID'] ?? '',
        ifname: request.env['CNI_IFNAME'] ?? '',
        netns: request.env['CNI_NETNS'] ?? '',
      }),
    );
    this.#writeNodeFile();
  }

  /** `network`: the delegates are real ones, so the node needs a network of its own. */
  static async create(network: boolean, scene: (node: TestNode) => FaultScene): Promise<FaultBench> {
    const binary = await faultsBinary();
    const node = TestNode.create({ network });
    const agent = await ScriptedAgent.listen(node.socket, async () => {});
    return new FaultBench(node, binary, agent, scene(node));
  }

  /** What the agent answers from now on. */
  serve(scene: FaultScene): void {
    this.#scene = scene;
  }

  /** The same namespace under a container ID of its own. */
  sandbox(): Pod {
    this.#sandboxes += 1;
    return { ...this.#pod, containerId: `sandbox-${this.#sandboxes}` };
  }

  /** A new namespace and no records, so that one defect does not fail every later round. */
  renew(): void {
    this.node.removePod(this.#pod);
    this.forgetState();
    for (const name of entries(this.node.dirs.ipam))
      rmSync(join(this.node.dirs.ipam, name), { recursive: true });
    const { bin } = this.node.dirs;
    for (const dir of [join(bin, '.scripted', 'resources'), join(deviceInfoDir(this.node), 'cni')])
      for (const name of entries(dir)) rmSync(join(dir, name));
    this.#pod = this.node.pod();
  }

  /** The directories as on a machine that has just been installed: only node.json and the agent's socket. */
  forgetState(): void {
    const { state, run } = this.node.dirs;
    for (const name of entries(state)) rmSync(join(state, name), { recursive: true });
    for (const name of entries(run).filter((entry) => entry !== 'agent.sock')) {
      rmSync(join(run, name), { recursive: true });
    }
    this.#writeNodeFile();
  }

  /** Runs the plugin as a runtime does. */
  call(verb: FaultVerb, pod: Pod, how: FaultCall = {}): Promise<CniCall> {
    const faulty = how.at !== undefined || how.log === true;
    // Of a call whose points nobody took, because a test failed.
    rmSync(this.log, { force: true });
    const more = how.agentDead === true ? { socket: join(this.node.dirs.run, 'nobody.sock') } : {};
    const conf = { deviceInfoDir: deviceInfoDir(this.node), ...more };
    const runtime = new CniRuntime(this.node, weftConflist(this.node, {}, conf));
    return runtime.call(verb, {
      containerId: pod.containerId,
      netns: pod.netns,
      ...how.options,
      ...(faulty ? { binary: this.#binary } : {}),
      env: {
        ...(how.at === undefined ? {} : { WEFT_FAULT_AT: String(how.at) }),
        ...(how.linger === undefined ? {} : { WEFT_FAULT_LINGER: String(how.linger) }),
        ...(how.log === true ? { WEFT_FAULT_LOG: this.log } : {}),
      },
    });
  }

  /** As call; throws with what was said unless it succeeded. */
  async mustCall(verb: FaultVerb, pod: Pod, how: FaultCall = {}): Promise<CniCall> {
    const call = await this.call(verb, pod, how);
    if (call.status !== 0) throw new Error(`${verb} did not succeed: ${ending(call)}`);
    return call;
  }

  /** The points of the last call with `log`. */
  passed(): readonly FaultPoint[] {
    return takePoints(this.log);
  }

  /** Everything that could be left: on the node, in the pod, in the directories, of processes. */
  snapshot(): AuditSnapshot {
    const { dirs } = this.node;
    const network = this.node.enter.length > 0;
    const { lines } = takeSnapshot({
      netns: network ? [join('/run/netns', this.node.name), this.#pod.netns] : [],
      dirs: {
        state: dirs.state,
        run: dirs.run,
        ipam: dirs.ipam,
        resources: join(dirs.bin, '.scripted', 'resources'),
        devices: join(deviceInfoDir(this.node), 'cni'),
      },
      processMarkers: [dirs.root],
    });
    return { lines: lines.filter((line) => !isHint(line)) };
  }

  /** What differs now; empty: nothing was left and nothing was lost. */
  differences(before: AuditSnapshot): readonly string[] {
    return compareSnapshots(before, this.snapshot());
  }

  async dispose(): Promise<void> {
    await this.#agent.stop();
    this.node.dispose();
  }

  #planOf(sandbox: Sandbox): Plan {
    return planFor(sandbox, this.#scene.attachments, this.#scene.defaultRoute);
  }

  /** As the agent leaves it before our configuration is installed, so that a DEL without a record has work to do. */
  #writeNodeFile(): void {
    const [step] = delegatesOf(this.#planOf({ containerId: '', ifname: '', netns: '' }).steps);
    if (step === undefined) return;
    const { dirs } = this.node;
    mkdirSync(dirs.state, { recursive: true });
    const file = { format: nodeFileFormat, weft: '0.0.0-test', cniPath: [dirs.bin] };
    const text = encodeNodeFile({ ...file, defaultNetwork: { ...step, ifname: '' } });
    writeFileSync(join(dirs.state, 'node.json'), text);
  }
}

/** Where the node's device information files are. */
export function deviceInfoDir(node: TestNode): string {
  return join(node.dirs.root, 'devinfo');
}

/** How a call ended, for messages. */
export function ending(call: CniCall): string {
  return call.signal ?? `status ${call.status} ${call.stdout.slice(0, 400)}${call.stderr.slice(0, 400)}`;
}

/** host-local's memory of where to look for the next free address; it allocates nothing. */
function isHint(line: string): boolean {
  return line.includes('last_reserved_ip');
}

function entries(dir: string): readonly string[] {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
}
