import { metaPluginOf } from '../attachment/libcni-cache.ts';
import { multusFilesOf } from '../attachment/multus-files.ts';
import type { AttachmentRecord } from '../attachment/record.ts';
import { containerOfKey } from '../attachment/record-key.ts';
import { isHalfAdded, isParked, isUndone } from '../attachment/teardown.ts';
import { asWeftError, WeftError } from '../errors/weft-error.ts';
import type { Budgets } from './budgets.ts';
import { detach } from './detach.ts';
import { lockAgainstGc, lockContainer } from './lock.ts';
import { contextOf } from './record-context.ts';
import { RecordStore } from './record-store.ts';
import { recordKeys } from './sandbox-list.ts';
import type { Directories } from './state-paths.ts';
import type { Sys, SysFiles } from './sys.ts';
import { killRemains } from './takeover.ts';
import { removeFile, writeDurable } from './write-file.ts';

/** Where the other side keeps its files. */
export interface HandOverPlaces {
  /** Multus's `cniDir`. */
  readonly multusDir: string;
  /** The runtime's own libcni cache. */
  readonly cacheDir: string;
}

/** What became of one record. */
export type HandedOver =
  /** Multus's files stand for the sandbox now, and nothing of weft's. */
  | { readonly how: 'handed-over'; readonly record: AttachmentRecord }
  /** Nothing was left to undo, or a leftover's undo has succeeded at last; the record is gone. */
  | { readonly how: 'ended'; readonly record: AttachmentRecord }
  /** weft's record still stands, and says so itself; the failure is why. */
  | { readonly how: 'kept'; readonly key: string; readonly failure: WeftError };

/**
 * Leaves every sandbox of this node to Multus: writes the files by which Multus's DEL undoes it, durably, then removes
 * weft's record. Killed in between, both stand, and another call does the same again. A DEL that reaches weft later all
 * the same finds Multus's files and undoes it from them (DESIGN §3.4).
 *
 * Leftovers are tried once more, because nobody else will. Never throws for one record.
 */
export function handOverAll(
  sys: Sys,
  directories: Directories,
  budgets: Budgets,
  bootId: string,
  places: HandOverPlaces,
): readonly HandedOver[] {
  return recordKeys(sys, directories).flatMap((key): readonly HandedOver[] => {
    try {
      const one = handOver(sys, directories, budgets, bootId, places, key);
      return one === undefined ? [] : [one];
    } catch (error) {
      return [{ how: 'kept', key, failure: asWeftError(error) }];
    }
  });
}

function handOver(
  sys: Sys,
  directories: Directories,
  budgets: Budgets,
  bootId: string,
  places: HandOverPlaces,
  key: string,
): HandedOver | undefined {
  const store = new RecordStore(sys, directories, key, bootId);
  const containerId = containerIdOf(store, key);
  if (containerId === undefined) return undefined;
  const deadline = sys.monotonicMs() + budgets.lock;
  const gcLock = lockAgainstGc(sys, directories, deadline);
  try {
    const lock = lockContainer(sys, directories, containerId, deadline);
    try {
      return handOverLocked(sys, store, budgets, bootId, places);
    } finally {
      store.close();
      lock.retire();
    }
  } finally {
    gcLock.release();
  }
}

/** Undefined where the record has gone meanwhile. */
function containerIdOf(store: RecordStore, key: string): string | undefined {
  const loaded = store.load();
  if (loaded.kind === 'none') return undefined;
  return loaded.kind === 'record' ? loaded.record.sandbox.containerId : containerOfKey(key)?.containerId;
}

function handOverLocked(
  sys: Sys,
  store: RecordStore,
  budgets: Budgets,
  bootId: string,
  places: HandOverPlaces,
): HandedOver | undefined {
  const loaded = store.load();
  if (loaded.kind === 'none') return undefined;
  if (loaded.kind === 'damaged') {
    const remedy = 'delete the pod while weft is in place; its DEL sets the record aside';
    throw new WeftError('StateUnreadable', { step: 'hand over', cause: loaded.damage, remedy });
  }
  const { record } = loaded;
  killRemains(sys, record, bootId);
  if (isParked(record) || isUndone(record)) {
    end(sys, store, budgets, record);
    return { how: 'ended', record };
  }
  leave(sys, places, record);
  store.remove();
  return { how: 'handed-over', record };
}

/** Throws where something is left all the same; the record stays then. */
function end(sys: Sys, store: RecordStore, budgets: Budgets, record: AttachmentRecord): void {
  // An ADD that was refused before its first delegate has made nothing.
  if (record.steps.length === 0 && !isHalfAdded(record) && !isParked(record)) {
    store.remove();
    return;
  }
  const netns = sys.stat(record.sandbox.netns) === undefined ? '' : record.sandbox.netns;
  const context = contextOf(record, { netns, cniPath: [] });
  const deadline = sys.monotonicMs() + budgets.del;
  const { how, record: left } = detach({ sys, store, budgets, context }, record, deadline);
  if (how === 'clean') return;
  const failed = left.steps.find(({ error }) => error !== undefined);
  throw new WeftError('TeardownFailed', {
    step: 'hand over',
    cause: failed?.error?.msg ?? `the damaged record ${left.damaged ?? ''} needs a person`,
    remedy: 'undo by hand what the record names, then remove it; Multus knows nothing of it',
  });
}

/** The scratch file comes last: once it is there, Multus needs the others. */
function leave(sys: Sys, { multusDir, cacheDir }: HandOverPlaces, record: AttachmentRecord): void {
  const files = multusFilesOf(record);
  try {
    for (const { name, text } of files.results) writeDurable(sys, `${multusDir}/results/${name}`, text);
    writeDurable(sys, `${multusDir}/${files.scratch.name}`, files.scratch.text);
  } catch (error) {
    throw new WeftError('StateUnwritable', { step: 'hand over', cause: String(error), error });
  }
  removeOwnEntries(sys, cacheDir, record.sandbox.containerId);
}

/** What the runtime's cache says of weft: a runtime that calls Multus instead never looks at it again. */
function removeOwnEntries(sys: SysFiles, cacheDir: string, containerId: string): void {
  const directory = `${cacheDir}/results`;
  for (const name of namesIn(sys, directory).filter((candidate) => candidate.includes(containerId))) {
    const path = `${directory}/${name}`;
    if (metaPluginOf(textOf(sys, path), containerId) === 'weft') removeFile(sys, path, true);
  }
}

function namesIn(sys: SysFiles, directory: string): readonly string[] {
  try {
    return sys.readdir(directory);
  } catch {
    return [];
  }
}

function textOf(sys: SysFiles, path: string): string {
  try {
    return sys.readText(path, 16 * 1024 * 1024);
  } catch {
    return '';
  }
}
