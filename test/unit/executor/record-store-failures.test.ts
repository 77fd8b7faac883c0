import { describe, expect, it } from 'vitest';
import { RecordStore } from '../../../src/executor/record-store.ts';
import { recordPaths } from '../../../src/executor/state-paths.ts';
import { SysError } from '../../../src/executor/sys.ts';
import { MemorySys } from '../../fakes/sys-memory/memory-sys.ts';
import { World } from '../../fakes/sys-memory/world.ts';
import { reasonOf } from '../attachment/reason-of.ts';
import { recordOf, stepIn } from '../attachment/records.ts';
import { caught } from '../cni/caught.ts';

const directories = { stateDir: '/var/lib/weft', runDir: '/run/weft' };
const paths = recordPaths(directories, 'key');
const record = recordOf([stepIn('attached')], { sequence: 3 });

function storeOn(sys: MemorySys): RecordStore {
  return new RecordStore(sys, directories, 'key', 'boot-1');
}

/** A world with a settled record. */
function settled(): World {
  const world = new World();
  storeOn(new MemorySys(world)).begin(record);
  return world;
}

describe('the files of a record', () => {
  it.each([
    ['load', 'StateUnreadable: read the record', (store: RecordStore) => store.load()],
    ['begin', 'StateUnwritable: write the record', (store: RecordStore) => store.begin(record)],
    ['refuse', 'StateUnwritable: write the refusal', (store: RecordStore) => store.refuse(record)],
    ['note', 'StateUnwritable: write the journal', (store: RecordStore) => store.note(3, stepIn('running'))],
    ['settle', 'StateUnwritable: write the record', (store: RecordStore) => store.settle(record)],
    ['park', 'StateUnwritable: write the leftover', (store: RecordStore) => store.park(record)],
    ['remove', 'StateUnwritable: remove the record', (store: RecordStore) => store.remove()],
    [
      'setAside',
      'StateUnwritable: set the damaged record aside',
      (store: RecordStore) => store.setAside(() => record),
    ],
  ] as const)('whose disk fails in %s say what could not be done: %s', (_name, words, act) => {
    const world = settled();
    const sys = new MemorySys(world, { fail: { call: 0, errno: 'EIO' } });
    const { reason, failure } = caught(() => act(storeOn(sys)));
    expect(`${reason}: ${failure.step}`).toBe(words);
    expect(failure.cause).toMatch(/^\/(run|var\/lib)\/weft\/attachments\/key\.[a-z.]+: EIO$/);
  });

  it('name the end of a long path', () => {
    const far = { ...directories, runDir: `/${'d'.repeat(150)}` };
    const sys = new MemorySys(new World(), { fail: { call: 0, errno: 'EIO' } });
    const { failure } = caught(() => new RecordStore(sys, far, 'key', 'boot-1').load());
    expect(failure.cause).toBe(`${recordPaths(far, 'key').volatile.slice(-100)}: EIO`);
  });

  it('that are too long to be read are damaged', () => {
    const world = settled();
    const sys = new (class extends MemorySys {
      override readText(path: string): string {
        throw new SysError('EFBIG', 'readText', path);
      }
    })(world);
    expect(storeOn(sys).load()).toEqual({ kind: 'damaged', damage: 'it is not text' });
  });

  it('of a damaged record stay where they cannot be kept', () => {
    const world = settled();
    for (const path of [paths.volatile, paths.durable]) world.disk.plant(path, '{ damaged');
    const sys = new (class extends MemorySys {
      override link(from: string): void {
        throw new SysError('EIO', 'link', from);
      }
    })(world);
    expect(reasonOf(() => storeOn(sys).setAside(() => record))).toBe('StateUnwritable');
    expect(storeOn(new MemorySys(world)).load().kind).toBe('damaged');
  });
});
