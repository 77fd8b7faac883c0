import { applyJournal, encodeEntry } from '../attachment/journal.ts';
import type { AttachmentRecord, StepRecord } from '../attachment/record.ts';
import { damageOf, decodeRecord, encodeRecord, peekSequence } from '../attachment/record-codec.ts';
import { isParked, withoutJournal } from '../attachment/teardown.ts';
import { WeftError } from '../errors/weft-error.ts';
import { type Directories, type RecordPaths, recordPaths } from './state-paths.ts';
import { type Fd, isErrno, type Sys, SysError } from './sys.ts';
import { openMaking, removeFile, temporaryOf, writeDurable, writeVolatile } from './write-file.ts';

/** What is known of a sandbox. */
export type Loaded =
  | { readonly kind: 'none' }
  | { readonly kind: 'record'; readonly record: AttachmentRecord }
  /** Every copy that is there is damaged; `damage` says how. */
  | { readonly kind: 'damaged'; readonly damage: string };

/** Larger than any record: 32 attachments, each with 1 MB of configuration and result, do not fit into a frame. */
const recordBytes = 16 * 1024 * 1024;

/**
 * The files of one record, as DESIGN §3.3 wants them. The caller holds the container's lock.
 *
 * Two copies and a journal: `begin` writes both copies, `note` appends to the journal, `settle` writes the durable
 * copy only. The second copy keeps the sequence of `begin`, and with the journal it says the same as the settled one,
 * so losing either loses nothing.
 */
export class RecordStore {
  private readonly sys: Sys;
  private readonly paths: RecordPaths;
  private readonly bootId: string;
  private journal: Fd | undefined;
  private journalIsTorn = false;

  constructor(sys: Sys, directories: Directories, key: string, bootId: string) {
    this.sys = sys;
    this.paths = recordPaths(directories, key);
    this.bootId = bootId;
  }

  /** The newest valid copy with the journal applied. Throws StateUnreadable where a file is there and cannot be read. */
  load(): Loaded {
    const [volatile, ...others] = [this.paths.volatile, this.paths.durable, this.paths.leftover].map((path) =>
      this.read(path),
    );
    // Only the newest is parsed, which is what takes an interpreter long. Of equals the second copy counts.
    const copies = [volatile, ...others].filter((copy) => copy !== undefined).sort(newestFirst);
    let damage: Loaded | undefined;
    for (const copy of copies) {
      const loaded = typeof copy === 'string' ? this.decode(copy) : copy;
      if (loaded.kind === 'record')
        return { kind: 'record', record: this.withJournal(loaded.record, this.isWhole(volatile)) };
      damage ??= loaded.kind === 'damaged' ? loaded : undefined;
    }
    return damage ?? { kind: 'none' };
  }

  /** Writes down what is about to be attached: the second copy first, so that a crash in between leaves the better one. */
  begin(record: AttachmentRecord): void {
    this.writing('write the record', () => {
      this.endJournal();
      removeFile(this.sys, this.paths.journal);
      const text = this.encode(record);
      writeVolatile(this.sys, this.paths.volatile, text);
      writeDurable(this.sys, this.paths.durable, text);
    });
  }

  /**
   * Writes down an ADD of which nothing exists, so that the DEL that follows runs nothing either. In place before the
   * intent goes, and not durable: after a reboot DELs that find nothing do no harm.
   */
  refuse(record: AttachmentRecord): void {
    this.writing('write the refusal', () => {
      this.endJournal();
      writeVolatile(this.sys, this.paths.volatile, this.encode(record));
      removeFile(this.sys, this.paths.journal);
      removeFile(this.sys, this.paths.durable);
    });
  }

  /** Appends one step's new state; `base` is the sequence of the record that was loaded or begun. */
  note(base: number, step: StepRecord): void {
    this.writing('write the journal', () => {
      this.journal ??= openMaking(this.sys, this.paths.journal, 'append');
      const entry = encodeEntry(base, step);
      const text = this.journalIsTorn ? `\n${entry}` : entry;
      // A full disk may take half of it.
      this.journalIsTorn = true;
      this.sys.write(this.journal, text);
      this.journalIsTorn = false;
    });
  }

  /** Makes the record at rest durable: after the last step, or after a DEL that failed. */
  settle(record: AttachmentRecord): void {
    this.writing('write the record', () => writeDurable(this.sys, this.paths.durable, this.encode(record)));
  }

  /** Turns the record into a leftover: it no longer stands for the sandbox, only for what is left of it. */
  park(record: AttachmentRecord): void {
    this.writing('write the leftover', () => {
      writeDurable(this.sys, this.paths.leftover, this.encode(record));
      this.removeCopies();
    });
  }

