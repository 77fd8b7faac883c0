import { readdirSync } from 'node:fs';
import { codeOf } from './file-stamp.ts';

/** What lies in the directory of records, by the endings of its names. */
export interface RecordCounts {
  /** Sandboxes with a durable record. */
  readonly records: number;
  /** What a DEL could not undo for good. */
  readonly leftovers: number;
  /** Records that could not be read and were set aside. */
  readonly damaged: number;
}

/** Counts names, reads no file. Undefined if the directory cannot be read; all 0 while there is none. */
export function countRecords(stateDir: string): RecordCounts | undefined {
  try {
    return countNames(readdirSync(`${stateDir}/attachments`));
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? countNames([]) : undefined;
  }
}

/** The counts of a list of file names. */
export function countNames(names: readonly string[]): RecordCounts {
  const leftovers = names.filter((name) => name.endsWith('.leftover.json')).length;
  const records = names.filter((name) => name.endsWith('.json')).length - leftovers;
  return { records, leftovers, damaged: names.filter((name) => name.endsWith('.damaged')).length };
}
