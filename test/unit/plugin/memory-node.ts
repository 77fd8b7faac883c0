import { encodeNodeFile } from '../../../src/attachment/node-file.ts';
import type { DelegateStep, Plan } from '../../../src/attachment/plan.ts';
import { run } from '../../../src/plugin/run.ts';
import { type FakeAttachment, planFor } from '../../fakes/plan.ts';
import { agentWith } from '../../fakes/sys-memory/memory-agent.ts';
import { MemorySys, type ProcessOptions } from '../../fakes/sys-memory/memory-sys.ts';
import { World } from '../../fakes/sys-memory/world.ts';

/** The sandbox that these tests attach. */
export const sandbox: Plan['sandbox'] = { containerId: 'c0ffee', ifname: 'eth0', netns: '/run/netns/pod-a' };

/** Files in weft's directories that are of the node and not of a sandbox. */
export const nodeFiles: readonly string[] = [
  '/var/lib/weft/node.json',
  '/run/weft/boot-id',
  '/run/weft/locks/boot.lock',
  '/run/weft/locks/gc.lock',
];

/** What one run of the plugin left behind besides its effects. */
export interface Outcome {
  readonly sys: MemorySys;
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The CNI error on stdout; undefined after success. */
  readonly error: CniErrorText | undefined;
  /** How many delegates were run. */
  readonly delegates: number;
}

export interface CniErrorText {
  readonly cniVersion: string;
  readonly code: number;
  readonly msg: string;
  readonly details: string;
}

export const bin = '/opt/cni/bin';

const defaultChain: FakeAttachment = {
  ifname: 'eth0',
  network: 'cluster',
  networkName: 'cluster',
  plugins: [{ type: 'bridge', gateway: '10.0.0.1' }, { type: 'portmap' }],
};

/** The cluster's default, two more networks, and the default route moved to the last. */
export function threeNetworks(): Plan {
  return planFor(
    sandbox,
    [
      defaultChain,
      { ifname: 'net1', plugins: [{ type: 'macvlan' }] },
      { ifname: 'net2', plugins: [{ type: 'ptp', gateway: '10.2.0.1' }] },
    ],
    { ifname: 'net2', gateways: ['10.2.0.1'] },
  );
}

/** A node with plugins, node.json, an agent that serves the plan, and the sandbox. */
export function memoryNode(plan: Plan = threeNetworks()): World {
  const world = new World();
  world.install(bin, 'bridge', 'portmap', 'macvlan', 'ptp');
  const defaultNetwork: DelegateStep = {
    ...(planFor(sandbox, [defaultChain]).steps[0] as DelegateStep),
    ifname: '',
  };
  const file = { format: 1, weft: '0.1.0', cniPath: [bin], defaultNetwork };
  world.disk.plant('/var/lib/weft/node.json', encodeNodeFile(file));
  world.addSandbox(sandbox.netns);
  world.agent = agentWith(plan);
  return world;
}

export interface VerbOptions extends Omit<ProcessOptions, 'environ' | 'stdin'> {
  readonly sandbox?: Plan['sandbox'];
  /** Keys of our configuration. */
  readonly conf?: Readonly<Record<string, unknown>>;
}

/** One call of the runtime: a new process from its start to its end. */
export function call(world: World, verb: string, options: VerbOptions = {}): Outcome {
  const { sandbox: { containerId, ifname, netns } = sandbox, conf, ...process } = options;
  const environ = {
    PATH: '/bin',
    CNI_COMMAND: verb,
    CNI_CONTAINERID: containerId,
    CNI_NETNS: netns,
    CNI_IFNAME: ifname,
    CNI_ARGS: 'IgnoreUnknown=1;K8S_POD_NAME=pod-a',
    CNI_PATH: bin,
  };
  const stdin = JSON.stringify({ cniVersion: '1.0.0', name: 'weft', type: 'weft', ...conf });
  const sys = new MemorySys(world, { ...process, environ, stdin });
  const out = { stdout: '', stderr: '' };
  const before = world.log.length;
  const status = run({
    sys,
    args: [],
    version: '0.1.0',
    stdout: (text) => (out.stdout += text),
    stderr: (text) => (out.stderr += text),
  });
  sys.exit();
  const error = status === 0 ? undefined : (JSON.parse(out.stdout) as CniErrorText);
  return { sys, status, ...out, error, delegates: world.log.length - before };
}
