import { describe, expect, it } from 'vitest';
import { attach, type RecordHead, RolledBack } from '../../../src/executor/attach.ts';
import { defaultBudgets } from '../../../src/executor/budgets.ts';
import { detach } from '../../../src/executor/detach.ts';
import { RecordStore } from '../../../src/executor/record-store.ts';
import type { Operation } from '../../../src/executor/working-record.ts';
import { planFor } from '../../fakes/plan.ts';
import { MemorySys, type ProcessOptions } from '../../fakes/sys-memory/memory-sys.ts';
import { type Mood, World } from '../../fakes/sys-memory/world.ts';
import { sandbox } from '../attachment/records.ts';
import { caught } from '../cni/caught.ts';

const directories = { stateDir: '/var/lib/weft', runDir: '/run/weft' };
const { netns, containerId } = sandbox;
const head: RecordHead = {
  weft: '0.1.0',
  bootId: 'boot-1',
  sandbox,
  cniArgs: 'A=1',
  cniPath: '/bin',
  cniVersion: '1.0.0',
};
const plan = planFor(
  sandbox,
  [
    { ifname: 'eth0', plugins: [{ type: 'bridge', gateway: '10.1.0.1' }] },
    { ifname: 'net1', plugins: [{ type: 'macvlan' }, { type: 'portmap' }], informed: ['macvlan'] },
  ],
  { ifname: 'net1', gateways: ['10.2.0.1'] },
);

interface Node {
  readonly world: World;
  readonly sys: MemorySys;
  readonly operation: Operation;
}

/** A sandbox that also has a link which nobody had seen before ADD. */
function nodeWith(moods: readonly Mood[] = [], options: ProcessOptions = {}): Node {
  const world = new World();
  world.install('/bin', 'bridge', 'macvlan', 'portmap');
  world.addSandbox(netns).links.add('vethdeadbeef');
  world.moods = [...moods];
  const sys = new MemorySys(world, options);
  const store = new RecordStore(sys, directories, 'k', 'boot-1');
  const context = { containerId, netns, cniArgs: 'A=1', cniPath: ['/bin'], deviceInfoDir: '/run/info' };
  return { world, sys, operation: { sys, store, budgets: defaultBudgets, context } };
}

function add({ operation }: Node, conclude: () => unknown = () => 'told') {
  return attach(operation, { plan, head, sequence: 5, taken: ['lo'] }, conclude);
}

function rolledBack(node: Node, conclude?: () => unknown): RolledBack {
  try {
    add(node, conclude);
  } catch (error) {
    if (error instanceof RolledBack) return error;
    throw error;
  }
  throw new Error('ADD succeeded');
}

function stored({ world }: Node): ReturnType<RecordStore['load']> {
  return new RecordStore(new MemorySys(world), directories, 'k', 'boot-1').load();
}

const fail = (type: string, verb: Mood['verb'], how: Mood['how'] = 'fail'): Mood => ({ type, verb, how });

describe('an ADD that succeeds', () => {
  it('settles a record with every step attached, and what was concluded from it', () => {
    const node = nodeWith();
    const { record, conclusion } = add(node);
    expect(conclusion).toBe('told');
    expect(stored(node)).toEqual({ kind: 'record', record });
    expect(record).toMatchObject({ ...head, pod: plan.pod, sequence: 6 });
    expect(record).not.toHaveProperty('linksBefore');
    expect(record.steps.map(({ state }) => state)).toEqual(['attached', 'attached', 'attached']);
    const [first, second, third] = record.steps;
    expect(JSON.parse(first?.result ?? '')).toMatchObject({ interfaces: [{ name: 'eth0' }] });
    expect(first).not.toHaveProperty('deviceInfo');
    expect(second).not.toHaveProperty('warnings');
    expect(third?.routes?.added).toMatchObject([{ ifname: 'net1', gateway: '10.2.0.1' }]);
    // The fake bridge takes four pauses of a millisecond, and calls take a hundredth.
    for (const { tookMs } of record.steps) expect(tookMs).toBe(Math.round((tookMs ?? 0) * 10) / 10);
    expect(first?.tookMs).toBeGreaterThan(3.9);
    expect(first?.tookMs).toBeLessThan(6);
  });

  it('has no pod where the plan has none', () => {
    const { pod: _pod, ...bare } = plan;
    const { record } = attach(
      nodeWith().operation,
      { plan: bare, head, sequence: 1, taken: [] },
      () => undefined,
    );
    expect(record).not.toHaveProperty('pod');
  });
});

