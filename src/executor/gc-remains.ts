import { WeftError } from '../errors/weft-error.ts';
import { type Directories, gcRunFile } from './state-paths.ts';
import { type Child, type Sys, SysError } from './sys.ts';
import { endGroup } from './takeover.ts';
import { removeFile, writeVolatile } from './write-file.ts';

/**
 * Writes down which delegate collects now, before it runs. A GC that is killed takes the delegate with it, but not the
 * delegate's own children, and such a one works by a list in which the sandboxes made since are missing. Throws
 * StateUnwritable; the delegate must not run then.
 */
export function noteGcChild(sys: Sys, directories: Directories, child: Child): void {
  const text = JSON.stringify({ pgid: child.pid, startTicks: child.startTicks });
  try {
    writeVolatile(sys, gcRunFile(directories), text);
  } catch (error) {
    const cause = error instanceof SysError ? `${error.subject}: ${error.errno}` : String(error);
    throw new WeftError('StateUnwritable', { step: 'GC', cause, error });
  }
}

/** No delegate collects any more. */
export function forgetGcChild(sys: Sys, directories: Directories): void {
  removeFile(sys, gcRunFile(directories), true);
}

/**
 * Ends what a killed GC has left running. For whoever holds the GC lock, in either way; usually one stat. Throws
 * SandboxBusy if a process cannot be killed.
 */
export function endGcRemains(sys: Sys, directories: Directories): void {
  const path = gcRunFile(directories);
  if (sys.stat(path) === undefined) return;
  const { pgid, startTicks } = noted(sys, path);
  if (pgid > 0) endGroup(sys, pgid, () => sys.groupMembers(pgid, startTicks, '').length);
  removeFile(sys, path, true);
}

/** Renamed into its place, so it is whole, or gone because another has ended it meanwhile. */
function noted(sys: Sys, path: string): { readonly pgid: number; readonly startTicks: string } {
  try {
    const { pgid, startTicks } = JSON.parse(sys.readText(path, 1000)) as Record<string, unknown>;
    return { pgid: Number(pgid), startTicks: String(startTicks) };
  } catch {
    return { pgid: 0, startTicks: '' };
  }
}
