import { describe, expect, it } from 'vitest';
import { checkNamesFree, namesIn } from '../../../src/executor/names-free.ts';
import { SysError } from '../../../src/executor/sys.ts';
import { planFor } from '../../fakes/plan.ts';
import { sandbox } from '../attachment/records.ts';
import { caught } from '../cni/caught.ts';

const plan = planFor(sandbox, [
  { ifname: 'eth0', plugins: [{ type: 'a' }] },
  { ifname: 'net1', plugins: [{ type: 'a' }], network: 'ns/net' },
]);

describe('the names that a plan wants', () => {
  it('may be free', () => {
    checkNamesFree(plan, ['lo', 'net2']);
  });

  it('are refused where one is taken, naming network and interface', () => {
    const { reason, failure } = caught(() => checkNamesFree(plan, ['lo', 'net1']));
    expect(reason).toBe('InterfaceTaken');
    expect(failure).toMatchObject({
      cause: 'interface net1 is in the sandbox already',
      network: 'ns/net',
      step: 'ADD net1',
    });
  });
});

describe('the names in a sandbox', () => {
  it('are waited for for five seconds', () => {
    const asked: unknown[] = [];
    const linkNames = (...args: readonly unknown[]): readonly string[] => {
      asked.push(args);
      return ['lo'];
    };
    expect(namesIn({ linkNames, monotonicMs: () => 100 }, '/n')).toEqual(['lo']);
    expect(asked).toEqual([['/n', 5100]]);
  });

  it.each([
    [new SysError('EINVAL', 'linkNames', 'x'), 'EINVAL'],
    [new Error('odd'), 'Error: odd'],
  ])('that cannot be listed are the fault of CNI_NETNS: %s', (error, words) => {
    const linkNames = (): never => {
      throw error;
    };
    const { reason, failure } = caught(() =>
      namesIn({ linkNames, monotonicMs: () => 0 }, `/${'n'.repeat(100)}`),
    );
    expect(reason).toBe('InvalidNetns');
    expect(failure).toMatchObject({
      step: 'look into the sandbox',
      cause: `CNI_NETNS /${'n'.repeat(79)}: ${words}`,
    });
  });
});
