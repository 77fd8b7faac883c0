import { type AttachmentRecord, recordFormat, type StepRecord, type StepState } from './record.ts';

/** CRC-32 of a text's UTF-8 bytes; passed in because portable code has no fast one. */
export type Checksum = (text: string) => number;

/** What reading a record's bytes gives. Damage is an answer, not an exception: DEL has to go on. */
export type Decoded =
  | { readonly ok: true; readonly record: AttachmentRecord }
  | { readonly ok: false; readonly damage: string };

/** `{"crc32":"1a2b3c4d","record":` comes first, so that the sum can be checked over the record's exact text. */
const head = /^\{"crc32":"([0-9a-f]{8})","record":/;
const headLength = '{"crc32":"00000000","record":'.length;
const tail = '}\n';

/** One JSON document on one line: readable with jq, and complete or visibly not. */
export function encodeRecord(record: AttachmentRecord, checksum: Checksum): string {
  const body = JSON.stringify(record);
  return `{"crc32":"${hex(checksum(body))}","record":${body}${tail}`;
}

/**
 * The sequence that a record's text says, unchecked: to tell which of two copies to read first. Every writer puts format
 * and sequence in front. -1 where it is not there.
 */
export function peekSequence(text: string): number {
  return Number(sequenceAhead.exec(text)?.[1] ?? -1);
}

const sequenceAhead = /^\{"crc32":"[0-9a-f]{8}","record":\{"format":[0-9]+,"sequence":([0-9]{1,15}),/;

/** Checks sum and core fields. A newer format is accepted if its core fields are there. */
export function decodeRecord(text: string, checksum: Checksum): Decoded {
  const damage = damageOf(text, checksum);
  if (damage !== undefined) return damaged(damage);
  const record: unknown = JSON.parse(text.slice(headLength, -tail.length));
  const complaint = coreComplaint(record);
  return complaint === undefined ? { ok: true, record: record as AttachmentRecord } : damaged(complaint);
}

/** What the checksum says of a copy that need not be read; undefined if it is whole. */
export function damageOf(text: string, checksum: Checksum): string | undefined {
  const match = head.exec(text);
  if (match === null || !text.endsWith(tail)) return 'it is cut off or no record of weft';
  const body = text.slice(headLength, -tail.length);
  return hex(checksum(body)) === match[1] ? undefined : 'its checksum is wrong';
}

/** True if the record was written by a newer weft, so that only its core fields may be used. */
export function isFuture(record: AttachmentRecord): boolean {
  return record.format > recordFormat;
}

function damaged(damage: string): Decoded {
  return { ok: false, damage };
}

function hex(sum: number): string {
  return (sum >>> 0).toString(16).padStart(8, '0');
}

/** What is wrong with the core fields of a checked body; a wrong writer, not a torn file, gets here. */
export function coreComplaint(value: unknown): string | undefined {
  if (!isObject(value)) return 'it is not an object';
  if (!isNumber(value['format']) || value['format'] < 1) return 'format is not a number';
  if (!isNumber(value['sequence'])) return 'sequence is not a number';
  for (const field of ['bootId', 'cniArgs', 'cniPath']) {
    if (typeof value[field] !== 'string') return `${field} is not a string`;
  }
  const sandbox = value['sandbox'];
  if (!isObject(sandbox)) return 'sandbox is not an object';
  for (const field of ['containerId', 'ifname', 'netns']) {
    if (typeof sandbox[field] !== 'string') return `sandbox.${field} is not a string`;
  }
  const steps = value['steps'];
  if (!Array.isArray(steps)) return 'steps is not an array';
  return steps.every(isStep) ? undefined : 'a step lacks a core field';
}

const states: readonly StepState[] = ['pending', 'running', 'attached', 'deleting', 'leftover'];

function isStep(value: unknown): value is StepRecord {
  if (!isObject(value) || !states.includes(value['state'] as StepState)) return false;
  const step = value['step'];
  if (!isObject(step) || typeof step['kind'] !== 'string' || typeof step['id'] !== 'string') return false;
  if (step['kind'] !== 'delegate') return true;
  const texts = ['network', 'networkName', 'ifname', 'cniVersion'];
  if (!texts.every((field) => typeof step[field] === 'string')) return false;
  return Array.isArray(step['plugins']) && step['plugins'].every(isPluginCall);
}

function isPluginCall(value: unknown): boolean {
  return isObject(value) && typeof value['type'] === 'string' && typeof value['config'] === 'string';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
