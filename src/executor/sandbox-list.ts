import type { AttachmentRecord } from '../attachment/record.ts';
import { RecordStore } from './record-store.ts';
import { attachmentsDir, bootIdFile, type Directories } from './state-paths.ts';
import { isErrno, type Sys, type SysFiles } from './sys.ts';

/** One sandbox as it can be seen from outside, without its lock: an operation may be under way. */
export type SandboxView =
  | { readonly kind: 'record'; readonly record: AttachmentRecord }
  | { readonly kind: 'damaged'; readonly file: string; readonly damage: string };

/** Every record of the node, oldest first, damaged ones last. Reads only; makes nothing, not even a boot ID. */
export function listSandboxes(sys: Sys, directories: Directories): readonly SandboxView[] {
  const bootId = currentBootId(sys, directories);
  const views = recordKeys(sys, directories).flatMap((key): readonly SandboxView[] => {
    const loaded = new RecordStore(sys, directories, key, bootId).load();
    if (loaded.kind === 'none') return [];
    return loaded.kind === 'record' ? [loaded] : [{ ...loaded, file: key }];
  });
  return views.sort((left, right) => bornAt(left) - bornAt(right));
}

/** The key of every record that has a file, leftovers too, in no order. Throws SysError where a directory cannot be read. */
export function recordKeys(sys: SysFiles, directories: Directories): readonly string[] {
  const names = [
    ...list(sys, attachmentsDir(directories)),
    ...list(sys, `${directories.runDir}/attachments`),
  ];
  const keys = names
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.replace(/(\.leftover)?\.json$/, ''));
  return [...new Set(keys)];
}

function list(sys: SysFiles, directory: string): readonly string[] {
  try {
    return sys.readdir(directory);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw error;
  }
}

function currentBootId(sys: SysFiles, directories: Directories): string {
  try {
    return sys.readText(bootIdFile(directories), 100).trim();
  } catch {
    return '';
  }
}

function bornAt(view: SandboxView): number {
  return view.kind === 'record' ? view.record.createdAt : Number.POSITIVE_INFINITY;
}
