import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asWeftError } from '../../../src/errors/weft-error.ts';
import { Scene } from './informer-scene.ts';
import { bookmark, event, status } from './objects.ts';

describe('Informer: the watch', () => {
  it('tells additions, changes and removals in their order', async () => {
    const scene = new Scene();
    const watch = await scene.running();
    await watch.send(
      event('ADDED', { name: 'a', version: 11, data: '1' }),
      event('MODIFIED', { name: 'a', version: 12, data: '2' }),
      event('DELETED', { name: 'a', version: 13, data: '2' }),
    );
    expect(scene.news()).toEqual(['synced', 'added a=1', 'changed a=2 (1)', 'removed a=2']);
    expect(scene.informer.counts).toEqual({ lists: 1, watches: 1, events: 3, failures: 0 });
  });

  it('does not tell events that come twice, nor changes that the projection does not show', async () => {
    const scene = new Scene();
    const watch = await scene.running({ name: 'a', version: 5, data: '1' });
    scene.news();
    const change = event('MODIFIED', { name: 'a', version: 12, data: '2' });
    await watch.send(event('ADDED', { name: 'a', version: 5, data: '1' }), change, change);
    await watch.send(event('MODIFIED', { name: 'a', version: 13, data: '2' }));
    await watch.send(
      event('DELETED', { name: 'a', version: 14 }),
      event('ADDED', { name: 'a', version: 13, data: '2' }),
    );
    expect(scene.news()).toEqual(['changed a=2 (1)', 'removed a=2']);
  });

  it('goes on at once, from the last bookmark, when the server ends a watch whose time is up', async () => {
    const scene = new Scene();
    const watch = await scene.running();
    for (let minute = 1; minute <= 5; minute += 1) {
      await scene.clock.pass(60_000);
      await watch.send(bookmark(100 + minute));
    }
    await watch.end();
    expect((await scene.watch()).query['resourceVersion']).toBe('105');
    expect(scene.reports).toEqual([]);
  });

  it('goes on after the last whole event when the connection breaks off in mid-line, without a list', async () => {
    const scene = new Scene();
    const watch = await scene.running({ name: 'kept', version: 1 });
    await watch.send(event('ADDED', { name: 'a', version: 11 }), '{"type":"ADDED","object":{"metadata":{"na');
    await watch.break(new Error('read ECONNRESET'));
    expect(scene.reports[0]?.error.message).toContain(
      'watch pods: the connection broke off: read ECONNRESET',
    );
    expect(scene.informer.problem?.reason).toBe('ApiUnreachable');
    await scene.pause();
    const next = await scene.watch();
    expect(next.query['resourceVersion']).toBe('11');
    expect(scene.informer.problem).toBeUndefined();
    await next.send(event('ADDED', { name: 'b', version: 12 }));
    expect(scene.news()).toEqual(['added kept=', 'synced', 'added a=', 'added b=']);
    expect(scene.informer.counts.lists).toBe(1);
  });

  it('takes a proper end in mid-line for a broken connection', async () => {
    const scene = new Scene();
    const watch = await scene.running();
    await watch.send('{"type":');
    await watch.end();
    expect(scene.reports[0]?.error.reason).toBe('ApiUnreachable');
  });

  it.each([
    ['an ERROR event', 'event'],
    ['the HTTP status', 'status'],
  ])('lists again on a 410 as %s: what went is removed, what stayed is not told', async (_, form) => {
    const scene = new Scene();
    const watch = await scene.running(
      { name: 'stays', version: 1, data: 's' },
      { name: 'goes', version: 2, data: 'g' },
    );
    scene.news();
    const expired = status(410, 'Expired', 'too old resource version: 10 (50)');
    if (form === 'event') await watch.send({ type: 'ERROR', object: expired });
    else {
      await watch.break();
      await scene.pause();
      await (await scene.server.next()).answer(410, expired);
    }
    expect(scene.reports.at(-1)?.error.reason).toBe('ApiExpired');
    expect(scene.informer.size).toBe(2);
    await scene.pause();
    await scene.list(60, { name: 'stays', version: 1, data: 's' }, { name: 'comes', version: 55, data: 'c' });
    expect(scene.news()).toEqual(['removed goes=g', 'added comes=c']);
    expect((await scene.watch()).query['resourceVersion']).toBe('60');
  });

  it('finds a dead connection by its silence, and goes on from the last bookmark', async () => {
    const scene = new Scene();
    const watch = await scene.running();
    await scene.clock.pass(60_000);
    await watch.send(bookmark(20));
    await scene.clock.pass(149_000);
    expect(watch.aborted).toBe(false);
    await scene.clock.pass(1_000);
    expect(watch.aborted).toBe(true);
    expect(scene.reports[0]?.error.message).toContain('silent for 150000 ms');
    await scene.pause();
    expect((await scene.watch()).query['resourceVersion']).toBe('20');
  });

  it('lists again after a watch that brought not even a bookmark: the server may not know our version', async () => {
    const scene = new Scene();
    await scene.running({ name: 'a', version: 9, data: '1' });
    scene.news();
    await scene.clock.pass(150_000);
    await scene.pause();
    await scene.list(5, { name: 'a', version: 4, data: '1' });
    expect(scene.news()).toEqual([]);
    expect((await scene.watch()).query['resourceVersion']).toBe('5');
  });

  it('lists again when the history of the server has gone back', async () => {
    const scene = new Scene();
    const watch = await scene.running();
    await watch.send(bookmark(9));
    expect(scene.reports[0]?.error.reason).toBe('ApiExpired');
    await scene.pause();
    await scene.list(9);
  });

  it('gives up a watch that is not answered within half a minute', async () => {
    const scene = new Scene();
    scene.informer.start();
    await scene.list(10);
    const call = await scene.server.next();
    await scene.clock.pass(30_000);
    expect(call.aborted).toBe(true);
    await scene.pause();
    expect((await scene.watch()).query['resourceVersion']).toBe('10');
  });

  it('lists again after three watches in a row that the server could not begin, but not while it is only away', async () => {
    const scene = new Scene();
    const watch = await scene.running();
    await watch.break();
    for (let tried = 0; tried < 5; tried += 1) {
      await scene.pause();
      await (await scene.server.next()).break(new Error('connect ECONNREFUSED'));
    }
    for (let tried = 0; tried < 3; tried += 1) {
      await scene.pause();
      const call = await scene.server.next();
      expect(call.kind).toBe('stream');
      await call.answer(504, status(504, 'Timeout', 'Too large resource version: 10, current: 5'));
    }
    await scene.pause();
    await scene.list(6);
    expect((await scene.watch()).query['resourceVersion']).toBe('6');
  });

  it('does not list again because a busy server refuses watches, nor because of refusals between which events came', async () => {
    const scene = new Scene();
    const refuse = async (code: number): Promise<void> => {
      await scene.pause();
      await (await scene.server.next()).answer(code, status(code, '', 'no'));
    };
    let watch = await scene.running();
    await watch.break();
    for (let tried = 0; tried < 5; tried += 1) await refuse(429);
    for (let round = 0; round < 3; round += 1) {
      await refuse(500);
      await refuse(500);
      await scene.pause();
      watch = await scene.watch();
      await watch.send(bookmark(100 + round));
      await watch.break();
    }
    expect(scene.informer.counts.lists).toBe(1);
  });

  it('waits longer and longer for a server that ends each watch at once', async () => {
    const scene = new Scene();
    let watch = await scene.running();
    const pauses: number[] = [];
    for (let tried = 0; tried < 4; tried += 1) {
      const before = scene.clock.monotonic();
      await watch.end();
      while (scene.server.waiting === 0) await scene.clock.pass(100);
      pauses.push(scene.clock.monotonic() - before);
      watch = await scene.watch();
    }
    expect(pauses).toEqual([500, 1000, 2000, 4000]);
    await scene.clock.pass(30_000);
    await watch.break();
    expect(scene.reports.at(-1)?.retryInMs).toBe(500);
  });

  it.each([
    ['no JSON', 'gibberish\n'],
    ['no event', '{"kind":"Pod"}\n'],
    ['of an unknown type', '{"type":"NEWS","object":{"metadata":{"name":"a","resourceVersion":"12"}}}\n'],
    ['without a version', '{"type":"ADDED","object":{"metadata":{"name":"a"}}}\n'],
    ['without a name', '{"type":"ADDED","object":{"metadata":{"resourceVersion":"12"}}}\n'],
    ['an ERROR without a Status', '{"type":"ERROR"}\n'],
  ])('a line that is %s ends the watch, is reported, and is not skipped', async (_, line) => {
    const scene = new Scene();
    const watch = await scene.running();
    await watch.send(line);
    expect(scene.reports[0]?.error.reason).toBe('ApiFailed');
    expect(watch.aborted).toBe(true);
    await scene.pause();
    expect((await scene.watch()).query['resourceVersion']).toBe('10');
  });

  it('reports what a handler or a projection throws, and goes on', async () => {
    const scene = new Scene({
      project: (object) => {
        if (object.metadata.name === 'odd') throw new Error('odd object');
        return object.metadata.name;
      },
    });
    const watch = await scene.running();
    scene.told.push = (): number => {
      throw new Error('handler');
    };
    await watch.send(
      event('ADDED', { name: 'odd', version: 11 }),
      event('ADDED', { name: 'a', version: 12 }),
    );
    expect(scene.reports.map(({ error }) => error.failure.cause)).toEqual(['odd object', 'handler']);
    expect([...scene.informer.values()]).toEqual(['a']);
    expect(watch.aborted).toBe(false);
  });

  it('close ends the connection, and nothing is told after it', async () => {
    const scene = new Scene();
    const watch = await scene.running();
    scene.news();
    const closed = scene.informer.close();
    await watch.send(event('ADDED', { name: 'a', version: 11 }));
    await closed;
    expect(watch.aborted).toBe(true);
    expect(scene.news()).toEqual([]);
    expect(scene.reports).toEqual([]);
    expect(scene.clock.pending).toBe(0);
    expect(scene.server.waiting).toBe(0);
  });

  it('a handler may close it; the rest of what came is not told', async () => {
    const scene = new Scene();
    const watch = await scene.running();
    scene.told.push = (line) => {
      void scene.informer.close();
      return scene.reports.push({ error: asWeftError(line), retryInMs: 0 });
    };
    const lines = [event('ADDED', { name: 'a', version: 11 }), event('ADDED', { name: 'b', version: 12 })];
    await watch.send(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    expect(scene.reports.map(({ error }) => error.failure.cause)).toEqual(['added a=']);
  });

  it.each(['list', 'pause'])('close during a %s ends it too', async (moment) => {
    const scene = new Scene();
    scene.informer.start();
    const call = await scene.server.next();
    if (moment === 'pause') await call.break();
    await scene.informer.close();
    expect(call.aborted || moment === 'pause').toBe(true);
    expect(scene.clock.pending).toBe(0);
    expect(scene.server.waiting).toBe(0);
  });
});

/** What happens on a real server: objects change, connections break, histories are forgotten, events come twice. */
type Turn =
  | { readonly type: 'set'; readonly name: string; readonly data: string }
  | { readonly type: 'delete'; readonly name: string }
  | { readonly type: 'break' | 'expire' | 'repeat' | 'bookmark' };

const names = fc.constantFrom('a', 'b', 'c');
const turn: fc.Arbitrary<Turn> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constant('set' as const), name: names, data: fc.constantFrom('1', '2') }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('delete' as const), name: names }) },
  fc.record({
    type: fc.constantFrom('break' as const, 'expire' as const, 'repeat' as const, 'bookmark' as const),
  }),
);

