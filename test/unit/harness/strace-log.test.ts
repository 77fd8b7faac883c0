import { expect, it } from 'vitest';
import { parseStrace } from '../../faults/strace-log.ts';

const names = (...lines: readonly string[]): readonly string[] =>
  parseStrace(`${lines.join('\n')}\n`).map(
    (call) => `${call.pid} ${call.name}(${call.args}) = ${call.result}`,
  );

it('joins a call that another process interrupted, in the order of the beginnings', () => {
  expect(names('1 read(3 <unfinished ...>', '2 close(4) = 0', '1 <... read resumed>, "x", 1) = 1')).toEqual([
    '1 read(3, "x", 1) = 1',
    '2 close(4) = 0',
  ]);
});

it('takes no end of a process for a call, in whichever way strace writes it', () => {
  const ends = [
    '2 exit(0) = ?',
    '3 exit_group(1)   = ?',
    '4 exit(0 <unfinished ...>',
    '1 close(3) = 0',
    '4 <... exit resumed>)   = ?',
    '4 +++ exited with 0 +++',
    '5 futex(0x1, FUTEX_WAIT, 0, NULL <unfinished ...>) = ?',
    '1 --- SIGCHLD {si_signo=SIGCHLD} ---',
  ];
  expect(names('1 execve("x", [], []) = 0', ...ends)).toEqual([
    '1 execve("x", [], []) = 0',
    '1 close(3) = 0',
  ]);
});

it('passes over a dying thread without a call, but not in the first process', () => {
  expect(names('1 close(3) = 0', '2 ???( <unfinished ...>', '2 <... ??? resumed>) = ?')).toEqual([
    '1 close(3) = 0',
  ]);
  expect(() => names('1 close(3) = 0', '1 ???()')).toThrow('line 2');
});
