import type { AttachmentRecord } from '../attachment/record.ts';
import { isDue } from '../attachment/teardown.ts';
import type { Budgets } from './budgets.ts';
import { detach } from './detach.ts';
import { lockAgainstGc, tryLockContainer } from './lock.ts';
import { contextOf, netnsOf } from './record-context.ts';
import { RecordStore } from './record-store.ts';
import { attachmentsDir, type Directories, leftoverSuffix } from './state-paths.ts';
import type { Sys } from './sys.ts';
import { killRemains } from './takeover.ts';

/** So many are looked at for one that is due, from a place that moves on, so that none is left out for ever. */
const looks = 16;

/**
 * Tries one leftover again that is due (DESIGN §3.4). Never throws: the DEL in whose time it happens has succeeded
 * already, and what fails here stays a leftover.
 */
export function retryDueLeftover(
  sys: Sys,
  directories: Directories,
  bootId: string,
  budgets: Budgets,
  deadline: number,
): void {
  try {
    const keys = candidates(sys, directories);
    if (keys.length === 0) return;
    const gcLock = lockAgainstGc(sys, directories, deadline);
    try {
      retryOne(sys, directories, bootId, budgets, keys, deadline);
    } finally {
      gcLock.release();
    }
  } catch {
    // The next DEL tries again.
  }
}

function retryOne(
  sys: Sys,
  directories: Directories,
  bootId: string,
  budgets: Budgets,
  keys: readonly string[],
  deadline: number,
): void {
  for (const key of keys) {
    if (sys.monotonicMs() >= deadline) return;
    if (retry(sys, directories, bootId, budgets, key, deadline)) return;
  }
}

function candidates(sys: Sys, directories: Directories): readonly string[] {
  const names = sys.readdir(attachmentsDir(directories)).filter((name) => name.endsWith(leftoverSuffix));
  const first = names.length === 0 ? 0 : Math.floor(sys.wallMs() / 1000) % names.length;
  const turned = [...names.slice(first), ...names.slice(0, first)];
  return turned.slice(0, looks).map((name) => name.slice(0, -leftoverSuffix.length));
}

/** True if it was due and has been tried. */
function retry(
  sys: Sys,
  directories: Directories,
  bootId: string,
  budgets: Budgets,
  key: string,
  deadline: number,
): boolean {
  const store = new RecordStore(sys, directories, key, bootId);
  const record = dueRecord(store, sys.wallMs());
  if (record === undefined) return false;
  const lock = tryLockContainer(sys, directories, record.sandbox.containerId);
  if (lock === undefined) return false;
  try {
    const still = dueRecord(store, sys.wallMs());
    if (still === undefined) return false;
    killRemains(sys, still, bootId);
    const context = contextOf(still, { netns: netnsOf(sys, still, bootId), cniPath: [] });
    detach({ sys, store, budgets, context }, still, deadline);
    return true;
  } finally {
    store.close();
    lock.retire();
  }
}

function dueRecord(store: RecordStore, nowMs: number): AttachmentRecord | undefined {
  const loaded = store.load();
  return loaded.kind === 'record' && isDue(loaded.record, nowMs) ? loaded.record : undefined;
}
