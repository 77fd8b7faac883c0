import { describe, expect, it } from 'vitest';
import { defaultBudgets } from '../../../src/executor/budgets.ts';
import { parseOwnConf } from '../../../src/plugin/own-conf.ts';
import { reasonOf } from '../attachment/reason-of.ts';

const conf = (more: object = {}): string =>
  JSON.stringify({ cniVersion: '1.0.0', name: 'weft', type: 'weft', ...more });

describe('our own configuration', () => {
  it('has defaults for everything but its name', () => {
    expect(parseOwnConf('{"name":"weft"}')).toEqual({
      name: 'weft',
      cniVersion: '0.1.0',
      type: 'weft',
      socket: '/run/weft/agent.sock',
      stateDir: '/var/lib/weft',
      runDir: '/run/weft',
      cacheDirs: ['/var/lib/cni', '/var/lib/cni/multus'],
      pluginDirs: [],
      deviceInfoDir: '/var/run/k8s.cni.cncf.io/devinfo',
      budgets: defaultBudgets,
    });
  });

  it('is read as given; the runtime\u2019s keys and unknown ones are tolerated [CNI-038]', () => {
    const more = {
      stateDir: '/s/',
      runDir: '/r',
      socket: '/r/s',
      timeBudgets: { del: 7, novelty: 1 },
      runtimeConfig: {},
      capabilities: {},
      x: 1,
      prevResult: {},
    };
    expect(parseOwnConf(conf(more))).toMatchObject({
      stateDir: '/s',
      runDir: '/r',
      socket: '/r/s',
      budgets: { ...defaultBudgets, del: 7 },
      prevResult: '{}',
    });
  });

  it.each([
    ['name', { name: '' }, 'InvalidConfig'],
    ['name', { name: 'a/b' }, 'InvalidConfig'],
    ['name', { name: 1 }, 'InvalidJson'],
    ['cniVersion', { cniVersion: '1.2.0' }, 'IncompatibleVersion'],
    ['cniVersion', { cniVersion: '1.0' }, 'IncompatibleVersion'],
    ['cniVersion', { cniVersion: {} }, 'InvalidJson'],
    ['type', { type: [] }, 'InvalidJson'],
    ['socket', { socket: 'agent.sock' }, 'InvalidConfig'],
    ['stateDir', { stateDir: 'x\0' }, 'InvalidConfig'],
    ['runDir', { runDir: '' }, 'InvalidConfig'],
    ['cacheDirs', { cacheDirs: 'x' }, 'InvalidConfig'],
    ['cacheDirs', { cacheDirs: ['x'] }, 'InvalidConfig'],
    ['pluginDirs', { pluginDirs: ['bin'] }, 'InvalidConfig'],
    ['timeBudgets', { timeBudgets: [] }, 'InvalidConfig'],
    ['timeBudgets.del', { timeBudgets: { del: -1 } }, 'InvalidConfig'],
    ['timeBudgets.plan', { timeBudgets: { plan: '1s' } }, 'InvalidConfig'],
  ])('with a wrong %s is refused naming it: %j', (field, change, reason) => {
    expect(reasonOf(() => parseOwnConf(conf(change)))).toBe(reason);
    expect(() => parseOwnConf(conf(change))).toThrow(field);
  });

  it.each(['CHECK', 'STATUS', 'GC'] as const)(
    'of a version that is none is no JSON for %s [CNI-036]',
    (verb) => {
      for (const cniVersion of ['abc', '1.0.0.0', 'v1.0.0'])
        expect(reasonOf(() => parseOwnConf(conf({ cniVersion }), verb))).toBe('InvalidJson');
      expect(reasonOf(() => parseOwnConf(conf({ cniVersion: '9.9.9' }), verb))).toBe('IncompatibleVersion');
    },
  );

  it.each(['ADD', 'DEL'] as const)(
    'of a version that is none is one we do not speak for %s [CNI-036]',
    (verb) => {
      for (const cniVersion of ['abc', '9.9.9'])
        expect(reasonOf(() => parseOwnConf(conf({ cniVersion }), verb))).toBe('IncompatibleVersion');
    },
  );

  it.each([
    ['delegates', [{ type: 'flannel' }]],
    ['clusterNetwork', 'pods'],
    ['defaultNetworks', ['a']],
  ])('has %s marked, with its value, which nothing acts on', (key, value) => {
    expect(parseOwnConf(conf({ [key]: value })).unsupported).toBe(`"${key}": ${JSON.stringify(value)}`);
    for (const empty of [null, '', [], {}])
      expect(parseOwnConf(conf({ [key]: empty })).unsupported).toBeUndefined();
  });

  it.each(['', '[]', '{"name":"weft"', 'null'])('that is %j is refused', (text) => {
    expect(reasonOf(() => parseOwnConf(text))).toBe('InvalidJson');
  });
});
