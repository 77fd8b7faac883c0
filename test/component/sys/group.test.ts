import { type ChildProcess, spawn } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import { startTicksOf } from '../../harness/owner.ts';
import { until } from '../../harness/run.ts';
import { type CallOutcome, callSys, resultOf } from './driver-process.ts';

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) {
    try {
      process.kill(-(child.pid ?? 0), 'SIGKILL');
    } catch {
      // All of it has ended.
    }
  }
});

/** A group of two: a shell that leads it, and its child. */
async function group(
  env: Record<string, string> = {},
  body = 'sleep 60 & echo $!; wait',
): Promise<[number, number]> {
  const child = spawn('sh', ['-c', body], {
    detached: true,
    env: { PATH: '/usr/bin:/bin', ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  started.push(child);
  const line = await new Promise<string>((resolve) => {
    child.stdout?.once('data', (chunk: Uint8Array) => resolve(new TextDecoder().decode(chunk)));
  });
  return [child.pid ?? 0, Number(line)];
}

function sorted(outcome: CallOutcome | undefined): readonly number[] {
  return [...resultOf<number[]>(outcome)].sort((a, b) => a - b);
}

describe('groupMembers', () => {
  it('finds a group by the start of its leader', async () => {
    const [leader, member] = await group();
    const outcomes = await callSys([
      ['groupMembers', leader, startTicksOf(leader), 'c1'],
      ['groupMembers', leader, '1', 'c1'],
    ]);
    expect(sorted(outcomes[0])).toEqual([leader, member].sort((a, b) => a - b));
    expect(outcomes[1]).toEqual({ result: [] });
  });

  it('finds it by a member’s container ID when the leader has ended', async () => {
    const [leader, member] = await group({ CNI_CONTAINERID: 'c1' }, 'sleep 60 & echo $!');
    await until('the end of the leader', 3000, () => startTicksOf(leader) === undefined);
    const outcomes = await callSys([
      ['groupMembers', leader, '1', 'c1'],
      // Not a part of it, and not a longer one.
      ['groupMembers', leader, '1', 'c'],
      ['groupMembers', leader, '1', 'c12'],
    ]);
    expect(outcomes.map((outcome) => outcome.result)).toEqual([[member], [], []]);
  });

  it('does not count zombies, though a zombie leader proves whose group it is', async () => {
    // The shell in the middle never reaps its child, which leads a group of its own with a living member.
    const child = spawn(
      'perl',
      [
        '-e',
        `use POSIX; $| = 1; my $l = fork;
         if (!$l) { POSIX::setpgid(0, 0); my $m = fork; if (!$m) { sleep 60; exit } print "$$ $m\\n"; exit }
         sleep 60`,
      ],
      { detached: true, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    started.push(child);
    const line = await new Promise<string>((resolve) => {
      child.stdout?.once('data', (chunk: Uint8Array) => resolve(new TextDecoder().decode(chunk)));
    });
    const [leader = 0, member = 0] = line.split(' ').map(Number);
    const ticks = (await import('node:fs'))
      .readFileSync(`/proc/${leader}/stat`, 'utf8')
      .split(') ')[1]
      ?.split(' ')[19];
    await until('a zombie', 3000, () => startTicksOf(leader) === undefined);
    expect(await callSys([['groupMembers', leader, ticks, 'none']])).toEqual([{ result: [member] }]);
    process.kill(member, 'SIGKILL');
    await until('the end of the member', 3000, () => startTicksOf(member) === undefined);
    expect(await callSys([['groupMembers', leader, ticks, 'none']])).toEqual([{ result: [] }]);
  });

  it('of a number that no group has is empty', async () => {
    expect(
      await callSys([
        ['groupMembers', 4_000_000, '1', 'c1'],
        ['groupMembers', 0, '1', 'c1'],
        ['groupMembers', -1, '1', 'c1'],
      ]),
    ).toEqual([{ result: [] }, { result: [] }, { result: [] }]);
  });
});

describe('killGroup', () => {
  it('ends all of a group and nothing else', async () => {
    const [leader, member] = await group({}, 'trap "" TERM; sleep 60 & echo $!; wait');
    const [other] = await group();
    expect(await callSys([['killGroup', leader]])).toEqual([{}]);
    await until('the end of both', 3000, () =>
      [leader, member].every((pid) => startTicksOf(pid) === undefined),
    );
    expect(startTicksOf(other)).toBeDefined();
    expect(await callSys([['killGroup', leader]])).toEqual([{}]);
  });

  it.each([0, 1, -1, -500])('refuses the number %d, which means others to the kernel', async (number) => {
    expect(await callSys([['killGroup', number]])).toEqual([
      { errno: 'EINVAL', call: 'killGroup', subject: `group ${number}` },
    ]);
  });
});
