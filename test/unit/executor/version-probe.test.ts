import { describe, expect, it } from 'vitest';
import { probeVersions } from '../../../src/executor/version-probe.ts';
import { MemorySys } from '../../fakes/sys-memory/memory-sys.ts';
import { World } from '../../fakes/sys-memory/world.ts';
import { reasonOf } from '../attachment/reason-of.ts';

function nodeWith(mood?: World['moods'][number]['how']): {
  readonly world: World;
  readonly ask: () => unknown;
} {
  const world = new World();
  world.install('/bin', 'bridge');
  if (mood !== undefined) world.moods = [{ type: 'bridge', verb: 'VERSION', how: mood }];
  const sys = new MemorySys(world);
  return { world, ask: () => probeVersions(sys, 'bridge', ['/bin'], sys.monotonicMs() + 1000) };
}

describe('a plugin that is asked for its versions', () => {
  it('tells them, and is told of no sandbox', () => {
    const { world, ask } = nodeWith();
    expect(ask()).toEqual(['0.4.0', '1.0.0']);
    expect(world.log).toMatchObject([
      { verb: 'VERSION', type: 'bridge', ifname: 'dummy', containerId: '', netns: 'dummy', args: '' },
    ]);
    expect(JSON.parse(world.log[0]?.stdin ?? '')).toEqual({ cniVersion: '1.1.0' });
  });

  it.each([
    ['fail', 'DelegateFailed', /plugin bridge: /],
    ['garbage', 'DelegateOutput', /ask plugin bridge for its versions: /],
    ['hang', 'DelegateTimeout', /plugin bridge did not end in time/],
  ] as const)('is named where it %ss', (mood, reason, message) => {
    expect(reasonOf(nodeWith(mood).ask)).toBe(reason);
    expect(nodeWith(mood).ask).toThrow(message);
  });

  it('may be missing', () => {
    const sys = new MemorySys(new World());
    expect(reasonOf(() => probeVersions(sys, 'bridge', ['/bin'], 1000))).toBe('PluginMissing');
  });
});
