import { describe, expect, it } from 'vitest';
import { bin, call, memoryNode } from './memory-node.ts';

const more = '/usr/libexec/cni';
const conf = { pluginDirs: [more, bin] };

describe('the directories of plugins in our configuration', () => {
  it('are searched after those of CNI_PATH by ADD and DEL, and every delegate is told of them [CNI-253]', () => {
    const world = memoryNode();
    world.disk.unlink(`${bin}/macvlan`);
    world.install(more, 'macvlan', 'ptp');
    expect(call(world, 'ADD', { conf }).status).toBe(0);
    expect(call(world, 'DEL', { conf }).status).toBe(0);
    const programs = world.log.map(({ program }) => program);
    expect(new Set(programs.filter((path) => path.endsWith('/macvlan')))).toEqual(
      new Set([`${more}/macvlan`]),
    );
    expect(new Set(programs.filter((path) => path.endsWith('/ptp')))).toEqual(new Set([`${bin}/ptp`]));
    expect(new Set(world.log.map(({ path }) => path))).toEqual(new Set([`${bin}:${more}`]));
  });

  it('are not needed: without them CNI_PATH reaches the delegates as it came, and it alone is searched', () => {
    const world = memoryNode();
    world.disk.unlink(`${bin}/macvlan`);
    world.install(more, 'macvlan');
    const { error } = call(world, 'ADD');
    expect(error?.details).toContain('PluginMissing');
    expect(error?.msg).toContain(bin);
    expect(error?.msg).not.toContain(more);
  });
});
