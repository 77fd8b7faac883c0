import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTicksOf } from '../../harness/owner.ts';
import { until } from '../../harness/run.ts';
import {
  type Call,
  type CallOutcome,
  callSys,
  driver,
  resultOf,
  scratch,
  startDriver,
} from './driver-process.ts';

let room: ReturnType<typeof scratch>;
beforeAll(() => {
  room = scratch();
});
afterAll(() => room.clean());

const path = { PATH: '/usr/bin:/bin' };

interface End {
  readonly how: string;
  readonly value: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Limits {
  readonly ms?: number;
  readonly stdoutBytes?: number;
  readonly stderrBytes?: number;
  readonly graceMs?: number;
}

/** An executable shell script. */
function script(name: string, body: string): string {
  const file = join(room.path, name);
  writeFileSync(file, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  return file;
}

function calls(program: string, stdin: unknown = '', limits: Limits = {}, environ = path): readonly Call[] {
  const { ms = 10_000, stdoutBytes = 1_000_000, stderrBytes = 10_000, graceMs = 300 } = limits;
  return [
    ['fork', { program, environ }],
    ['release', '$0'],
    ['finish', '$0', stdin, { deadline: `$now+${ms}`, stdoutBytes, stderrBytes, graceMs }],
  ];
}

async function runScript(
  body: string,
  stdin: unknown = '',
  limits: Limits = {},
): Promise<End & { ms: number }> {
  const started = performance.now();
  const outcomes = await callSys(calls(script(`script-${started}`, body), stdin, limits));
  expect(outcomes[1]).toEqual({});
  return { ...resultOf<End>(outcomes[2]), ms: performance.now() - started };
}

async function gone(pid: number): Promise<void> {
  await until(`the end of ${pid}`, 3000, () => startTicksOf(pid) === undefined);
}

describe('a child', () => {
  it('[CNI-254] gets its input to the end, no argument, and its status is told', async () => {
    expect(await runScript('cat; echo "$#" >&2; exit 3', 'in é put')).toMatchObject({
      how: 'exit',
      value: 3,
      stdout: 'in é put',
      stderr: '0\n',
    });
  });

  it('[CNI-252] has exactly the environment that it was given', async () => {
    const environ = { A: '1', EMPTY: '', 'WITH é': 'x=y\nz' };
    const outcomes = await callSys(calls('/usr/bin/env', '', {}, environ as never));
    const { stdout } = resultOf<End>(outcomes[2]);
    expect(stdout.split('\n').sort()).toEqual(['', 'A=1', 'EMPTY=', 'WITH é=x=y', 'z'].sort());
  });

  it('moves a megabyte both ways at once', async () => {
    const outcomes = await callSys(
      calls('/bin/cat', { $repeat: ['wéft', 250_000] }, { stdoutBytes: 2_000_000 }),
    );
    expect(outcomes[2]?.result).toMatchObject({ how: 'exit', value: 0, stdout: 'wéft'.repeat(250_000) });
  });

  it('[CNI-255] need not read its input', async () => {
    const input = { $repeat: ['x', 1_000_000] };
    expect(await runScript('exit 0', input)).toMatchObject({ how: 'exit', value: 0 });
    expect(await runScript('exec 0<&-; sleep 0.1; echo done', input)).toMatchObject({ stdout: 'done\n' });
  });

  it('has the usual signals, whatever its parent does with them', async () => {
    const { stdout } = await runScript('exec cat /proc/self/status');
    const mask = (field: string): number => Number.parseInt(stdout.split(`${field}:\t`)[1] ?? '', 16);
    expect(mask('SigBlk')).toBe(0);
    // Signals from 32 on belong to the C library, and whoever started the tests may have left one ignored.
    expect(mask('SigIgn') % 2 ** 31).toBe(0);
  });

  it('is the leader of its own process group from the start', async () => {
    const running = startDriver(await driver(), [
      ['fork', { program: '/bin/true', environ: {} }],
      ['sleepMs', 30_000],
    ]);
    const [forked] = await running.outcomes(1);
    const { pid, startTicks } = resultOf<{ pid: number; startTicks: string }>(forked);
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    expect(Number(fields[2])).toBe(pid);
    expect(startTicks).toBe(fields[19]);
    running.kill();
    await running.end;
  });

  it('[CNI-261] says which signal ended it', async () => {
    expect(await runScript('kill -SEGV $$')).toMatchObject({ how: 'signal', value: 11 });
  });

  it('[CNI-261] that cannot run is told by the errno of execve and leaves nothing', async () => {
    const plain = join(room.path, 'not-executable');
    writeFileSync(plain, 'x', { mode: 0o644 });
    const text = join(room.path, 'no-shebang');
    writeFileSync(text, 'x', { mode: 0o755 });
    const noInterpreter = join(room.path, 'no-interpreter');
    writeFileSync(noInterpreter, '#!/nowhere/sh\n', { mode: 0o755 });
    const programs = [join(room.path, 'missing'), plain, text, noInterpreter, room.path];
    const outcomes = await callSys(
      programs.flatMap((program, i) =>
        calls(program)
          .slice(0, 2)
          .map(([call, arg]): Call => (call === 'fork' ? ['fork', arg] : ['release', `$${2 * i}`])),
      ),
    );
    const released = outcomes.filter((_outcome, i) => i % 2 === 1);
    expect(released.map((outcome) => outcome.errno)).toEqual([
      'ENOENT',
      'EACCES',
      'ENOEXEC',
      'ENOENT',
      'EACCES',
    ]);
    expect(released.map((outcome) => outcome.subject)).toEqual(programs);
    for (const outcome of outcomes.filter((_outcome, i) => i % 2 === 0)) {
      await gone((outcome.result as { pid: number }).pid);
    }
  });

  it('[CNI-260] whose file is open for writing is ETXTBSY', async () => {
    const busy = join(room.path, 'busy');
    writeFileSync(busy, readFileSync('/bin/true'), { mode: 0o755 });
    const outcomes = await callSys([
      ['open', busy, 'append'],
      ['fork', { program: busy, environ: {} }],
      ['release', '$1'],
    ]);
    expect(outcomes[2]).toMatchObject({ errno: 'ETXTBSY', call: 'release' });
  });

  it('refuses a zero byte in program or environment', async () => {
    const outcomes = await callSys([
      ['fork', { program: '/bin/true\u0000', environ: {} }],
      ['fork', { program: '/bin/true', environ: { A: 'b\u0000c' } }],
    ]);
    expect(outcomes.map((outcome) => outcome.errno)).toEqual(['EINVAL', 'EINVAL']);
  });
});

describe('output', () => {
  it('that is not UTF-8 becomes U+FFFD as in Node', async () => {
    const bytes = [0x41, 0x80, 0xe4, 0xb8, 0x41, 0xf0, 0x9f, 0x95, 0xff, 0x7b, 0xed, 0xa0, 0x80];
    const octal = bytes.map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
    const { stdout } = await runScript(`printf '${octal}'`);
    expect(stdout).toBe(new TextDecoder().decode(Uint8Array.from(bytes)));
  });

  it('[CNI-264] beyond the limit of standard output kills the group', async () => {
    const end = await runScript('yes x; echo never >&2', '', { stdoutBytes: 100_000 });
    expect(end).toMatchObject({ how: 'overflow', stdout: 'x\n'.repeat(50_000), stderr: '' });
    expect(end.ms).toBeLessThan(5000);
  });

  it('of exactly the limit is no overflow', async () => {
    expect(
      await runScript('head -c 100000 /dev/zero | tr "\\0" x', '', { stdoutBytes: 100_000 }),
    ).toMatchObject({
      how: 'exit',
      stdout: 'x'.repeat(100_000),
    });
  });

  it('[CNI-264] on standard error is read to its end and only the last of it is kept', async () => {
    const end = await runScript('seq 1 400000 >&2; echo ok', '', { stderrBytes: 1000 });
    const all = Array.from({ length: 400_000 }, (_, i) => `${i + 1}\n`).join('');
    expect(end).toMatchObject({ how: 'exit', value: 0, stdout: 'ok\n', stderr: all.slice(-1000) });
  });

  it('cut on standard error never begins inside a character', async () => {
    const { stderr } = await runScript('for i in 1 2 3 4 5 6; do printf "世界"; done >&2', '', {
      stderrBytes: 10,
    });
    expect(stderr).toBe('界世界');
  });
});

describe('the deadline', () => {
  it('kills a child that hangs, with what it had printed', async () => {
    const end = await runScript('echo early; echo why >&2; sleep 60', '', { ms: 300 });
    expect(end).toMatchObject({ how: 'timeout', stdout: 'early\n', stderr: 'why\n' });
    expect(end.ms).toBeLessThan(2000);
  });

  it('kills a child that ignores SIGTERM, and its grandchildren', async () => {
    const pids = join(room.path, 'pids');
    const body = `trap "" TERM; sh -c 'trap "" TERM; echo $$ >> ${pids}; sleep 60' & echo $$ >> ${pids}; wait`;
    expect(await runScript(body, '', { ms: 500 })).toMatchObject({ how: 'timeout' });
    const written = readFileSync(pids, 'utf8').trim().split('\n').map(Number);
    expect(written).toHaveLength(2);
    for (const pid of written) await gone(pid);
  });

  it('counts also where the child has closed its streams', async () => {
    const end = await runScript('exec 0<&- 1>&- 2>&-; sleep 60', '', { ms: 300 });
    expect(end).toMatchObject({ how: 'timeout' });
    expect(end.ms).toBeLessThan(2000);
  });

  it('that is past already still gives a quick child nothing but its kill', async () => {
    expect(await runScript('sleep 5', '', { ms: 0 })).toMatchObject({ how: 'timeout' });
  });
});

describe('[CNI-264] a grandchild that holds the pipes', () => {
  it('is waited for as long as the grace, and then left alone', async () => {
    const pidFile = join(room.path, 'holder');
    const end = await runScript(`sleep 30 & echo $! > ${pidFile}; echo result`, '', { graceMs: 300 });
    expect(end).toMatchObject({ how: 'exit', value: 0, stdout: 'result\n' });
    expect(end.ms).toBeGreaterThanOrEqual(290);
    expect(end.ms).toBeLessThan(3000);
    const pid = Number(readFileSync(pidFile, 'utf8'));
    expect(startTicksOf(pid)).toBeDefined();
    process.kill(pid, 'SIGKILL');
  });

  it('may still finish the output within the grace', async () => {
    const end = await runScript('(sleep 0.2; echo late) & echo early', '', { graceMs: 5000 });
    expect(end).toMatchObject({ how: 'exit', stdout: 'early\nlate\n' });
    expect(end.ms).toBeLessThan(3000);
  });
});

describe('when the plugin is killed', () => {
  it('a child at the gate never runs its program', async () => {
    const proof = join(room.path, 'ran');
    const program = script('prove', `echo ran > ${proof}`);
    const running = startDriver(await driver(), [
      ['fork', { program, environ: path }],
      ['sleepMs', 30_000],
    ]);
    const [forked] = await running.outcomes(1);
    const { pid } = resultOf<{ pid: number }>(forked);
    expect(startTicksOf(pid)).toBeDefined();
    running.kill();
    await running.end;
    await gone(pid);
    expect(existsSync(proof)).toBe(false);
  });

  it('a running child dies with it', async () => {
    const started = join(room.path, 'started');
    const program = script('run-on', `echo $$ > ${started}; exec sleep 60`);
    const running = startDriver(await driver(), calls(program));
    await until('the child', 5000, () => existsSync(started) && readFileSync(started, 'utf8') !== '');
    const pid = Number(readFileSync(started, 'utf8'));
    expect(startTicksOf(pid)).toBeDefined();
    running.kill();
    await running.end;
    await gone(pid);
  });
});

describe('handles', () => {
  it('are refused when they stand for no child', async () => {
    const outcomes: readonly CallOutcome[] = await callSys([
      ['release', { handle: 5 }],
      ['release', { handle: -1 }],
      ['finish', { handle: 99 }, '', { deadline: 0, stdoutBytes: 1, stderrBytes: 1, graceMs: 1 }],
    ]);
    expect(outcomes.map((outcome) => outcome.errno)).toEqual(['EBADF', 'EBADF', 'EBADF']);
  });

  it('are given anew after the end, without a leak of descriptors', async () => {
    const round: Call[] = [];
    for (let i = 0; i < 50; i++) {
      round.push(['fork', { program: i % 2 === 0 ? '/bin/true' : '/nowhere', environ: {} }]);
      round.push(['release', `$${3 * i}`]);
      round.push([
        'finish',
        `$${3 * i}`,
        '',
        { deadline: '$now+5000', stdoutBytes: 1, stderrBytes: 1, graceMs: 1 },
      ]);
    }
    const outcomes = await callSys([...round, ['readdir', '/proc/self/fd']]);
    expect(outcomes[0]?.result).toMatchObject({ handle: 0 });
    expect(outcomes[147]?.result).toMatchObject({ handle: 0 });
    // Standard streams, what the test's own parent left open, and the directory being read.
    const [fresh] = await callSys([['readdir', '/proc/self/fd']]);
    expect(resultOf<string[]>(outcomes.at(-1)).length).toBe(resultOf<string[]>(fresh).length);
  });
});
