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
      budgets: defaultBudgets,
      hasPrevResult: false,
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
      hasPrevResult: true,
    });
  });

  it.each([
    ['name', { name: '' }, 'InvalidConfig'],
    ['name', { name: 'a/b' }, 'InvalidConfig'],
    ['name', { name: 1 }, 'InvalidJson'],
    ['cniVersion', { cniVersion: '1.1.0' }, 'IncompatibleVersion'],
    ['cniVersion', { cniVersion: '1.0' }, 'IncompatibleVersion'],
    ['cniVersion', { cniVersion: {} }, 'InvalidJson'],
    ['type', { type: [] }, 'InvalidJson'],
    ['socket', { socket: 'agent.sock' }, 'InvalidConfig'],
    ['stateDir', { stateDir: 'x\0' }, 'InvalidConfig'],
    ['runDir', { runDir: '' }, 'InvalidConfig'],
    ['cacheDirs', { cacheDirs: 'x' }, 'InvalidConfig'],
    ['cacheDirs', { cacheDirs: ['x'] }, 'InvalidConfig'],
    ['timeBudgets', { timeBudgets: [] }, 'InvalidConfig'],
    ['timeBudgets.del', { timeBudgets: { del: -1 } }, 'InvalidConfig'],
    ['timeBudgets.plan', { timeBudgets: { plan: '1s' } }, 'InvalidConfig'],
  ])('with a wrong %s is refused naming it: %j', (field, change, reason) => {
    expect(reasonOf(() => parseOwnConf(conf(change)))).toBe(reason);
    expect(() => parseOwnConf(conf(change))).toThrow(field);
  });

  it.each(['', '[]', '{"name":"weft"', 'null'])('that is %j is refused', (text) => {
    expect(reasonOf(() => parseOwnConf(text))).toBe('InvalidJson');
  });
});
