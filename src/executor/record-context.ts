import type { AttachmentRecord } from '../attachment/record.ts';
import { splitPath } from '../cni/env.ts';
import type { DelegateContext } from './delegate.ts';
import type { SysFiles } from './sys.ts';

/** What a record, or the request that will become one, says. */
export type Remembered = Pick<AttachmentRecord, 'sandbox' | 'cniArgs' | 'cniPath' | 'deviceInfoDir'>;

/** What the runtime says now, which may differ from what it said at ADD. */
export interface CallNow {
  /** '' where the sandbox is gone. */
  readonly netns: string;
  /** Searched after the directories of the ADD: a node's plugins may have moved since. */
  readonly cniPath: readonly string[];
}

/** Delegates see what ADD saw (DESIGN §3.4, DEL), but the namespace as it is now (CNI-072). */
export function contextOf(record: Remembered, now: CallNow): DelegateContext {
  return {
    containerId: record.sandbox.containerId,
    netns: now.netns,
    cniArgs: record.cniArgs,
    cniPath: [...new Set([...splitPath(record.cniPath), ...now.cniPath])],
    ...(record.deviceInfoDir === undefined ? {} : { deviceInfoDir: record.deviceInfoDir }),
  };
}

/**
 * The record's namespace for an undo that nobody asked for at this moment. It may be gone since; an empty CNI_NETNS says
 * so (CNI-072).
 */
export function netnsOf(sys: Pick<SysFiles, 'stat'>, record: AttachmentRecord, bootId: string): string {
  const { netns } = record.sandbox;
  return record.bootId === bootId && netns !== '' && sys.stat(netns) !== undefined ? netns : '';
}