describe('an ADD that fails', () => {
  it.each([
    ['its first plugin', [fail('bridge', 'ADD')], ['bridge'], 'bridge refuses ADD eth0'],
    [
      'its last plugin',
      [fail('portmap', 'ADD')],
      ['portmap', 'macvlan', 'bridge'],
      'portmap refuses ADD net1',
    ],
    [
      'after the work',
      [fail('macvlan', 'ADD', 'fail-after-work')],
      ['portmap', 'macvlan', 'bridge'],
      'macvlan fails after',
    ],
    ['by what is not there', [fail('macvlan', 'ADD', 'unrunnable')], ['bridge'], 'cannot be run'],
  ])('in %s leaves nothing but the reason', (_where, moods, undone, words) => {
    const node = nodeWith(moods);
    const error = rolledBack(node);
    expect(error.name).toBe('RolledBack');
    expect(error.message).toContain(words);
    expect(error.failure.message).toBe(error.message);
    const deletes = node.world.log.filter(({ verb }) => verb === 'DEL').map(({ type }) => type);
    expect(deletes).toEqual(expect.arrayContaining(undone));
    expect(deletes.at(-1)).toBe('bridge');
    const found = stored(node);
    expect(found.kind).toBe('record');
    if (found.kind !== 'record') return;
    expect(found.record).toMatchObject({ sequence: 6, steps: [], failure: { code: error.failure.code } });
    expect(found.record.failure?.msg).toContain(words);
    expect(found.record).not.toHaveProperty('linksBefore');
    expect(error.record.steps.map(({ state }) => state)).toEqual(['pending', 'pending', 'pending']);
    expect(node.world.remains(['/run/weft/attachments/k.json'])).toEqual([]);
  });

  it('because of its conclusion is undone like any other', () => {
    const node = nodeWith();
    const error = rolledBack(node, () => {
      throw new Error('too large');
    });
    expect(error.message).toContain('too large');
    expect(node.world.remains(['/run/weft/attachments/k.json'])).toEqual([]);
  });

  it('and cannot be undone stays as a leftover', () => {
    const node = nodeWith([fail('portmap', 'ADD'), fail('macvlan', 'DEL')]);
    const error = rolledBack(node);
    expect(error.message).toContain('portmap refuses ADD net1');
    expect(error.record.steps.map(({ state }) => state)).toEqual(['pending', 'leftover', 'pending']);
    expect(node.world.disk.files('/var/lib/weft')).toEqual(['/var/lib/weft/attachments/k.leftover.json']);
    expect(stored(node)).toEqual({ kind: 'record', record: error.record });
  });

  it('hangs no longer than its step, and is undone within the time of ADD', () => {
    const node = nodeWith([fail('macvlan', 'ADD', 'hang'), fail('macvlan', 'DEL', 'hang')]);
    const start = node.world.nowMs;
    const error = rolledBack(node);
    expect(error.failure.reason).toBe('DelegateTimeout');
    // 30 s of the step, then half of the 30 s that ADD has left, because there are two to undo.
    expect(Math.round((node.world.nowMs - start) / 1000)).toBe(45);
  });

  it('names the failure of ADD also where nothing more can be written', () => {
    const node = nodeWith([fail('portmap', 'ADD')]);
    const operation = { ...node.operation, store: failingStore(node.sys) };
    const error = rolledBack({ ...node, operation });
    expect(error.message).toContain('portmap refuses ADD net1');
  });
});

/** Writes the intent, and after that nothing but the journal of ADD. */
function failingStore(sys: MemorySys): RecordStore {
  const fails = (): never => {
    throw new Error('disk full');
  };
  return Object.assign(new RecordStore(sys, directories, 'k', 'boot-1'), { refuse: fails, park: fails });
}

describe('DEL of a record', () => {
  function attached(...moods: readonly Mood[]): Node & { readonly record: ReturnType<typeof add>['record'] } {
    const node = nodeWith();
    const { record } = add(node);
    node.world.moods = [...moods];
    return { ...node, record };
  }

  const soon = ({ world }: Node): number => world.nowMs + 9000;

  it('leaves nothing, and says so', () => {
    const node = attached();
    const { how, record } = detach(node.operation, node.record, soon(node));
    expect(how).toBe('clean');
    expect(record.steps.map(({ state }) => state)).toEqual(['pending', 'pending', 'attached']);
    expect(node.world.remains()).toEqual(['link /run/netns/a vethdeadbeef']);
  });

  it.each([
    [[fail('bridge', 'DEL')], 120, /^[^(]*bridge refuses DEL eth0/],
    [[fail('bridge', 'DEL'), fail('portmap', 'DEL')], 120, /portmap refuses DEL net1 \(and 1 more\)/],
    [[fail('portmap', 'DEL', 'unrunnable')], undefined, /portmap cannot be run/],
  ])('fails with the first failure, and how many more: %j', (moods, code, words) => {
    const node = attached(...moods);
    const error = caught(() => detach(node.operation, node.record, soon(node)));
    expect(error.reason).toBe('TeardownFailed');
    expect(error.failure.code).toBe(code);
    expect(error.failure.cause).toMatch(words);
    expect(error.failure.cause?.includes('more)')).toBe(moods.length > 1);
  });

  it('of an ADD that was killed takes its half-made links with it', () => {
    const node = attached();
    const halfAdded = {
      ...node.record,
      linksBefore: ['lo'],
      steps: node.record.steps.map((step) => ({ ...step, state: 'running' as const })),
    };
    detach(node.operation, halfAdded, soon(node));
    expect(node.world.remains()).toEqual([]);
  });

  it('gives each attachment its share of the time', () => {
    const node = attached(fail('portmap', 'DEL', 'hang'), fail('bridge', 'DEL', 'hang'));
    const start = node.world.nowMs;
    expect(caught(() => detach(node.operation, node.record, start + 8000)).failure.cause).toContain(
      '(and 1 more)',
    );
    expect(Math.round((node.world.nowMs - start) / 100)).toBe(80);
  });

  it('that has failed three times gives up, and says what is left', () => {
    const node = attached(fail('bridge', 'DEL'));
    let { record } = node;
    for (let tried = 0; tried < 3; tried += 1) {
      caught(() => detach(node.operation, record, soon(node)));
      const found = stored(node);
      if (found.kind === 'record') ({ record } = found);
    }
    const { how, record: left } = detach(node.operation, record, soon(node));
    expect(how).toBe('leftover');
    expect(left.steps.map(({ state }) => state)).toEqual(['leftover', 'pending', 'pending']);
    expect(stored(node)).toEqual({ kind: 'record', record: left });
  });
});
