import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BuildWatch, builds, cacheRoot } from '../../../../hack/demo/builds.ts';

let root: string;
let now = 0;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'weft-demo-'));
  now = 0;
});
afterEach(() => rmSync(root, { recursive: true }));

function cached(...names: readonly string[]): void {
  for (const name of names) mkdirSync(join(root, name, '0123456789abcdef'), { recursive: true });
}

const all = builds.map((build) => build.name);
const watch = (): BuildWatch => new BuildWatch(root, () => now);
const names = (found: readonly { readonly name: string }[]): readonly string[] =>
  found.map((build) => build.name);
const doneOf = (subject: BuildWatch, name: string): number | undefined =>
  subject.states().find(({ build }) => build.name === name)?.done;

describe('what is to be built', () => {
  it('is everything where the cache is empty', () => {
    expect(names(watch().missing())).toEqual(all);
  });

  it('is nothing where the cache has all', () => {
    cached(...all);
    expect(watch().missing()).toEqual([]);
    expect(watch().states()).toEqual([]);
  });

  it('is what a killed build left unfinished', () => {
    cached(...all.filter((name) => name !== 'etcd'));
    mkdirSync(join(root, 'etcd', '.building.x1'), { recursive: true });
    expect(names(watch().missing())).toEqual(['etcd']);
  });

  it('has a script of hack/toolchain each', () => {
    const scripts = readdirSync(join(import.meta.dirname, '../../../../hack/toolchain'));
    expect(all.filter((name) => !scripts.includes(`${name}.sh`))).toEqual([]);
  });
});

describe('a build that is followed', () => {
  it('is done by the count of its lines, and then by its last one', () => {
    const subject = watch();
    subject.saw('containerd: building into /somewhere');
    expect(doneOf(subject, 'containerd')).toBe(0);
    subject.saw('containerd: 395 packages compiled after 40 s');
    expect(doneOf(subject, 'containerd')).toBe(0.5);
    subject.saw('containerd: ready after 80 s');
    expect(doneOf(subject, 'containerd')).toBe(1);
    expect(names(subject.missing())).not.toContain('containerd');
  });

  it('is done by the clock until it counts', () => {
    const subject = watch();
    subject.saw('runc: building into /somewhere');
    now = 22_000;
    expect(doneOf(subject, 'runc')).toBe(0.5);
  });

  it('may be built inside another one', () => {
    const subject = watch();
    subject.saw('images: coredns: building into /somewhere');
    subject.saw('images: coredns: ready after 3 s');
    expect(doneOf(subject, 'coredns')).toBe(1);
    expect(doneOf(subject, 'images')).toBe(0);
  });

  it('counts although the cache has another version', () => {
    cached(...all);
    const subject = watch();
    subject.saw('etcd: building into /somewhere');
    expect(names(subject.missing())).toEqual(['etcd']);
    expect(doneOf(subject, 'etcd')).toBe(0);
  });

  it('is done when it was found on PATH, which no line tells', () => {
    const subject = watch();
    cached('kubernetes');
    expect(doneOf(subject, 'kubernetes')).toBe(1);
  });

  it('is none where a line is about something else', () => {
    cached(...all);
    const subject = watch();
    subject.saw('image: staging the files');
    subject.saw('kind: building into /somewhere');
    expect(subject.states()).toEqual([]);
  });
});

describe('the cache', () => {
  it('is where the scripts have it', () => {
    expect(cacheRoot({ XDG_CACHE_HOME: '/caches' })).toBe('/caches/weft');
    expect(cacheRoot({})).toMatch(/\/\.cache\/weft$/);
  });
});
