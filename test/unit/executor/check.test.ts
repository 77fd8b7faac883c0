import { describe, expect, it } from 'vitest';
import type { StepRecord } from '../../../src/attachment/record.ts';
import { check } from '../../../src/executor/check.ts';
import type { ChildEnd } from '../../../src/executor/sys.ts';
import { attachedWith, recordOf, stepIn } from '../attachment/records.ts';
import { caught } from '../cni/caught.ts';
import { failed, printed, ScriptedSys } from './scripted-sys.ts';

const context = { containerId: 'c1', netns: '/run/netns/a', cniArgs: '', cniPath: ['/bin'] };
const route: StepRecord = {
  step: { kind: 'default-route', id: 'r', ifname: 'net1', gateways: [], deadlineMs: 1000 },
  state: 'attached',
};
const first = attachedWith({ ifname: 'eth0', plugins: [{ type: 'bridge' }] }, { ips: [] }, true);
const second = attachedWith({ ifname: 'net1', plugins: [{ type: 'tuning' }] }, { dns: {} });

function checkOn(steps: readonly StepRecord[], ...ends: readonly ChildEnd[]): ScriptedSys {
  const sys = new ScriptedSys(ends);
  check(sys, context, recordOf(steps), sys.monotonicMs() + 9000);
  return sys;
}

describe('CHECK of a record', () => {
  it('asks every attachment with its own result, in order, within its share of the time', () => {
    const sys = checkOn([first, second, route]);
    expect(sys.executions.map(({ verb, type }) => [verb, type])).toEqual([
      ['CHECK', 'bridge'],
      ['CHECK', 'tuning'],
    ]);
    const results = sys.executions.map(
      ({ stdin }) => (JSON.parse(stdin) as { prevResult: object }).prevResult,
    );
    expect(results).toMatchObject([{ ips: [] }, { dns: {} }]);
    const [one, two] = sys.executions.map(({ limits }) => limits.deadline - 1000);
    expect(Math.round((one ?? 0) / 100)).toBe(30);
    expect(Math.round((two ?? 0) / 100)).toBe(45);
  });

  it.each(['pending', 'running', 'deleting', 'leftover'] as const)('fails where a step is %s', (state) => {
    const { reason, message } = caught(() => checkOn([first, stepIn(state)]));
    expect(reason).toBe('CheckFailed');
    expect(message).toContain('CHECK: an ADD or a DEL of this sandbox was not finished');
  });

  it('fails with the code of the plugin that is not content', () => {
    const { reason, code, message } = caught(() =>
      checkOn([first, second], printed(''), failed({ code: 121, msg: 'net1 is gone' })),
    );
    expect([reason, code]).toEqual(['CheckFailed', 121]);
    expect(message).toContain('CHECK net1: plugin tuning: net1 is gone');
  });

  it('passes on why a plugin could not be asked', () => {
    const act = (): unknown => checkOn([first, second], { how: 'timeout', value: 9, stdout: '', stderr: '' });
    expect(caught(act).reason).toBe('DelegateTimeout');
  });
});
