import {
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfDirectory } from '../../../src/agent/sources/conf-directory.ts';
import { StampedDirectory } from '../../../src/agent/sources/stamped-directory.ts';
import { type Clock, systemClock } from '../../../src/daemon/clock.ts';

/** For this clock every file is old enough to be trusted by its stamp, so that what is kept is really used. */
const later: Clock = { ...systemClock, now: () => Date.now() + 60_000 };

let root: string;

beforeEach(() => {
  root = mkdtempSync(`${tmpdir()}/weft-stamped-`);
  mkdirSync(`${root}/d`);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(name: string, text: string): void {
  writeFileSync(`${root}/${name}`, text);
}

function directory(clock: Clock = later): StampedDirectory {
  return new StampedDirectory(`${root}/d`, clock, (name) => name.endsWith('.conf'));
}

/** Name to text, as `read` has it. */
function shown(source: StampedDirectory): Record<string, string | undefined> {
  return Object.fromEntries(source.read().files.map(({ name, text }) => [name, text]));
}

/** The kernel stamps with its tick: a change that must have another time has to come in another one. */
async function nextTick(path: string): Promise<void> {
  const before = statSync(path).ctimeMs;
  const probe = `${root}/probe`;
  do {
    await new Promise((resolve) => setTimeout(resolve, 2));
    writeFileSync(probe, '');
  } while (statSync(probe).ctimeMs <= before);
}

describe('a directory that is read again and again', () => {
  it('is the same object for as long as nothing changes, also where nothing has settled', () => {
    put('d/a.conf', 'one');
    for (const clock of [later, systemClock]) {
      const source = directory(clock);
      const first = source.read();
      expect(source.read()).toBe(first);
      expect(first.files[0]).toMatchObject({ name: 'a.conf', text: 'one', problem: undefined });
    }
  });

  it('shows the very next reader a file that was edited in place, to the same length', async () => {
    put('d/a.conf', 'one');
    put('d/b.conf', 'two');
    const source = directory();
    const [, b] = source.read().files;
    const stamp = statSync(`${root}/d`).mtimeMs;
    await nextTick(`${root}/d/a.conf`);
    put('d/a.conf', 'ONE');
    expect(statSync(`${root}/d`).mtimeMs).toBe(stamp);
    expect(shown(source)).toEqual({ 'a.conf': 'ONE', 'b.conf': 'two' });
    expect(source.read().files[1]).toBe(b);
  });

  it('shows the very next reader what was replaced, added, renamed and removed', async () => {
    put('d/a.conf', 'one');
    const source = directory();
    expect(shown(source)).toEqual({ 'a.conf': 'one' });
    const steps: readonly (readonly [() => void, Record<string, string>])[] = [
      [
        () => {
          put('d/.new', 'two');
          renameSync(`${root}/d/.new`, `${root}/d/a.conf`);
        },
        { 'a.conf': 'two' },
      ],
      [() => put('d/b.conf', 'new'), { 'a.conf': 'two', 'b.conf': 'new' }],
      [() => renameSync(`${root}/d/a.conf`, `${root}/d/c.conf`), { 'b.conf': 'new', 'c.conf': 'two' }],
      [() => unlinkSync(`${root}/d/b.conf`), { 'c.conf': 'two' }],
      [() => put('d/.hidden.conf', 'x'), { 'c.conf': 'two' }],
    ];
    for (const [change, expected] of steps) {
      await nextTick(`${root}/d`);
      change();
      expect(shown(source)).toEqual(expected);
    }
  });

  it('misses nothing within one tick of the file system, because what is young is never trusted', () => {
    const source = directory(systemClock);
    for (let round = 0; round < 200; round += 1) {
      put('d/a.conf', `x${round % 10}`);
      put(`d/${round % 2}.conf`, 'y');
      rmSync(`${root}/d/${(round + 1) % 2}.conf`, { force: true });
      expect(shown(source)).toEqual({ 'a.conf': `x${round % 10}`, [`${round % 2}.conf`]: 'y' });
    }
  });

  it('shows another directory that has come in its place, also behind a link as kubelet changes it', () => {
    for (const name of ['v1', 'v2']) {
      mkdirSync(`${root}/${name}`);
      put(`${name}/a.conf`, name);
    }
    rmSync(`${root}/d`, { recursive: true });
    symlinkSync('v1', `${root}/d`);
    const source = directory();
    expect(shown(source)).toEqual({ 'a.conf': 'v1' });
    symlinkSync('v2', `${root}/next`);
    renameSync(`${root}/next`, `${root}/d`);
    expect(shown(source)).toEqual({ 'a.conf': 'v2' });
    unlinkSync(`${root}/d`);
    expect(source.read()).toEqual({ files: [], problem: 'ENOENT' });
    mkdirSync(`${root}/d`);
    put('d/a.conf', 'v3');
    expect(source.read()).toMatchObject({ files: [{ text: 'v3' }], problem: undefined });
  });

  it('says why what is no directory cannot be read', () => {
    rmSync(`${root}/d`, { recursive: true });
    put('d', '');
    expect(directory().read()).toEqual({ files: [], problem: 'ENOTDIR' });
  });
});

describe('a directory of CNI configurations', () => {
  it('shows the plugins beside a list as soon as their directory comes, and no longer than it stays', async () => {
    put('d/10-a.conflist', '{"name":"net","plugins":[]}');
    const source = new ConfDirectory(`${root}/d`, later);
    const alone = source.read();
    expect(alone.files).toEqual([{ name: '10-a.conflist', text: '{"name":"net","plugins":[]}' }]);
    expect(source.read()).toBe(alone);
    await nextTick(`${root}/d`);
    mkdirSync(`${root}/d/net`);
    put('d/net/1.conf', 'one');
    expect(source.read().files[0]?.subdirectory).toEqual([{ name: '1.conf', text: 'one' }]);
    await nextTick(`${root}/d/net/1.conf`);
    put('d/net/1.conf', 'ONE');
    expect(source.read().files[0]?.subdirectory).toEqual([{ name: '1.conf', text: 'ONE' }]);
    await nextTick(`${root}/d`);
    rmSync(`${root}/d/net`, { recursive: true });
    expect(source.read().files[0]).not.toHaveProperty('subdirectory');
  });
});
