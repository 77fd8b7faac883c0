import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RecordsSource } from '../../../src/agent/sources/records-directory.ts';
import type { AttachmentRecord } from '../../../src/attachment/record.ts';
import { encodeRecord } from '../../../src/attachment/record-codec.ts';
import { type Clock, systemClock } from '../../../src/daemon/clock.ts';
import { attachedWith, recordOf, stepIn } from '../attachment/records.ts';

let dir: string;
let source: RecordsSource;
/** The wall clock is ahead, so that stamps count as settled. */
const late: Clock = { ...systemClock, now: () => Date.now() + 60_000 };

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'weft-records-'));
  mkdirSync(join(dir, 'state/attachments'), { recursive: true });
  mkdirSync(join(dir, 'run'));
  writeFileSync(join(dir, 'run/boot-id'), 'boot-1\n');
  source = new RecordsSource({ stateDir: join(dir, 'state'), runDir: join(dir, 'run') }, late);
});
afterEach(() => rmSync(dir, { recursive: true }));

const result = { cniVersion: '1.0.0', interfaces: [{ name: 'eth0', sandbox: '/n' }] };
const attached = attachedWith({ ifname: 'eth0', network: 'cluster', plugins: [{ type: 'bridge' }] }, result);

function record(containerId: string, more: Partial<AttachmentRecord> = {}): AttachmentRecord {
  const sandbox = { containerId, ifname: 'eth0', netns: '' };
  return recordOf([attached], { sandbox, ...more });
}

function path(name: string): string {
  return join(dir, 'state/attachments', name);
}

function store(name: string, content: AttachmentRecord): void {
  // As the plugin does: beside and renamed.
  const text = encodeRecord(content, (body) => crc32(body));
  writeFileSync(path('.tmp'), text);
  renameSync(path('.tmp'), path(name));
}

