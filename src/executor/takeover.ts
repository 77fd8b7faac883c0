import type { AttachmentRecord } from '../attachment/record.ts';
import { WeftError } from '../errors/weft-error.ts';
import type { Sys, SysProcesses } from './sys.ts';

/** SIGKILL works at once unless the process hangs in the kernel. */
const killMs = 5000;

/**
 * Ends what a dead operation left running of this record (DESIGN §3.4): the delegate itself dies with its parent, its
 * own children do not, and one that still allocates an address would undo the DEL that follows. Does nothing for a
 * record of an earlier boot. Throws SandboxBusy if a process cannot be killed.
 */
export function killRemains(sys: Sys, record: AttachmentRecord, bootId: string): void {
  if (record.bootId !== bootId) return;
  for (const { process } of record.steps) {
    if (process === undefined) continue;
    endGroup(sys, process.pgid, () => members(sys, record, process));
  }
}

function members(
  sys: SysProcesses,
  record: AttachmentRecord,
  process: { pgid: number; startTicks: string },
): number {
  return sys.groupMembers(process.pgid, process.startTicks, record.sandbox.containerId).length;
}

/** Kills the group until none of it is alive. SandboxBusy if that does not help. */
export function endGroup(sys: Sys, pgid: number, alive: () => number): void {
  const deadline = sys.monotonicMs() + killMs;
  while (alive() > 0) {
    sys.killGroup(pgid);
    if (sys.monotonicMs() > deadline) {
      throw new WeftError('SandboxBusy', {
        step: 'take over',
        cause: `process group ${pgid} of an earlier call cannot be killed`,
      });
    }
    sys.sleepMs(1);
  }
}
