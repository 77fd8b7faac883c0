import { describe, expect, it } from 'vitest';
import { findPlugin } from '../../../src/executor/find-plugin.ts';
import { MemorySys } from '../../fakes/sys-memory/memory-sys.ts';
import { World } from '../../fakes/sys-memory/world.ts';
import { reasonOf } from '../attachment/reason-of.ts';

const world = new World();
world.install('/a', 'bridge');
world.install('/b', 'bridge', 'macvlan');
world.disk.plantDirectory('/a/macvlan');
const sys = new MemorySys(world);

describe('a plugin', () => {
  it('is the first regular file of its name [CNI-250]', () => {
    expect(findPlugin(sys, 'bridge', ['/a', '/b'])).toBe('/a/bridge');
    expect(findPlugin(sys, 'bridge', ['/b', '/a'])).toBe('/b/bridge');
    expect(findPlugin(sys, 'macvlan', ['/a', '/b'])).toBe('/b/macvlan');
  });

  it('that is nowhere is missing, and the message says where it was searched', () => {
    expect(reasonOf(() => findPlugin(sys, 'ptp', ['/a', '/b']))).toBe('PluginMissing');
    expect(() => findPlugin(sys, 'ptp', ['/a', '/b'])).toThrow('plugin "ptp" is not in /a, /b');
  });

  it('is named in forty characters, however long its type is', () => {
    const long = 'x'.repeat(100);
    expect(() => findPlugin(sys, long, ['/a'])).toThrow(`plugin "${'x'.repeat(40)}" is not in /a`);
    expect(() => findPlugin(sys, `/${long}`, ['/a'])).toThrow(`plugin type "/${'x'.repeat(39)}" is no`);
  });

  it('cannot be looked for without any directory, which is the fault of the environment [CNI-005]', () => {
    expect(reasonOf(() => findPlugin(sys, 'ptp', []))).toBe('InvalidEnvironment');
    expect(() => findPlugin(sys, 'ptp', [])).toThrow('plugin "ptp" has to be found and CNI_PATH is missing');
  });

  it.each(['', '.', '..', '../b/bridge', '/b/bridge', 'b/'])('called %j is never looked for', (type) => {
    const before = sys.calls.length;
    expect(reasonOf(() => findPlugin(sys, type, ['/a']))).toBe('PlanRefused');
    expect(sys.calls.length).toBe(before);
    expect(() => findPlugin(sys, type, ['/a'])).toThrow(`plugin type "${type}" is no bare file name`);
  });
});