  /** Forgets the sandbox. Without fsync: a record that a power loss brings back is torn down again, which is harmless. */
  remove(): void {
    this.writing('remove the record', () => {
      this.removeCopies();
      this.discard(this.paths.leftover);
    });
  }

  /**
   * Keeps damaged bytes under another name, for a person to look at, and puts `standIn(name)` in their place. Linked
   * before they are replaced: at no moment is there neither. The journal goes first, as it belongs to what was damaged.
   */
  setAside(standIn: (name: string) => AttachmentRecord): AttachmentRecord {
    return this.writing('set the damaged record aside', () => {
      this.endJournal();
      removeFile(this.sys, this.paths.journal);
      const name = this.keepDamaged();
      const record = standIn(name);
      writeDurable(this.sys, this.paths.durable, this.encode(record));
      removeFile(this.sys, this.paths.volatile);
      removeFile(this.sys, this.paths.leftover);
      return record;
    });
  }

  /** Closes the journal. */
  close(): void {
    this.endJournal();
  }

  private keepDamaged(): string {
    const suffix = `.${this.sys.wallMs()}.damaged`;
    const found = [this.paths.durable, this.paths.leftover, this.paths.volatile].filter(
      (path) => this.sys.stat(path) !== undefined,
    );
    for (const path of found) this.keepLink(path, `${path}${suffix}`);
    const kept = `${found[0] ?? ''}${suffix}`;
    return kept.slice(kept.lastIndexOf('/') + 1);
  }

  /** A DEL that was killed within the same millisecond has linked the same bytes. */
  private keepLink(path: string, kept: string): void {
    try {
      this.sys.link(path, kept);
    } catch (error) {
      if (!isErrno(error, 'EEXIST')) throw error;
    }
  }

  private removeCopies(): void {
    this.endJournal();
    removeFile(this.sys, this.paths.journal);
    this.discard(this.paths.volatile);
    this.discard(this.paths.durable);
  }

  /** With what a writer that was killed has left beside it: no later record of this container would overwrite that. */
  private discard(path: string): void {
    removeFile(this.sys, temporaryOf(path));
    removeFile(this.sys, path);
  }

  private endJournal(): void {
    if (this.journal !== undefined) this.sys.close(this.journal);
    this.journal = undefined;
    this.journalIsTorn = false;
  }

  private encode(record: AttachmentRecord): string {
    return encodeRecord(record, (text) => this.sys.crc32(text));
  }

  private isWhole(copy: string | Loaded | undefined): boolean {
    return typeof copy === 'string' && damageOf(copy, (body) => this.sys.crc32(body)) === undefined;
  }

  private decode(text: string): Loaded {
    const decoded = decodeRecord(text, (body) => this.sys.crc32(body));
    return decoded.ok
      ? { kind: 'record', record: decoded.record }
      : { kind: 'damaged', damage: decoded.damage };
  }

  private read(path: string): string | Loaded {
    try {
      return this.sys.readText(path, recordBytes);
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return { kind: 'none' };
      if (isErrno(error, 'EILSEQ', 'EFBIG')) return { kind: 'damaged', damage: 'it is not text' };
      throw new WeftError('StateUnreadable', { step: 'read the record', cause: reasonOf(error), error });
    }
  }

  private withJournal(record: AttachmentRecord, hasVolatile: boolean): AttachmentRecord {
    const text = this.read(this.paths.journal);
    const journal = typeof text === 'string' ? text : '';
    this.journalIsTorn = journal !== '' && !journal.endsWith('\n');
    // A leftover was written at rest, and nothing of it that is pending is ever begun again.
    const complete = (record.bootId === this.bootId && hasVolatile) || isParked(record);
    return applyJournal(complete ? record : withoutJournal(record), journal);
  }

  private writing<Value>(step: string, action: () => Value): Value {
    try {
      return action();
    } catch (error) {
      throw new WeftError('StateUnwritable', { step, cause: reasonOf(error), error });
    }
  }
}

function newestFirst(left: string | Loaded, right: string | Loaded): number {
  return sequenceIn(right) - sequenceIn(left);
}

function sequenceIn(copy: string | Loaded): number {
  return typeof copy === 'string' ? peekSequence(copy) : -1;
}

/** `write /var/lib/weft/…: ENOSPC` in words that fit a message. */
function reasonOf(error: unknown): string {
  return error instanceof SysError ? `${error.subject.slice(-100)}: ${error.errno}` : String(error);
}
