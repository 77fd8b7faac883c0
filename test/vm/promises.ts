import { crc32 } from 'node:zlib';
import { decodeNodeFile } from '../../src/attachment/node-file.ts';
import { delegatesOf } from '../../src/attachment/plan.ts';
import type { AttachmentRecord } from '../../src/attachment/record.ts';
import { decodeRecord } from '../../src/attachment/record-codec.ts';
import { type DiskFiles, diskDirs, type SandboxEvent } from './cut-history.ts';

/** An address that host-local has given out: file named after it, container and interface inside. */
export interface Reservation {
  readonly address: string;
  readonly containerId: string;
  readonly ifname: string;
}

/**
 * Which promises of DESIGN §3.3 and §3.4 the disk breaks after a power cut, one readable line each:
 *
 * - every durable record is whole;
 * - a sandbox whose ADD was answered has a record with all of it attached, unless its DEL has begun;
 * - an address that is given out is named by a record, because that was durable before the first delegate ran;
 * - node.json and the configuration are whole or not there, and the first is there if the second is.
 */
export function brokenPromises(files: DiskFiles, events: readonly SandboxEvent[]): readonly string[] {
  const records = recordsOf(files);
  return [
    ...damagedRecords(files),
    ...livingSandboxes(events).flatMap((containerId) => complaintsOfLiving(records, containerId)),
    ...reservationsOf(files)
      .filter((reservation) => !records.some((record) => names(record, reservation)))
      .map(({ address, containerId }) => `no record names ${address}, given to ${containerId}`),
    ...installedComplaints(files),
  ];
}

/** What a DEL of each sandbox should have removed and has not, one readable line each. */
export function remainders(files: DiskFiles): readonly string[] {
  return [
    ...Object.keys(files).filter((path) => path.startsWith(`${diskDirs.state}/attachments/`)),
    ...reservationsOf(files).map(({ address, containerId }) => `${address} is still given to ${containerId}`),
  ];
}

/** Reservations with content. */
export function reservationsOf(files: DiskFiles): readonly Reservation[] {
  return addressFiles(files).flatMap(([path, text]) => {
    const [containerId = '', ifname = ''] = text.split('\r\n');
    return text === '' ? [] : [{ address: nameOf(path), containerId, ifname }];
  });
}

/**
 * Addresses whose file is empty: host-local does not sync its files, so a cut may leave the name without the content.
 * It has no way to free such an address itself, whoever calls its DEL; weft does not know its files.
 */
export function emptyReservations(files: DiskFiles): readonly string[] {
  return addressFiles(files)
    .filter(([, text]) => text === '')
    .map(([path]) => nameOf(path));
}

/** Of which the last event is the answer to an ADD. */
export function livingSandboxes(events: readonly SandboxEvent[]): readonly string[] {
  const last = new Map(events.map((event) => [event.containerId, event]));
  return [...last.values()]
    .filter(({ verb, phase }) => verb === 'ADD' && phase === 'answered')
    .map(({ containerId }) => containerId);
}

function complaintsOfLiving(records: readonly AttachmentRecord[], containerId: string): readonly string[] {
  const record = records.find(({ sandbox }) => sandbox.containerId === containerId);
  if (record === undefined) return [`${containerId} was attached and has no record`];
  return record.steps
    .filter(({ state }) => state !== 'attached')
    .map(({ step, state }) => `${containerId} was attached, and its step ${step.id} is ${state}`);
}

function names(record: AttachmentRecord, { containerId, ifname }: Reservation): boolean {
  const steps = delegatesOf(record.steps.map(({ step }) => step));
  return record.sandbox.containerId === containerId && steps.some((step) => step.ifname === ifname);
}

function recordFiles(files: DiskFiles): readonly (readonly [path: string, text: string])[] {
  const prefix = `${diskDirs.state}/attachments/`;
  return Object.entries(files).filter(([path]) => path.startsWith(prefix) && path.endsWith('.json'));
}

function recordsOf(files: DiskFiles): readonly AttachmentRecord[] {
  return recordFiles(files).flatMap(([, text]) => {
    const decoded = decodeRecord(text, crc32);
    return decoded.ok ? [decoded.record] : [];
  });
}

function damagedRecords(files: DiskFiles): readonly string[] {
  return recordFiles(files).flatMap(([path, text]) => {
    const decoded = decodeRecord(text, crc32);
    return decoded.ok ? [] : [`${path}: ${decoded.damage}`];
  });
}

function installedComplaints(files: DiskFiles): readonly string[] {
  const node = files[`${diskDirs.state}/node.json`];
  const conf = files[`${diskDirs.conf}/00-weft.conflist`];
  return [
    ...(conf !== undefined && node === undefined ? ['the configuration is there and node.json is not'] : []),
    ...(node === undefined ? [] : complaintOf('node.json', () => decodeNodeFile(node))),
    ...(conf === undefined ? [] : complaintOf('00-weft.conflist', () => JSON.parse(conf))),
  ];
}

function complaintOf(what: string, read: () => unknown): readonly string[] {
  try {
    read();
    return [];
  } catch (error) {
    return [`${what}: ${String(error)}`];
  }
}

/** Without host-local's lock and its memory of the last address. */
function addressFiles(files: DiskFiles): readonly (readonly [path: string, text: string])[] {
  return Object.entries(files).filter(
    ([path]) => path.startsWith(`${diskDirs.ipam}/`) && /^[0-9a-f.:]+$/.test(nameOf(path)),
  );
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
