import type { AttachmentRecord } from '../attachment/record.ts';
import { containerOfKey } from '../attachment/record-key.ts';
import type { ValidAttachment } from '../cni/valid-attachments.ts';
import { asWeftError, WeftError } from '../errors/weft-error.ts';
import { RecordStore } from './record-store.ts';
import { recordKeys } from './sandbox-list.ts';
import type { Directories } from './state-paths.ts';
import { type Sys, SysError } from './sys.ts';

/** A record as it lies on the disk. */
export interface KnownRecord {
  readonly key: string;
  readonly record: AttachmentRecord;
}

/** Everything that this node has attached, as far as it can be known. */
export interface Survey {
  readonly known: readonly KnownRecord[];
  /** The request's own attachments of records that cannot be read: what else they held nobody knows. */
  readonly unreadable: readonly ValidAttachment[];
  /** A record cannot be read, and its file does not tell whose it is. */
  readonly hasNameless: boolean;
  /** One for each record that cannot be read. */
  readonly errors: readonly WeftError[];
}

/**
 * Reads every record. The caller holds the GC lock alone. StateUnreadable where the directory itself cannot be read, of
 * which libcni says nothing (CNI-316).
 */
export function survey(sys: Sys, directories: Directories, bootId: string): Survey {
  const known: KnownRecord[] = [];
  const unreadable: ValidAttachment[] = [];
  const errors: WeftError[] = [];
  let hasNameless = false;
  for (const key of keysOf(sys, directories)) {
    const record = readRecord(sys, directories, key, bootId);
    if (record === undefined) continue;
    if (!(record instanceof WeftError)) {
      known.push({ key, record });
      continue;
    }
    errors.push(record);
    const owner = containerOfKey(key);
    if (owner === undefined) hasNameless = true;
    else unreadable.push({ containerID: owner.containerId, ifname: owner.ifname });
  }
  return { known, unreadable, hasNameless, errors };
}

function readRecord(
  sys: Sys,
  directories: Directories,
  key: string,
  bootId: string,
): AttachmentRecord | WeftError | undefined {
  try {
    const loaded = new RecordStore(sys, directories, key, bootId).load();
    if (loaded.kind === 'none') return undefined;
    if (loaded.kind === 'record') return loaded.record;
    const remedy = 'delete its pod: DEL sets a damaged record aside';
    const cause = `record ${key.slice(0, 80)} is damaged: ${loaded.damage}`;
    return new WeftError('StateUnreadable', { step: 'GC', cause, remedy });
  } catch (error) {
    return asWeftError(error);
  }
}

function keysOf(sys: Sys, directories: Directories): readonly string[] {
  try {
    return [...recordKeys(sys, directories)].sort();
  } catch (error) {
    const cause = error instanceof SysError ? `${error.subject.slice(-100)}: ${error.errno}` : String(error);
    throw new WeftError('StateUnreadable', { step: 'GC', cause, error });
  }
}
