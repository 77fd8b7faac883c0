import type { DelegateStep, Plan, Step } from '../../../src/attachment/plan.ts';
import type { AttachmentRecord, StepRecord, StepState } from '../../../src/attachment/record.ts';
import { type FakeAttachment, planFor } from '../../fakes/plan.ts';

export const sandbox: Plan['sandbox'] = { containerId: 'c0ffee', ifname: 'eth0', netns: '/run/netns/a' };

export const delegate: DelegateStep = delegateOf({ ifname: 'eth0', plugins: [{ type: 'bridge' }] });

export function delegateOf(attachment: FakeAttachment): DelegateStep {
  return planFor(sandbox, [attachment]).steps[0] as DelegateStep;
}

/** A record of these steps; what a test does not say is plain. */
export function recordOf(
  steps: readonly StepRecord[],
  more: Partial<AttachmentRecord> = {},
): AttachmentRecord {
  return {
    format: 1,
    sequence: 1,
    weft: '0.1.0',
    bootId: 'boot-1',
    sandbox,
    pod: { namespace: 'ns1', name: 'pod-a', uid: 'uid-a' },
    cniArgs: 'K8S_POD_NAME=pod-a',
    cniPath: '/opt/cni/bin',
    cniVersion: '1.0.0',
    createdAt: 1_700_000_000_000,
    steps,
    ...more,
  };
}

export function stepIn(state: StepState, step: Step = delegate, more: Partial<StepRecord> = {}): StepRecord {
  return { step, state, ...more };
}

/** A delegate that is attached with this result. */
export function attachedWith(attachment: FakeAttachment, result: object, isDefault = false): StepRecord {
  const step: DelegateStep = { ...delegateOf(attachment), id: attachment.ifname, isDefault };
  return { step, state: 'attached', result: JSON.stringify(result) };
}
