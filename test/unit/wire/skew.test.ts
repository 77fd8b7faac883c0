import { describe, expect, it } from 'vitest';
import { checkRequires, features, requirementsOf } from '../../../src/wire/skew.ts';
import { planFor } from '../../fakes/plan.ts';
import { reasonOf } from '../attachment/reason-of.ts';
import { sandbox } from '../attachment/records.ts';

describe('what a plan requires', () => {
  it('is fine where it is nothing, or what this plugin can do', () => {
    expect(() => checkRequires([], '0.1.0')).not.toThrow();
    expect(() => checkRequires(features, '0.1.0')).not.toThrow();
  });

  it('is more than a plugin of an older weft can do where one network tells of its device, and this one can', () => {
    const plain = { ifname: 'eth0', plugins: [{ type: 'bridge' }] };
    const informed = { ifname: 'net1', plugins: [{ type: 'sriov' }], informed: ['sriov'] };
    expect(requirementsOf(planFor(sandbox, [plain]))).toEqual([]);
    expect(requirementsOf(planFor(sandbox, [plain, informed]))).toEqual(['device-info']);
    expect(features).toContain('device-info');
  });

  it('refuses with code 11 where this plugin lacks it, naming it and the agent', () => {
    expect(reasonOf(() => checkRequires(['wormholes'], '7.7.7'))).toBe('AgentProtocol');
    expect(() => checkRequires(['wormholes'], '7.7.7')).toThrow(/7\.7\.7.*wormholes/);
    expect(() => checkRequires(['wormholes'], '7.7.7')).toThrow(expect.objectContaining({ code: 11 }));
  });

  it('refuses readably whatever the agent calls it', () => {
    const names = Array.from({ length: 100 }, (_, index) => `feature-${index}\n`);
    expect(reasonOf(() => checkRequires(names, 'x'.repeat(5000)))).toBe('AgentProtocol');
    expect(() => checkRequires(['a', 'b', 'c'.repeat(99)], 'x'.repeat(5000))).toThrow(
      `read the plan: weft-agent ${'x'.repeat(20)} requires a, b, ${'c'.repeat(54)}, which`,
    );
  });
});
