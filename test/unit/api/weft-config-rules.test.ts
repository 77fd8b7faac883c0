import { describe, expect, it } from 'vitest';
import { defaultWeftConfig, parseWeftConfig } from '../../../src/api/weft-config.ts';
import { celRules } from '../../../src/api/weft-config-rules.ts';
import { expectThrown } from '../../harness/thrown.ts';

const head = { apiVersion: 'weft.dev/v1alpha1', kind: 'WeftConfig' };

/** test/api/weft-node.test.ts has the API server judge the same. */
describe('the rules of WeftConfig', () => {
  it.each([
    [{ timeBudgets: { plan: 10_000, add: 10_000 } }, 'spec.timeBudgets.plan must be below add'],
    [{ timeBudgets: { add: 4_800 } }, 'spec.timeBudgets.plan must be below add'],
    [{ timeBudgets: { lock: 50_000 } }, 'spec.timeBudgets.lock must be below del'],
    [{ timeBudgets: { add: 95_100 } }, 'spec.timeBudgets.connect + plan + lock + add must be below 120000'],
    [{ isolation: { globalNamespaces: ['a', 'a'] } }, 'spec.isolation.globalNamespaces must not have'],
    [{ systemNamespaces: ['a', 'a'] }, 'spec.systemNamespaces must not have the same element twice'],
    [{ pluginDirs: ['/a', '/a'] }, 'spec.pluginDirs must not have the same element twice'],
  ])('refuse %j', (spec, text) => {
    expectThrown(() => parseWeftConfig({ ...head, spec }), { reason: 'InvalidFlag', code: 7, names: [text] });
  });

  it.each([{ timeBudgets: { plan: 9_999, add: 10_000 } }, { timeBudgets: { add: 95_000 } }])(
    'take %j',
    (spec) => {
      expect(parseWeftConfig({ ...head, spec })).toMatchObject(spec);
    },
  );

  it('have the defaults in CEL, which the API server does not fill in', () => {
    const { timeBudgets } = defaultWeftConfig();
    expect(celRules(timeBudgets).map(({ rule }) => rule)).toContain(
      'self.?spec.?timeBudgets.?plan.orValue(4800) < self.?spec.?timeBudgets.?add.orValue(60000)',
    );
  });
});