describe('Informer, whatever happens', () => {
  it('ends with the state of the server, and a listener who heard only news knows it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(turn, { maxLength: 25 }), async (turns) => {
        const scene = new Scene();
        const server = new Map<string, { version: number; uid: string; data: string }>();
        const log: { version: number; event: object }[] = [];
        let version = 10;
        let watch = await scene.running();
        for (const step of turns) {
          version += 1;
          const known = step.type === 'set' || step.type === 'delete' ? server.get(step.name) : undefined;
          if (step.type === 'set') {
            const entry = { version, uid: known?.uid ?? `${version}`, data: step.data };
            server.set(step.name, entry);
            log.push({ version, event: event(known ? 'MODIFIED' : 'ADDED', { name: step.name, ...entry }) });
            await watch.send(log.at(-1)?.event);
          } else if (step.type === 'delete' && known !== undefined) {
            server.delete(step.name);
            log.push({ version, event: event('DELETED', { name: step.name, ...known, version }) });
            await watch.send(log.at(-1)?.event);
          } else if (step.type === 'repeat') await watch.send(...log.slice(-3).map((entry) => entry.event));
          else if (step.type === 'bookmark') await watch.send(bookmark(version));
          else if (step.type === 'break') {
            await watch.send('{"type":"ADD');
            await watch.break();
            await scene.pause();
            watch = await scene.watch();
            const from = Number(watch.query['resourceVersion']);
            await watch.send(...log.filter((entry) => entry.version > from).map((entry) => entry.event));
          } else if (step.type === 'expire') {
            await watch.send({ type: 'ERROR', object: status(410, 'Expired', 'too old') });
            await scene.pause();
            await scene.list(version, ...[...server].map(([name, entry]) => ({ name, ...entry })));
            watch = await scene.watch();
          }
        }
        const wanted = [...server].map(([name, { data }]) => `${name}=${data}`).sort();
        expect([...scene.informer.values()].sort()).toEqual(
          [...server.values()].map(({ data }) => data).sort(),
        );
        expect(listener(scene.told)).toEqual(wanted);
        await scene.informer.close();
      }),
      { numRuns: process.env['WEFT_LONG'] === '1' ? 500 : 60 },
    );
  });
});

/** What a listener knows in the end; throws on anything that was no news to him. */
function listener(told: readonly string[]): readonly string[] {
  const known = new Map<string, string>();
  for (const line of told.filter((text) => text !== 'synced')) {
    const [, verb = '', name = '', value = '', old] = /^(\w+) (\w+)=(\w*)(?: \((\w*)\))?$/.exec(line) ?? [];
    const before = known.get(name);
    const isNews =
      verb === 'added' ? before === undefined : before === (old ?? value) && before !== undefined;
    if (!isNews || (verb === 'changed' && old === value))
      throw new Error(`no news: ${line}, known: ${before}`);
    if (verb === 'removed') known.delete(name);
    else known.set(name, value);
  }
  return [...known].map(([name, value]) => `${name}=${value}`).sort();
}
