import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callSys, resultOf, scratch } from './driver-process.ts';

let room: ReturnType<typeof scratch>;
let dir = '';
beforeAll(() => {
  room = scratch();
  dir = room.path;
});
afterAll(() => room.clean());

async function readBytes(bytes: Uint8Array | string, limit = 1_000_000): Promise<unknown> {
  const path = join(dir, 'bytes');
  writeFileSync(path, bytes);
  const [outcome] = await callSys([['readText', path, limit]]);
  return outcome;
}

describe('readText', () => {
  it('gives UTF-8 of every length back unchanged', async () => {
    const text = 'plain, é, 世界, 🕸, \u0000, \ufeffend';
    expect(await readBytes(text)).toEqual({ result: text });
    expect(await readBytes('')).toEqual({ result: '' });
  });

  it.each([
    ['a lone continuation byte', [0x41, 0x80, 0x41]],
    ['an overlong slash', [0xc0, 0xaf]],
    ['an overlong three-byte form', [0xe0, 0x9f, 0xbf]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['a code point above U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
    ['a byte that never occurs', [0xff]],
    ['a character cut at the end', [0x41, 0xf0, 0x9f, 0x95]],
    ['bad bytes after a long plain part', [...Array.from({ length: 100 }, () => 0x61), 0xc3]],
  ])('[CNI-490] refuses %s with EILSEQ', async (_name, bytes) => {
    expect(await readBytes(Uint8Array.from(bytes))).toMatchObject({ errno: 'EILSEQ', call: 'readText' });
  });

  it('takes as many bytes as the limit and refuses one more with EFBIG', async () => {
    expect(await readBytes('x'.repeat(100_000), 100_000)).toEqual({ result: 'x'.repeat(100_000) });
    expect(await readBytes('x'.repeat(100_001), 100_000)).toMatchObject({ errno: 'EFBIG' });
    // The limit counts bytes, not characters.
    expect(await readBytes('é'.repeat(6), 10)).toMatchObject({ errno: 'EFBIG' });
  });

  it('names what failed', async () => {
    const [missing, directory, zero] = await callSys([
      ['readText', join(dir, 'missing'), 10],
      ['readText', dir, 10],
      ['readText', `${dir}/a\u0000b`, 10],
    ]);
    expect(missing).toEqual({ errno: 'ENOENT', call: 'readText', subject: join(dir, 'missing') });
    expect(directory).toMatchObject({ errno: 'EISDIR' });
    expect(zero).toMatchObject({ errno: 'EINVAL' });
  });

  it('does not hang on a pipe that stands in a file’s place', async () => {
    execFileSync('mkfifo', [join(dir, 'fifo')]);
    expect(await callSys([['readText', join(dir, 'fifo'), 10]])).toEqual([{ result: '' }]);
  });
});

describe('readStdin', () => {
  it('reads a megabyte', async () => {
    const text = 'wéft'.repeat(200_000);
    expect(await callSys([['readStdin', 4_000_000, 1e12]], { stdin: text })).toEqual([{ result: text }]);
  });

  it('[CNI-490] refuses bytes that are not UTF-8, and too many', async () => {
    const bad = await callSys([['readStdin', 100, 1e12]], { stdin: Uint8Array.from([0x7b, 0xff, 0x7d]) });
    expect(bad).toEqual([{ errno: 'EILSEQ', call: 'readStdin', subject: 'standard input' }]);
    const big = await callSys([['readStdin', 100, 1e12]], { stdin: 'x'.repeat(101) });
    expect(big[0]).toMatchObject({ errno: 'EFBIG' });
  });
});

describe('open and write', () => {
  it('replaces, appends, and leaves a lock file alone', async () => {
    const path = join(dir, 'written');
    writeFileSync(path, 'a long old text');
    await callSys([
      ['open', path, 'replace'],
      ['write', '$0', 'one é\n'],
      ['fsync', '$0'],
      ['close', '$0'],
      ['open', path, 'append'],
      ['write', '$4', 'two\n'],
      ['close', '$4'],
      ['open', path, 'lock'],
      ['close', '$7'],
    ]).then((outcomes) => expect(outcomes.filter((outcome) => outcome.errno !== undefined)).toEqual([]));
    expect(readFileSync(path, 'utf8')).toBe('one é\ntwo\n');
  });

  it('creates files for their owner only', async () => {
    const paths = ['replace', 'append', 'lock'].map((mode) => [mode, join(dir, `new-${mode}`)] as const);
    await callSys(paths.map(([mode, path]) => ['open', path, mode]));
    for (const [, path] of paths) expect(statSync(path).mode & 0o777, path).toBe(0o600);
  });

  it('writes lone surrogates as U+FFFD, so that what was written can be read', async () => {
    const path = join(dir, 'surrogates');
    await callSys([
      ['open', path, 'replace'],
      ['write', '$0', 'a\ud800b\udfffc🕸'],
    ]);
    expect(readFileSync(path, 'utf8')).toBe('a\ufffdb\ufffdc🕸');
  });

  it('tells the full disk', async () => {
    const [, outcome] = await callSys([
      ['open', '/dev/full', 'append'],
      ['write', '$0', 'x'],
    ]);
    expect(outcome).toMatchObject({ errno: 'ENOSPC', call: 'write' });
  });

  it('gives no descriptor to a child', async () => {
    const script = join(dir, 'list-fds');
    writeFileSync(script, '#!/bin/sh\nls -l /proc/self/fd\n', { mode: 0o755 });
    const beyondStandard = (listing: string): string[] =>
      [...listing.matchAll(/ ([0-9]+ -> .*)/g)]
        .map((match) => match[1] ?? '')
        .filter((line) => !/^[0-2] |\/proc\//.test(line));
    // Whoever runs the tests may have left some open.
    const inherited = beyondStandard(execFileSync(script, { encoding: 'utf8' }));
    const listed = await callSys([
      ['open', join(dir, 'held'), 'lock'],
      ['open', dir, 'directory'],
      ['fork', { program: '/bin/true', environ: {} }],
      ['fork', { program: script, environ: { PATH: '/bin:/usr/bin' } }],
      ['release', '$3'],
      ['finish', '$3', '', { deadline: '$now+5000', stdoutBytes: 100_000, stderrBytes: 100, graceMs: 100 }],
    ]);
    const { stdout } = resultOf<{ stdout: string }>(listed[5]);
    expect(stdout).toContain(' 0 -> pipe:');
    const lacksScript = (line: string): boolean => !line.endsWith('list-fds');
    expect(beyondStandard(stdout).filter(lacksScript)).toEqual(inherited.filter(lacksScript));
  });

  it('opens directories for fsync, and only directories', async () => {
    const outcomes = await callSys([
      ['open', dir, 'directory'],
      ['fsync', '$0'],
      ['open', join(dir, 'held'), 'directory'],
      ['fsync', 99],
      ['close', 99],
    ]);
    expect(outcomes.map((outcome) => outcome.errno)).toEqual([
      undefined,
      undefined,
      'ENOTDIR',
      'EBADF',
      'EBADF',
    ]);
  });
});

describe('names', () => {
  it('renames over a target, links only where nothing is, unlinks', async () => {
    const [a, b, c] = ['a', 'b', 'c'].map((name) => join(dir, `name-${name}`)) as [string, string, string];
    writeFileSync(a, 'A');
    writeFileSync(b, 'B');
    const outcomes = await callSys([
      ['rename', a, b],
      ['link', b, c],
      ['link', b, c],
      ['unlink', b],
      ['unlink', b],
      ['rename', b, c],
    ]);
    expect(outcomes.map((outcome) => outcome.errno)).toEqual([
      undefined,
      undefined,
      'EEXIST',
      undefined,
      'ENOENT',
      'ENOENT',
    ]);
    expect(outcomes[2]).toMatchObject({ call: 'link', subject: c });
    expect(readFileSync(c, 'utf8')).toBe('A');
  });

  it('makes directories with their mode and lists them without dots', async () => {
    const made = join(dir, 'made');
    const outcomes = await callSys([
      ['mkdir', made, 0o700],
      ['mkdir', made, 0o700],
      ['readdir', made],
      ['readdir', join(made, 'missing')],
    ]);
    expect(outcomes.map((outcome) => outcome.errno)).toEqual([undefined, 'EEXIST', undefined, 'ENOENT']);
    expect(statSync(made).mode & 0o777).toBe(0o700);
    expect(outcomes[2]?.result).toEqual([]);
    for (let i = 0; i < 300; i++) writeFileSync(join(made, `entry é ${i}`), '');
    const [listed] = await callSys([['readdir', made]]);
    expect([...resultOf<string[]>(listed)].sort()).toEqual(readdirSync(made).sort());
  });

  it('tells files, directories and the rest, following links', async () => {
    const file = join(dir, 'stat-file');
    writeFileSync(file, '12345');
    symlinkSync(file, join(dir, 'stat-link'));
    symlinkSync(join(dir, 'nowhere'), join(dir, 'stat-dangling'));
    const outcomes = await callSys([
      ['stat', file],
      ['stat', join(dir, 'stat-link')],
      ['stat', dir],
      ['stat', '/dev/null'],
      ['stat', join(dir, 'stat-dangling')],
      ['stat', join(file, 'below')],
    ]);
    const { ino, size, mtimeMs } = statSync(file);
    const expected = { ino, kind: 'file', size, mtimeMs: Math.floor(mtimeMs) };
    expect(outcomes.map((outcome) => outcome.result)).toEqual([
      expected,
      expected,
      expect.objectContaining({ kind: 'directory' }),
      expect.objectContaining({ kind: 'other' }),
      undefined,
      undefined,
    ]);
  });

  it('knows a file by its inode, also after another one took its name', async () => {
    const path = join(dir, 'inode');
    const outcomes = await callSys([
      ['open', path, 'lock'],
      ['inodeOf', '$0'],
      ['stat', path],
      ['unlink', path],
      ['open', join(dir, 'inode-2'), 'lock'],
      ['rename', join(dir, 'inode-2'), path],
      ['inodeOf', '$0'],
      ['stat', path],
    ]);
    const before = resultOf<{ ino: number }>(outcomes[2]);
    expect(outcomes[1]?.result).toBe(before.ino);
    expect(outcomes[6]?.result).toBe(before.ino);
    expect(resultOf<{ ino: number }>(outcomes[7]).ino).not.toBe(before.ino);
  });
});

describe('tryLock', () => {
  it('shares shared locks, excludes others, and gives way when the descriptor is closed', async () => {
    const path = join(dir, 'lock');
    const outcomes = await callSys([
      ['open', path, 'lock'],
      ['open', path, 'lock'],
      ['tryLock', '$0', 'shared'],
      ['tryLock', '$1', 'shared'],
      ['tryLock', '$1', 'exclusive'],
      ['close', '$0'],
      ['tryLock', '$1', 'exclusive'],
    ]);
    expect(outcomes.slice(2).map((outcome) => outcome.result)).toEqual([true, true, false, undefined, true]);
  });

  it('respects the lock of another process', async () => {
    const path = join(dir, 'foreign-lock');
    writeFileSync(path, '');
    const holder = spawn('flock', [path, 'sh', '-c', 'echo held; exec sleep 30'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await new Promise((resolve) => holder.stdout.once('data', resolve));
    const outcomes = await callSys([
      ['open', path, 'lock'],
      ['tryLock', '$0', 'shared'],
    ]);
    expect(outcomes[1]).toEqual({ result: false });
    holder.kill('SIGKILL');
    expect(existsSync(path)).toBe(true);
  });
});
