import { readdirSync, readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import type { AttachmentRecord } from '../../attachment/record.ts';
import { decodeRecord } from '../../attachment/record-codec.ts';
import { recordKey } from '../../attachment/record-key.ts';
import { isUndone } from '../../attachment/teardown.ts';
import type { Clock } from '../../daemon/clock.ts';
import { attachmentsDir, bootIdFile, type Directories, leftoverSuffix } from '../../executor/state-paths.ts';
import { codeOf, type FileStamp, hasSettled, sameStamp, statusOf } from './file-stamp.ts';
import { type PodRecord, podRecordOf, samePodRecord } from './pod-record.ts';

/** A plan is 4 MiB at most, and so is a record that follows from one, give or take its results. */
const maxRecordBytes = 8 * 1024 * 1024;

/** Neither an ADD nor the runtime's tries of a DEL go on for longer: a minute each is theirs (DESIGN §3.1, 3.4). */
const longestBusyMs = 120_000;

/** After a boot the kubelet makes all sandboxes of a full node anew within minutes. */
const returnMs = 300_000;

interface KnownFile {
  /** Undefined while it must be read again whatever the stamp says. */
  readonly stamp: FileStamp | undefined;
  /** Undefined: it cannot be used, or is of no pod. */
  readonly record: PodRecord | undefined;
  readonly problem: string | undefined;
  /** Its bytes could not be read, so that nobody knows what is in it. */
  readonly unread: boolean;
}

/**
 * The durable records of this node, read only (DESIGN §3.3): which pod has what. A look costs a stat for each file; only
 * what has changed is read, and only what status needs is kept. The disk is the truth: what a plugin told the agent
 * counts until the next look.
 */
export class RecordsSource {
  readonly #directory: string;
  readonly #bootFile: string;
  readonly #clock: Clock;
  #files = new Map<string, KnownFile>();
  /** The records by their pod's uid; undefined while it must be made anew. */
  #byUid: Map<string, PodRecord[]> | undefined;
  #bootId: string | undefined;
  #unreadable: string | undefined = 'not read yet';
  /** `monotonic()` of the first look. */
  #since: number | undefined;

  /** Reads nothing yet. */
  constructor(directories: Directories, clock: Clock) {
    this.#directory = attachmentsDir(directories);
    this.#bootFile = bootIdFile(directories);
    this.#clock = clock;
  }

  /** Looks at the directory now. Never throws. A directory that is not there holds no records. */
  refresh(): void {
    this.#since ??= this.#clock.monotonic();
    this.#bootId = readBootId(this.#bootFile);
    const names = this.#names();
    if (names === undefined) return;
    const files = new Map<string, KnownFile>();
    for (const name of names) {
      const file = this.#look(name, this.#files.get(name));
      if (file !== undefined) files.set(name, file);
    }
    this.#files = files;
    this.#byUid = undefined;
  }

  /** Takes over what a plugin has just made durable, without waiting for the next look. */
  take(record: AttachmentRecord): void {
    const name = `${recordKey(record.sandbox)}.json`;
    const before = this.#files.get(name)?.record;
    // An older one that comes late; a new ADD of the same sandbox goes on counting.
    if (before !== undefined && before.sequence > record.sequence) return;
    if (record.bootId !== this.#bootId) this.#bootId = readBootId(this.#bootFile);
    if (isUndone(record)) this.#files.delete(name);
    else this.#files.set(name, kept(record, undefined, this.#files.get(name)));
    this.#byUid = undefined;
  }

  /** The newest record of this boot whose attachments are all there, of the pod that the runtime knows as `uid`. */
  attached(uid: string): PodRecord | undefined {
    let newest: PodRecord | undefined;
    for (const record of this.#of(uid)) {
      if (record.state !== 'attached' || record.bootId !== this.#bootId) continue;
      if (newest === undefined || isNewer(record, newest)) newest = record;
    }
    return newest;
  }

  /** All that are in place now, of all pods. In no particular order. */
  *attachedPods(): IterableIterator<PodRecord> {
    for (const { record } of this.#files.values()) {
      if (record?.state === 'attached' && record.pod.uid !== '' && record.bootId === this.#bootId)
        yield record;
    }
  }

  /**
   * True while nothing can be said about a pod without a record: an ADD or a DEL of it goes on; the node has just booted and the pod's
   * sandbox is not made anew yet; an old runtime told no uid; a result cannot be understood.
   */
  unsettled(uid: string, namespace: string, name: string): boolean {
    const nameless = this.#of('').some(({ pod }) => pod.namespace === namespace && pod.name === name);
    return nameless || this.#of(uid).some((record) => this.#isOpen(record));
  }

  /** True if the last look read the directory and every file in it, so that what is not known is not there. */
  get complete(): boolean {
    if (this.#unreadable !== undefined) return false;
    for (const { unread } of this.#files.values()) if (unread) return false;
    return true;
  }

  /** Plain sentences about what cannot be read, for a person. */
  problems(): readonly string[] {
    const problems: string[] = [];
    if (this.#unreadable !== undefined) problems.push(`records in ${this.#directory}: ${this.#unreadable}`);
    for (const [name, { problem }] of this.#files) {
      if (problem !== undefined) problems.push(`record ${name} cannot be used: ${problem}`);
    }
    return problems;
  }

  #of(uid: string): readonly PodRecord[] {
    this.#byUid ??= byUid(this.#files.values());
    return this.#byUid.get(uid) ?? [];
  }

  #isOpen({ bootId, state, busySince }: PodRecord): boolean {
    if (state === 'unclear') return true;
    if (bootId !== this.#bootId) return this.#clock.monotonic() - (this.#since ?? 0) < returnMs;
    return state !== 'attached' && this.#clock.now() - busySince < longestBusyMs;
  }

  #names(): readonly string[] | undefined {
    try {
      const names = readdirSync(this.#directory);
      this.#unreadable = undefined;
      return names.filter(isRecord);
    } catch (error) {
      const code = codeOf(error);
      this.#unreadable = code === 'ENOENT' ? undefined : code;
      // Nothing was ever attached on this node. After any other error what was known goes on counting.
      return code === 'ENOENT' ? [] : undefined;
    }
  }

  /** What is known of a file now; undefined if there is no such file. */
  #look(name: string, known: KnownFile | undefined): KnownFile | undefined {
    const path = `${this.#directory}/${name}`;
    const stats = statusOf(path);
    if (stats === undefined) return undefined;
    if (typeof stats === 'string') return unread(known, stats);
    if (known?.stamp !== undefined && sameStamp(known.stamp, stats)) return known;
    if (!stats.isFile()) return unread(known, 'it is no regular file');
    if (stats.size > maxRecordBytes) return unread(known, `it is larger than ${maxRecordBytes} bytes`);
    // Taken before the bytes: what changes in between changes the stamp as well.
    const stamp = hasSettled(stats, this.#clock.now()) ? stampOf(stats) : undefined;
    try {
      return parsed(readFileSync(path, 'utf8'), stamp, known);
    } catch (error) {
      return codeOf(error) === 'ENOENT' ? undefined : unread(known, codeOf(error));
    }
  }
}

function byUid(files: Iterable<KnownFile>): Map<string, PodRecord[]> {
  const index = new Map<string, PodRecord[]>();
  for (const { record } of files) {
    if (record === undefined) continue;
    const { uid } = record.pod;
    const others = index.get(uid);
    if (others === undefined) index.set(uid, [record]);
    else others.push(record);
  }
  return index;
}

function isRecord(name: string): boolean {
  return name.endsWith('.json') && !name.endsWith(leftoverSuffix) && !name.startsWith('.');
}

function isNewer(left: PodRecord, right: PodRecord): boolean {
  return left.createdAt === right.createdAt
    ? left.sequence > right.sequence
    : left.createdAt > right.createdAt;
}

function parsed(text: string, stamp: FileStamp | undefined, known: KnownFile | undefined): KnownFile {
  const decoded = decodeRecord(text, (body) => crc32(body));
  if (decoded.ok) return kept(decoded.record, stamp, known);
  // DEL cannot read it either and sets it aside.
  return { stamp, record: known?.record, problem: decoded.damage, unread: false };
}

/** The same object for as long as it says the same, so that nobody looks at it twice. */
function kept(
  record: AttachmentRecord,
  stamp: FileStamp | undefined,
  known: KnownFile | undefined,
): KnownFile {
  const next = podRecordOf(record);
  const before = known?.record;
  const same = before !== undefined && next !== undefined && samePodRecord(before, next);
  const problem = next?.state === 'unclear' ? 'a result in it cannot be understood' : undefined;
  return { stamp, record: same ? before : next, problem, unread: false };
}

/** What was known of a file that cannot be read goes on counting. */
function unread(known: KnownFile | undefined, problem: string): KnownFile {
  return { stamp: undefined, record: known?.record, problem, unread: true };
}

function stampOf({ dev, ino, size, mtimeMs, ctimeMs }: FileStamp): FileStamp {
  return { dev, ino, size, mtimeMs, ctimeMs };
}

/** Undefined after a boot until a plugin was called; no record is of such a boot. */
function readBootId(path: string): string | undefined {
  try {
    const text = readFileSync(path, 'utf8').trim();
    return text === '' ? undefined : text;
  } catch {
    return undefined;
  }
}
