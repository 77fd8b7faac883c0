import { describe, expect, it } from 'vitest';
import { defaultBudgets } from '../../../src/executor/budgets.ts';
import { halfMadeNames, removeHalfMade } from '../../../src/executor/half-made.ts';
import { RecordStore } from '../../../src/executor/record-store.ts';
import { WorkingRecord } from '../../../src/executor/working-record.ts';
import { MemorySys } from '../../fakes/sys-memory/memory-sys.ts';
import { World } from '../../fakes/sys-memory/world.ts';
import { recordOf } from '../attachment/records.ts';

const netns = '/run/netns/a';

describe('what a killed delegate has left half-made', () => {
  it.each([
    [['veth0badcafe'], ['lo', 'veth0badcafe', 'vethdeadbeef', 'eth0'], ['vethdeadbeef']],
    [[], ['veth0badcaf', 'veth0badcafe1', 'vethBADCAFE0', 'xveth0badcafe', 'vethghijklmn'], []],
    [[], ['veth01234567', 'vethabcdef89'], ['veth01234567', 'vethabcdef89']],
  ])('with %j before and %j now is %j', (before, now, names) => {
    expect(halfMadeNames(before, now)).toEqual(names);
  });

  function removing(linksBefore: readonly string[] | undefined, where: string): World {
    const world = new World();
    const { links } = world.addSandbox(netns);
    for (const name of ['eth0', 'veth0badcafe', 'veth00000001']) links.add(name);
    const deadlines: number[] = [];
    const sys = new (class extends MemorySys {
      override removeLink(place: string, name: string, deadline: number): void {
        deadlines.push(deadline - this.monotonicMs());
        super.removeLink(place, name, deadline);
      }
    })(world);
    const directories = { stateDir: '/var/lib/weft', runDir: '/run/weft' };
    const context = { containerId: 'c', netns: where, cniArgs: '', cniPath: [] };
    const operation = {
      sys,
      store: new RecordStore(sys, directories, 'k', 'b'),
      budgets: defaultBudgets,
      context,
    };
    const record = recordOf([], linksBefore === undefined ? {} : { linksBefore });
    removeHalfMade(operation, new WorkingRecord(operation, record, 'best-effort'));
    for (const deadline of deadlines) expect(deadline).toBe(5000);
    return world;
  }

  const left = (world: World): readonly string[] => [...(world.sandboxes.get(netns)?.links ?? [])].sort();

  it('is removed, and nothing else', () => {
    expect(left(removing(['lo', 'veth00000001'], netns))).toEqual(['eth0', 'lo', 'veth00000001']);
  });

  it.each([
    ['nobody has looked before', undefined, netns],
    ['there is no sandbox any more', [], ''],
    ['the sandbox cannot be entered', [], '/run/netns/gone'],
  ])('stays where %s', (_why, before, where) => {
    expect(left(removing(before, where))).toEqual(['eth0', 'lo', 'veth00000001', 'veth0badcafe']);
  });
});
