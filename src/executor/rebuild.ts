import { type CachedAttachment, readCacheEntry, readScratchFile } from '../attachment/libcni-cache.ts';
import { decodeNodeFile, type NodeFile } from '../attachment/node-file.ts';
import type { DelegateStep } from '../attachment/plan.ts';
import { type AttachmentRecord, recordFormat, type StepRecord } from '../attachment/record.ts';
import { convertResult } from '../cni/convert.ts';
import { delegateVersions, requireVersion } from '../cni/version.ts';
import { asWeftError, WeftError } from '../errors/weft-error.ts';
import type { RecordHead } from './attach.ts';
import { type Directories, nodeFile } from './state-paths.ts';
import { isErrno, type Sys, SysError, type SysFiles } from './sys.ts';
import { removeFile } from './write-file.ts';

/** Larger than any cache entry. */
const entryBytes = 16 * 1024 * 1024;

/**
 * What may be attached to a sandbox without a record: pods older than weft, or lost state (DESIGN §3.4). From libcni's
 * cache and Multus's files in `cacheDirs`; where the request's own interface is not in them, the default network of
 * node.json stands for it. A record without steps if nothing is known at all. Networks are never resolved anew.
 */
export function rebuild(
  sys: Sys,
  directories: Directories,
  cacheDirs: readonly string[],
  head: RecordHead,
): AttachmentRecord {
  const { containerId, ifname } = head.sandbox;
  const found = cacheDirs.flatMap((directory) => searchCache(sys, directory, containerId, ifname));
  const attachments = inOrder(
    found.flatMap(({ attachments: list }) => list),
    ifname,
  );
  const fallback = attachments.some(({ step }) => step.ifname === ifname)
    ? undefined
    : defaultNetwork(sys, directories);
  const steps = [
    ...(fallback === undefined
      ? []
      : [stepRecord({ step: { ...fallback.defaultNetwork, ifname }, cniArgs: '' }, 0)]),
    ...attachments.map((attachment, index) => stepRecord(attachment, index + 1)),
  ];
  const cniPath = [head.cniPath, ...(fallback?.cniPath ?? [])].filter((part) => part !== '').join(':');
  const sources = found.map(({ path }) => path);
  return {
    format: recordFormat,
    sequence: 1,
    ...head,
    cniPath,
    cniArgs: head.cniArgs === '' ? (attachments[0]?.cniArgs ?? '') : head.cniArgs,
    createdAt: sys.wallMs(),
    steps,
    ...(sources.length === 0 ? {} : { sources }),
  };
}

/** Removes what the record was made up from, after its teardown. What cannot be removed does no harm. */
export function removeSources(sys: Sys, record: AttachmentRecord): void {
  for (const path of record.sources ?? []) removeFile(sys, path, true);
}

interface Found {
  readonly path: string;
  readonly attachments: readonly CachedAttachment[];
}

function searchCache(
  sys: SysFiles,
  directory: string,
  containerId: string,
  ifname: string,
): readonly Found[] {
  const results = names(sys, `${directory}/results`).filter((name) => name.includes(containerId));
  const entries = results.flatMap((name): readonly Found[] => {
    const path = `${directory}/results/${name}`;
    const entry = readCacheEntry(read(sys, path), containerId);
    // The runtime's own loopback attachment is its business.
    return entry === undefined || entry.step.ifname === 'lo' ? [] : [{ path, attachments: [entry] }];
  });
  const scratch = `${directory}/${containerId}`;
  if (sys.stat(scratch)?.kind !== 'file') return entries;
  return [...entries, { path: scratch, attachments: readScratchFile(read(sys, scratch), ifname) }];
}

/**
 * One attachment for each interface, the request's own first, as ADD made it first. A cache entry knows more than the
 * scratch file about the same interface, and counts.
 */
function inOrder(attachments: readonly CachedAttachment[], ifname: string): readonly CachedAttachment[] {
  const byName = new Map<string, CachedAttachment>();
  for (const attachment of attachments) {
    if (!byName.has(attachment.step.ifname)) byName.set(attachment.step.ifname, attachment);
  }
  const own = byName.get(ifname);
  byName.delete(ifname);
  return own === undefined ? [...byName.values()] : [own, ...byName.values()];
}

function stepRecord(attachment: CachedAttachment, index: number): StepRecord {
  const step: DelegateStep = { ...attachment.step, id: String(index) };
  const result = usable(attachment);
  return result === undefined ? { step, state: 'running' } : { step, state: 'attached', result };
}

/** The cached result in the configuration's version (CNI-290); one that cannot be read is done without (CNI-289). */
function usable({ step, result }: CachedAttachment): string | undefined {
  try {
    const version = requireVersion(step.cniVersion, delegateVersions);
    return result === undefined ? undefined : convertResult(result, version, version);
  } catch {
    return undefined;
  }
}

function defaultNetwork(sys: SysFiles, directories: Directories): NodeFile | undefined {
  const path = nodeFile(directories);
  try {
    return decodeNodeFile(sys.readText(path, entryBytes));
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    if (!(error instanceof SysError)) throw asWeftError(error);
    throw new WeftError('StateUnreadable', { step: 'read node.json', cause: error.errno, error });
  }
}

function names(sys: SysFiles, directory: string): readonly string[] {
  try {
    return sys.readdir(directory);
  } catch {
    return [];
  }
}

function read(sys: SysFiles, path: string): string {
  try {
    return sys.readText(path, entryBytes);
  } catch {
    return '';
  }
}
