import { describe, expect, it } from 'vitest';
import { isConfigured } from '../../../src/executor/is-configured.ts';
import { SysError } from '../../../src/executor/sys.ts';
import { MemorySys } from '../../fakes/sys-memory/memory-sys.ts';
import { World } from '../../fakes/sys-memory/world.ts';

const directory = '/etc/cni/net.d';

function worldWith(files: Readonly<Record<string, string>>): World {
  const world = new World();
  world.disk.plantDirectory(directory);
  for (const [name, text] of Object.entries(files)) world.disk.plant(`${directory}/${name}`, text);
  return world;
}

function look(sys: MemorySys, ms = 1000): boolean {
  return isConfigured(sys, directory, 'cluster', sys.monotonicMs() + ms);
}

describe('a network that is configured in a directory', () => {
  it.each(['10-a.conflist', '10-a.conf', '10-a.json'])('is found in %s at once', (name) => {
    const sys = new MemorySys(worldWith({ 'b.conf': 'half', [name]: '{"name":"cluster"}' }));
    expect(look(sys)).toBe(true);
    expect(sys.calls.some((call) => call === 'sleepMs')).toBe(false);
  });

  it.each([
    { 'a.conflist': '{"name":"other"}' },
    { 'a.txt': '{"name":"cluster"}', 'a.conf.bak': '{"name":"cluster"}' },
    { 'a.conf': '["cluster"]', 'b.conf': '"cluster"', 'c.conf': '' },
    {},
  ])('is not in %j, which is looked at three times', (files) => {
    const sys = new MemorySys(worldWith(files));
    expect(look(sys)).toBe(false);
    expect(sys.calls.filter((call) => call.startsWith('readdir'))).toHaveLength(3);
    expect(sys.calls.filter((call) => call === 'sleepMs')).toHaveLength(2);
  });

  it('may come back within the pauses', () => {
    const world = worldWith({});
    world.in(150, () => world.disk.plant(`${directory}/a.conf`, '{"name":"cluster"}'));
    expect(look(new MemorySys(world))).toBe(true);
  });

  it.each([
    [99, 1],
    [150, 2],
  ])('is looked for within %i ms only %i times', (ms, times) => {
    const sys = new MemorySys(worldWith({}));
    expect(look(sys, ms)).toBe(false);
    expect(sys.calls.filter((call) => call.startsWith('readdir'))).toHaveLength(times);
  });

  it.each([
    ['ENOENT', false],
    ['ENOTDIR', false],
    ['EACCES', true],
    ['EIO', true],
  ])('counts as there: where the directory says %s, %j', (errno, there) => {
    const sys = new (class extends MemorySys {
      override readdir(path: string): readonly string[] {
        throw new SysError(errno, 'readdir', path);
      }
    })(worldWith({}));
    expect(look(sys)).toBe(there);
  });
});