describe('the records of a node', () => {
  it('are found by the uid of their pod, the newest first', () => {
    store('a:eth0.json', record('a', { createdAt: 1 }));
    store('b:eth0.json', record('b', { createdAt: 3 }));
    store('c:eth0.json', record('c', { createdAt: 2, sequence: 9 }));
    source.refresh();
    expect(source.attached('uid-a')?.sandbox).toBe('b');
    expect(source.attached('uid-b')).toBeUndefined();
    expect([...source.attachedPods()]).toHaveLength(3);
    expect(source.complete).toBe(true);
  });

  it('are those in place: no leftovers, no damaged ones, nothing that is being written', () => {
    store('a:eth0.leftover.json', record('a'));
    store('b:eth0.json.1.damaged', record('b'));
    store('.c:eth0.json', record('c'));
    store('d:eth0.json.tmp', record('d'));
    source.refresh();
    expect(source.attached('uid-a')).toBeUndefined();
    expect(source.problems()).toEqual([]);
  });

  it('are none where the directory is not there', () => {
    rmSync(join(dir, 'state'), { recursive: true });
    source.refresh();
    expect([source.complete, source.problems(), source.attached('uid-a')]).toEqual([true, [], undefined]);
  });

  it('of another boot, or of no known boot, are attached to nothing', () => {
    store('a:eth0.json', record('a'));
    for (const id of ['boot-2\n', '']) {
      writeFileSync(join(dir, 'run/boot-id'), id);
      source.refresh();
      expect(source.attached('uid-a')).toBeUndefined();
      expect(source.unsettled('uid-a', 'ns1', 'pod-a')).toBe(true);
    }
    rmSync(join(dir, 'run/boot-id'));
    source.refresh();
    expect(source.attached('uid-a')).toBeUndefined();
  });

  it('that are not all attached are none', () => {
    store('a:eth0.json', recordOf([attached, stepIn('deleting')]));
    source.refresh();
    expect(source.attached('uid-a')).toBeUndefined();
    expect(source.unsettled('uid-a', 'ns1', 'pod-a')).toBe(false);
  });

  it('that a DEL could not undo yet say so for two minutes', () => {
    const teardown = { calls: 1, firstAt: late.now(), retries: 0, nextAt: 0 };
    const steps = [stepIn('deleting')];
    store('a:eth0.json', record('a', { steps, teardown, createdAt: 1 }));
    store('b:eth0.json', record('b', { steps, teardown: { ...teardown, firstAt: 1 }, pod: pod('uid-b') }));
    source.refresh();
    expect(source.unsettled('uid-a', 'ns1', 'x')).toBe(true);
    expect(source.unsettled('uid-b', 'ns1', 'x')).toBe(false);
  });

  it('that an ADD is about to fill say so for two minutes', () => {
    store('a:eth0.json', record('a', { steps: [stepIn('pending')], createdAt: late.now() }));
    store('b:eth0.json', record('b', { steps: [stepIn('pending')], createdAt: 1, pod: pod('uid-b') }));
    source.refresh();
    expect(source.unsettled('uid-a', 'ns1', 'x')).toBe(true);
    expect(source.unsettled('uid-b', 'ns1', 'x')).toBe(false);
  });

  it('without a uid may be of the pod of that name', () => {
    store('a:eth0.json', record('a', { pod: pod('') }));
    source.refresh();
    expect(source.unsettled('uid-x', 'ns1', 'pod-a')).toBe(true);
    expect(source.unsettled('uid-x', 'ns1', 'pod-b')).toBe(false);
    expect([...source.attachedPods()]).toEqual([]);
  });

  it('whose result cannot be understood are neither attached nor missing', () => {
    store('a:eth0.json', recordOf([{ ...attached, result: '{"cniVersion":"9.0.0","ips":7}' }]));
    source.refresh();
    expect(source.attached('uid-a')).toBeUndefined();
    expect(source.unsettled('uid-a', 'ns1', 'pod-a')).toBe(true);
    expect(source.problems()).toEqual([expect.stringContaining('a result in it cannot be understood')]);
  });

  it('that are damaged are named, and are read again when they change', () => {
    store('a:eth0.json', record('a'));
    const text = readFileSync(path('a:eth0.json'), 'utf8');
    writeFileSync(path('a:eth0.json'), text.replace('pod-a', 'pod-b'));
    source.refresh();
    expect(source.problems()).toEqual(['record a:eth0.json cannot be used: its checksum is wrong']);
    expect([source.complete, source.attached('uid-a')]).toEqual([true, undefined]);
    store('a:eth0.json', record('a'));
    source.refresh();
    expect([source.problems(), source.attached('uid-a')?.sandbox]).toEqual([[], 'a']);
  });

  it('that cannot be read count as they did before', () => {
    store('a:eth0.json', record('a'));
    source.refresh();
    rmSync(path('a:eth0.json'));
    mkdirSync(path('a:eth0.json'));
    source.refresh();
    expect([source.complete, source.attached('uid-a')?.sandbox]).toEqual([false, 'a']);
    rmSync(join(dir, 'state/attachments'), { recursive: true });
    writeFileSync(join(dir, 'state/attachments'), '');
    source.refresh();
    expect([source.complete, source.attached('uid-a')?.sandbox]).toEqual([false, 'a']);
  });

  it('are not parsed again while their stamp is the same', () => {
    store('a:eth0.json', record('a'));
    source.refresh();
    const before = source.attached('uid-a');
    const text = readFileSync(path('a:eth0.json'), 'utf8');
    source.refresh();
    expect(source.attached('uid-a')).toBe(before);
    // New bytes of the same length under a time that was there before still have another change time.
    writeFileSync(path('a:eth0.json'), text.replace('"sequence":1', '"sequence":2'));
    utimesSync(path('a:eth0.json'), 1, 1);
    source.refresh();
    expect(source.problems()).toHaveLength(1);
  });
});

describe('what a plugin tells', () => {
  it('counts at once, and is the same object when the look at the disk says the same', () => {
    source.refresh();
    source.take(record('a'));
    const told = source.attached('uid-a');
    expect(told?.sandbox).toBe('a');
    store('a:eth0.json', record('a'));
    source.refresh();
    expect(source.attached('uid-a')).toBe(told);
  });

  it('ends with the next look where the disk does not have it', () => {
    source.take(record('a'));
    source.refresh();
    expect(source.attached('uid-a')).toBeUndefined();
  });

  it('is passed over where it is older than what is known, and forgotten once it is undone', () => {
    store('a:eth0.json', record('a', { sequence: 5 }));
    source.refresh();
    source.take(record('a', { sequence: 4, steps: [] }));
    expect(source.attached('uid-a')?.sequence).toBe(5);
    source.take(record('a', { sequence: 6, steps: [stepIn('pending')] }));
    expect(source.attached('uid-a')).toBeUndefined();
  });
});

function pod(uid: string): { namespace: string; name: string; uid: string } {
  return { namespace: 'ns1', name: 'pod-a', uid };
}
