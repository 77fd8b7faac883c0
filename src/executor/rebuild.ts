import { type CachedAttachment, metaPluginOf, readCacheEntry } from '../attachment/libcni-cache.ts';
import { countDelegates, readScratchFile } from '../attachment/multus-scratch.ts';
import type { DelegateStep } from '../attachment/plan.ts';
import { type AttachmentRecord, recordFormat, type StepRecord } from '../attachment/record.ts';
import { convertResult } from '../cni/convert.ts';
import { delegateVersions, requireVersion } from '../cni/version.ts';
import type { RecordHead } from './attach.ts';
import { readNodeFile } from './read-node-file.ts';
import type { Directories } from './state-paths.ts';
import type { Sys, SysFiles } from './sys.ts';
import { removeFile } from './write-file.ts';

/** Larger than any cache entry. */
const entryBytes = 16 * 1024 * 1024;

/** A record made up for a sandbox, and what it may lack. */
export interface Rebuilt {
  readonly record: AttachmentRecord;
  /** Multus attached the sandbox, and of its files some cannot be read or are gone; absent where all is known. */
  readonly lost?: LostAttachments;
}

/** What nobody on the node remembers. */
export interface LostAttachments {
  /** The scratch file that cannot be read; '' where it is gone. */
  readonly path: string;
  /** False where libcni's cache is likely to know all that the scratch file did. */
  readonly surely: boolean;
}

/**
 * What may be attached to a sandbox without a record: pods older than weft, or lost state (DESIGN §3.4). From libcni's
 * cache and Multus's files in `cacheDirs`; where the request's own interface is not in them, the default network of
 * node.json stands for it. A record without steps if nothing is known at all. Nothing is resolved anew here.
 */
export function rebuild(
  sys: Sys,
  directories: Directories,
  cacheDirs: readonly string[],
  head: RecordHead,
): Rebuilt {
  const { ifname } = head.sandbox;
  const found = cacheDirs.flatMap((directory) => searchCache(sys, directory, head));
  const attachments = inOrder(found, ifname);
  const fallback = attachments.some(({ step }) => step.ifname === ifname)
    ? undefined
    : readNodeFile(sys, directories);
  const steps = [
    ...(fallback === undefined
      ? []
      : [stepRecord({ step: { ...fallback.defaultNetwork, ifname }, cniArgs: '' }, 0)]),
    ...attachments.map((attachment, index) => stepRecord(attachment, index + 1)),
  ];
  const cniPath = [head.cniPath, ...(fallback?.cniPath ?? [])].filter((part) => part !== '').join(':');
  const lost = lostOf(found);
  // What could not be read stays for a person.
  const read = found.filter(({ path }) => path !== lost?.path || !lost.surely);
  const sources = read.flatMap(({ path, attachments: list }) => [
    path,
    ...list.flatMap(({ deviceInfoFile }) => (deviceInfoFile === undefined ? [] : [deviceInfoFile])),
  ]);
  const record = {
    format: recordFormat,
    sequence: 1,
    ...head,
    cniPath,
    cniArgs: head.cniArgs === '' ? (attachments[0]?.cniArgs ?? '') : head.cniArgs,
    createdAt: sys.wallMs(),
    steps,
    ...(sources.length === 0 ? {} : { sources }),
  };
  return lost === undefined ? { record } : { record, lost };
}

function lostOf(found: readonly Found[]): LostAttachments | undefined {
  const scratch = found.find(({ kind }) => kind === 'scratch');
  const cached = found.some(({ kind }) => kind === 'entry');
  if (scratch !== undefined) return scratch.whole ? undefined : { path: scratch.path, surely: !cached };
  return found.some(({ kind }) => kind === 'meta') ? { path: '', surely: false } : undefined;
}

/** Removes what the record was made up from, after its teardown. What cannot be removed does no harm. */
export function removeSources(sys: Sys, record: AttachmentRecord): void {
  for (const path of record.sources ?? []) removeFile(sys, path, true);
}

interface Found {
  readonly path: string;
  /** In the order of ADD, where the file tells it. Empty for what only has to be removed. */
  readonly attachments: readonly CachedAttachment[];
  /** A cache entry of an attachment, one of a meta-plugin's call, or Multus's scratch file. */
  readonly kind: 'entry' | 'meta' | 'scratch';
  /** Everything in it could be read. */
  readonly whole: boolean;
}

function searchCache(sys: SysFiles, directory: string, head: RecordHead): readonly Found[] {
  const { containerId, ifname } = head.sandbox;
  const results = names(sys, `${directory}/results`).filter((name) => name.includes(containerId));
  const entries = results.flatMap((name) => foundEntry(sys, `${directory}/results/${name}`, containerId));
  const scratch = `${directory}/${containerId}`;
  if (sys.stat(scratch)?.kind !== 'file') return entries;
  const request = { containerId, ifname, cniArgs: head.cniArgs };
  const text = read(sys, scratch);
  const attachments = readScratchFile(text, request);
  const whole = attachments.length === countDelegates(text);
  return [...entries, { path: scratch, attachments, kind: 'scratch', whole }];
}

function foundEntry(sys: SysFiles, path: string, containerId: string): readonly Found[] {
  const text = read(sys, path);
  const entry = readCacheEntry(text, containerId);
  // The runtime's own loopback attachment is its business.
  if (entry?.step.ifname === 'lo') return [];
  if (entry !== undefined) return [{ path, attachments: [entry], kind: 'entry', whole: true }];
  const meta = metaPluginOf(text, containerId);
  // The runtime's entry for weft itself goes when the runtime's DEL has succeeded.
  return meta === undefined || meta === 'weft' ? [] : [{ path, attachments: [], kind: 'meta', whole: true }];
}

/**
 * One attachment for each interface, in the order of ADD: the request's own, then as the scratch file has them, then the
 * others by name. A cache entry knows more than the scratch file about the same interface, and counts.
 */
function inOrder(found: readonly Found[], ifname: string): readonly CachedAttachment[] {
  const ofEntries = found.flatMap((file) => (file.kind === 'entry' ? file.attachments : []));
  const ofScratch = found.flatMap((file) => (file.kind === 'scratch' ? file.attachments : []));
  const known = new Map<string, CachedAttachment>();
  for (const attachment of [...ofScratch, ...ofEntries]) known.set(attachment.step.ifname, attachment);
  const others = [...known.keys()].sort(byNumber);
  const order = new Set([ifname, ...ofScratch.map(({ step }) => step.ifname), ...others]);
  return [...order].flatMap((name) => known.get(name) ?? []);
}

/** net2 before net10. */
function byNumber(left: string, right: string): number {
  return left.length - right.length || (left < right ? -1 : 1);
}

function stepRecord(attachment: CachedAttachment, index: number): StepRecord {
  const step: DelegateStep = { ...attachment.step, id: String(index) };
  const result = usable(attachment);
  const args = attachment.cniArgs === '' ? {} : { cniArgs: attachment.cniArgs };
  if (result === undefined) return { step, state: 'running', ...args };
  return { step, state: 'attached', result, ...args };
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
