import { spawn } from 'node:child_process';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { startTicksOf } from '../../harness/owner.ts';
import { callSys, driver, startDriver } from './driver-process.ts';

describe('crc32', () => {
  it('is zlib’s, of the UTF-8 bytes', async () => {
    const texts = ['', '123456789', 'é世🕸', ...fc.sample(fc.string({ unit: 'binary', maxLength: 200 }), 100)];
    const outcomes = await callSys(texts.map((text) => ['crc32', text]));
    expect(outcomes.map((outcome) => outcome.result)).toEqual(texts.map((text) => crc32(text)));
  });
});

describe('the process', () => {
  it('[CNI-252] shows its whole environment', async () => {
    const env = {
      CNI_COMMAND: 'ADD',
      EMPTY: '',
      'with é': 'a=b\nc',
      __proto__x: '1',
      constructor: 'c',
      toString: '',
    };
    const [outcome] = await callSys([['environ']], { env });
    expect(outcome?.result).toEqual(env);
  });

  it('knows its id and the time', async () => {
    const running = startDriver(await driver(), [
      ['pid'],
      ['wallMs'],
      ['monotonicMs'],
      ['sleepMs', 50.5],
      ['monotonicMs'],
    ]);
    const { outcomes, status } = await running.end;
    expect(status).toBe(0);
    expect(outcomes[0]?.result).toBe(running.pid);
    expect(Math.abs(Number(outcomes[1]?.result) - Date.now())).toBeLessThan(5000);
    const slept = Number(outcomes[4]?.result) - Number(outcomes[2]?.result);
    expect(slept).toBeGreaterThanOrEqual(50.5);
    expect(slept).toBeLessThan(1000);
  });

  it('ends with the status it is told, at once', async () => {
    const { status, outcomes } = await startDriver(await driver(), [['exit', 7], ['pid']]).end;
    expect(status).toBe(7);
    expect(outcomes).toEqual([]);
  });

  it('[CNI-494] writes a megabyte to a slow, non-blocking pipe in full', async () => {
    // Perl makes its end of the pipe non-blocking before it becomes the driver, and reads slowly.
    const code = `
      use Fcntl; pipe(R, W); my $pid = fork;
      if (!$pid) { close R; fcntl(W, F_SETFL, O_WRONLY | O_NONBLOCK); open(STDOUT, ">&W"); exec @ARGV }
      close W; my $n = 0; while (my $got = sysread(R, my $b, 4096)) { $n += $got; select(undef, undef, undef, 0.0005) }
      waitpid($pid, 0); print "$n $?\\n"`;
    const script = JSON.stringify([{ call: 'writeStdout', args: [{ $repeat: ['x', 1_000_000] }] }]);
    const child = spawn('perl', ['-e', code, await driver(), script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.on('data', (chunk: Uint8Array) => {
      said += new TextDecoder().decode(chunk);
    });
    await new Promise((resolve) => child.on('close', resolve));
    expect(said).toBe(`${1_000_000 + '{}\n'.length} 0\n`);
  });

  it('gets EPIPE instead of a signal where nobody reads its output', async () => {
    const script = JSON.stringify([
      { call: 'sleepMs', args: [200] },
      { call: 'writeStderr', args: ['still here\n'] },
      { call: 'exit', args: [3] },
    ]);
    const child = spawn(await driver(), [script], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout?.destroy();
    const status = await new Promise((resolve) =>
      child.on('close', (code, signal) => resolve(signal ?? code)),
    );
    // The driver prints each result itself, and that fails: as an error of a script, not by a signal.
    expect(status).toBe(70);
  });

  it('opens nothing as standard stream that is closed', async () => {
    const script = JSON.stringify([
      { call: 'open', args: ['/dev/null', 'append'] },
      { call: 'exit', args: [0] },
    ]);
    const child = spawn('sh', ['-c', 'exec "$0" "$1" 0<&- 2>&-', await driver(), script], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let said = '';
    child.stdout?.on('data', (chunk: Uint8Array) => {
      said += new TextDecoder().decode(chunk);
    });
    await new Promise((resolve) => child.on('close', resolve));
    expect((JSON.parse(said) as { result: number }).result).toBeGreaterThan(2);
    expect(startTicksOf(child.pid ?? 0)).toBeUndefined();
  });
});
