import type { AttachmentRecord, StepRecord } from './record.ts';

/**
 * One line of the step journal in /run/weft: the new state of one step. Written without fsync, so it survives kill -9
 * and not power loss, after which the sandbox is gone anyway (DESIGN §3.3).
 */
export interface JournalEntry {
  /** Sequence of the record that the entry builds on; entries for another one are history. */
  readonly base: number;
  /** The step's id, and all of its record but the step itself. */
  readonly id: string;
  readonly step: Omit<StepRecord, 'step'>;
}

/** The step as a line to append, its line feed included. */
export function encodeEntry(base: number, record: StepRecord): string {
  const { step, ...rest } = record;
  const entry: JournalEntry = { base, id: step.id, step: rest };
  return `${JSON.stringify(entry)}\n`;
}

/**
 * The record with the journal's entries applied in order. A line that was torn by a kill in the middle of the write
 * does not parse: its step keeps the state before, which undoes more rather than less.
 */
export function applyJournal(record: AttachmentRecord, journal: string): AttachmentRecord {
  let steps = record.steps;
  for (const line of journal.split('\n')) {
    const entry = decodeEntry(line);
    if (entry === undefined || entry.base !== record.sequence) continue;
    steps = steps.map((known) => (known.step.id === entry.id ? { ...entry.step, step: known.step } : known));
  }
  return { ...record, steps };
}

function decodeEntry(line: string): JournalEntry | undefined {
  try {
    const entry = JSON.parse(line) as JournalEntry;
    return typeof entry.step.state === 'string' ? entry : undefined;
  } catch {
    return undefined;
  }
}
