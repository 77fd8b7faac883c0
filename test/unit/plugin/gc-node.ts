import { encodeNodeFile } from '../../../src/attachment/node-file.ts';
import type { DelegateStep, Sandbox } from '../../../src/attachment/plan.ts';
import type { ValidAttachment } from '../../../src/cni/valid-attachments.ts';
import { type FakeAttachment, planFor } from '../../fakes/plan.ts';
import type { MemoryAgent } from '../../fakes/sys-memory/memory-agent.ts';
import type { DelegateLog, World } from '../../fakes/sys-memory/world.ts';
import { bin, call, memoryNode, type Outcome, type VerbOptions } from './memory-node.ts';

/** The cluster's default network and one more, of versions that know GC. */
export const defaultNetwork: FakeAttachment = {
  ifname: 'eth0',
  network: 'cluster',
  networkName: 'cluster',
  cniVersion: '1.1.0',
  plugins: [{ type: 'bridge' }, { type: 'portmap' }],
};
export const second: FakeAttachment = {
  ifname: 'net1',
  network: 'test/lan',
  networkName: 'lan',
  cniVersion: '1.1.0',
  plugins: [{ type: 'macvlan' }],
};

/** Longer than a record counts as young. */
export const fiveMinutes = 301_000;

export function sandboxOf(containerId: string): Sandbox {
  return { containerId, ifname: 'eth0', netns: `/run/netns/${containerId}` };
}

/** A node whose agent answers every ADD with these attachments, the default network first. */
export function gcNode(attachments: readonly FakeAttachment[] = [defaultNetwork, second]): World {
  const world = memoryNode();
  serve(world, attachments);
  const [first] = planFor(sandboxOf('x'), attachments).steps;
  const file = { format: 1, weft: '0.1.0', cniPath: [bin] };
  const text = encodeNodeFile({ ...file, defaultNetwork: { ...(first as DelegateStep), ifname: '' } });
  world.disk.plant('/var/lib/weft/node.json', text);
  return world;
}

/** From now on. */
export function serve(world: World, attachments: readonly FakeAttachment[]): void {
  world.agent = agentFor(attachments);
}

/** Attaches it; throws unless that succeeds. */
export function attach(world: World, ...containerIds: readonly string[]): void {
  for (const containerId of containerIds) {
    const sandbox = sandboxOf(containerId);
    world.addSandbox(sandbox.netns);
    const { status, stdout } = call(world, 'ADD', { sandbox });
    if (status !== 0) throw new Error(stdout);
  }
}

/** GC with this list; undefined: without one, as cnitool calls. */
export function gc(
  world: World,
  listed: readonly string[] | null | undefined,
  options: VerbOptions = {},
): Outcome {
  const list = listed?.map((containerID): ValidAttachment => ({ containerID, ifname: 'eth0' })) ?? listed;
  const keys = list === undefined ? {} : { 'cni.dev/valid-attachments': list };
  return call(world, 'GC', { ...options, conf: { cniVersion: '1.1.0', ...keys, ...options.conf } });
}

/** What delegates were called with since `from`. */
export function calls(world: World, from = 0): readonly string[] {
  return world.log
    .slice(from)
    .map(({ verb, type, containerId, ifname }) => [verb, type, containerId, ifname].join(' ').trim());
}

/** The calls of GC. */
export function gcCalls(world: World): readonly DelegateLog[] {
  return world.log.filter(({ verb }) => verb === 'GC');
}

/** `id/ifname` of the list that a delegate got. */
export function listOf(run: DelegateLog | undefined): readonly string[] {
  const conf = JSON.parse(run?.stdin ?? '{}') as Record<string, readonly ValidAttachment[]>;
  const list = conf['cni.dev/valid-attachments'] ?? [];
  return list.map(({ containerID, ifname }) => `${containerID}/${ifname}`).sort();
}

/** What is held for the container, sorted. */
export function heldBy(world: World, containerId: string): readonly string[] {
  return [...world.allocations].filter((held) => held.split(' ')[2] === containerId).sort();
}

function agentFor(attachments: readonly FakeAttachment[]): MemoryAgent {
  return {
    received: [],
    script: (frame, reply) => {
      const env = (frame['env'] ?? {}) as Readonly<Record<string, string>>;
      const sandbox = {
        containerId: env['CNI_CONTAINERID'] ?? '',
        ifname: env['CNI_IFNAME'] ?? '',
        netns: env['CNI_NETNS'] ?? '',
      };
      if (frame['type'] === 'request') {
        reply({ type: 'plan', plan: planFor(sandbox, attachments), requires: [] });
      } else if (frame['verb'] === 'ADD') reply({ type: 'done' });
    },
  };
}
