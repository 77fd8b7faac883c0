import { delegatesOf, type Plan } from '../attachment/plan.ts';
import type { AttachmentRecord, StepRecord } from '../attachment/record.ts';
import { type Detached, detach } from '../executor/detach.ts';
import { type LostAttachments, rebuild, removeSources } from '../executor/rebuild.ts';
import type { Sys } from '../executor/sys.ts';
import { killRemains } from '../executor/takeover.ts';
import type { OwnConf } from './own-conf.ts';
import type { Session } from './sandbox-session.ts';

/** The plan for the sandbox's pod as it would be now; undefined where nobody can tell. Never throws. */
export type AskForPlan = () => Plan | undefined;

/**
 * Tears the session's sandbox down from its record; without one from what others remember; a damaged one is set aside
 * and stands as a leftover afterwards (DESIGN §3.3, 3.4). Throws TeardownFailed, StateUnreadable, StateUnwritable,
 * SandboxBusy. Delegates are stopped at the deadline. `ask` is only called where Multus attached the sandbox and its
 * files are lost.
 */
export function tearDown(
  sys: Sys,
  session: Session,
  conf: OwnConf,
  deadline: number,
  ask: AskForPlan = () => undefined,
): Detached {
  const record = recordOf(sys, session, conf, ask);
  const detached = detach(session.operation(record), record, deadline);
  removeSources(sys, record);
  return detached;
}

function recordOf(sys: Sys, session: Session, conf: OwnConf, ask: AskForPlan): AttachmentRecord {
  const loaded = session.store.load();
  if (loaded.kind === 'record') {
    killRemains(sys, loaded.record, session.bootId);
    return loaded.record;
  }
  const { record, lost } = rebuild(sys, conf, conf.cacheDirs, session.head);
  const rebuilt = lost === undefined ? record : withoutLoss(sys, record, lost, ask());
  return loaded.kind === 'none' ? rebuilt : session.store.setAside((damaged) => ({ ...rebuilt, damaged }));
}

/**
 * The one place where networks are resolved anew for a DEL: what Multus attached, and nobody on the node remembers, is
 * what the pod's annotation and the networks say now. Where nobody can tell either, what is surely lost stays as a
 * leftover that names the file, because a person has to look.
 */
function withoutLoss(
  sys: Sys,
  record: AttachmentRecord,
  lost: LostAttachments,
  plan: Plan | undefined,
): AttachmentRecord {
  if (plan !== undefined) {
    const added = unknownSteps(record, plan);
    if (added.length > 0) sys.forwardStderr(resolvedAnew(record, added));
    const sources = lost.path === '' ? [] : [lost.path];
    return {
      ...record,
      steps: [...record.steps, ...added],
      sources: [...(record.sources ?? []), ...sources],
    };
  }
  if (!lost.surely) return record;
  const { containerId } = record.sandbox;
  sys.forwardStderr(
    `weft: DEL ${containerId.slice(0, 12)}: ${lost.path} cannot be read and no agent tells more\n`,
  );
  return { ...record, damaged: lost.path };
}

function unknownSteps(record: AttachmentRecord, plan: Plan): readonly StepRecord[] {
  const known = new Set(record.steps.map(({ step }) => step.ifname));
  return delegatesOf(plan.steps)
    .filter(({ ifname }) => !known.has(ifname))
    .map((step): StepRecord => ({ step: { ...step, id: `anew-${step.ifname}` }, state: 'running' }));
}

function resolvedAnew(record: AttachmentRecord, added: readonly StepRecord[]): string {
  const names = added.map(({ step }) => (step.kind === 'delegate' ? `${step.network}@${step.ifname}` : ''));
  const { containerId } = record.sandbox;
  return `weft: DEL ${containerId.slice(0, 12)}: Multus's files are lost, resolved anew: ${names.join(', ')}\n`;
}
