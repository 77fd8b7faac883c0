import { describe, expect, it } from 'vitest';
import {
  type DelegateCall,
  type DelegateContext,
  delegateFailure,
  runDelegate,
} from '../../../src/executor/delegate.ts';
import { type Child, type ChildEnd, SysError } from '../../../src/executor/sys.ts';
import { caught } from '../cni/caught.ts';
import { failed, printed, ScriptedSys } from './scripted-sys.ts';

const context: DelegateContext = {
  containerId: 'c1',
  netns: '/run/netns/a',
  cniArgs: 'A=1',
  cniPath: ['/opt', '/bin'],
};

function callOn(sys: ScriptedSys, more: Partial<DelegateCall> = {}): DelegateCall {
  const deadline = sys.monotonicMs() + 30_000;
  return { verb: 'ADD', type: 'bridge', stdin: '{}', ifname: 'net1', deadline, onFork: () => {}, ...more };
}

/** Each `release` fails with the next errno of the list, then it works. */
class ReleaseFails extends ScriptedSys {
  errnos: string[];
  sleeps: number[] = [];

  constructor(...errnos: string[]) {
    super();
    this.errnos = errnos;
  }

  override release(child: Child): void {
    const errno = this.errnos.shift();
    if (errno !== undefined) throw new SysError(errno, 'release', '/bin/bridge');
    super.release(child);
  }

  override sleepMs(ms: number): void {
    this.sleeps.push(Math.round(ms));
    super.sleepMs(ms);
  }
}

describe('a delegate', () => {
  it('gets its own CNI variables and the rest of the environment, and its input', () => {
    const sys = new ScriptedSys([printed('out')]);
    const forked: Child[] = [];
    const call = callOn(sys, { stdin: '{"a":1}', onFork: (child) => forked.push(child) });
    expect(runDelegate(sys, context, call)).toBe('out');
    expect(forked).toHaveLength(1);
    expect(sys.executions).toEqual([
      {
        verb: 'ADD',
        type: 'bridge',
        stdin: '{"a":1}',
        environ: {
          PATH: '/usr/bin',
          CNI_COMMAND: 'ADD',
          CNI_CONTAINERID: 'c1',
          CNI_NETNS: '/run/netns/a',
          CNI_IFNAME: 'net1',
          CNI_ARGS: 'A=1',
          CNI_PATH: '/opt:/bin',
        },
        limits: {
          deadline: call.deadline,
          stdoutBytes: 4 * 1024 * 1024,
          stderrBytes: 16 * 1024,
          graceMs: 200,
        },
      },
    ]);
  });

  it('is heard on standard error, whether it fails or not', () => {
    const sys = new ScriptedSys([{ ...printed(''), stderr: 'warning\n' }, failed('', { stderr: 'no\n' })]);
    runDelegate(sys, context, callOn(sys));
    expect(() => runDelegate(sys, context, callOn(sys))).toThrow('exit status 1: no');
    expect(sys.said).toBe('warning\nno\n');
  });

  it('that cannot be written down is killed at its gate', () => {
    const sys = new ScriptedSys();
    const onFork = (): void => {
      throw new Error('disk full');
    };
    expect(() => runDelegate(sys, context, callOn(sys, { onFork }))).toThrow('disk full');
    expect(sys.calls.some((call) => call.startsWith('release'))).toBe(false);
    expect(sys.executions.map(({ stdin, limits }) => [stdin, limits])).toEqual([
      ['', { deadline: 0, stdoutBytes: 0, stderrBytes: 0, graceMs: 0 }],
    ]);
  });
});

describe('a program that is busy', () => {
  it('is tried six times, a second apart', () => {
    const sys = new ReleaseFails(...new Array(5).fill('ETXTBSY'));
    runDelegate(sys, context, callOn(sys));
    expect(sys.sleeps).toEqual([1000, 1000, 1000, 1000, 1000]);
    const busy = new ReleaseFails(...new Array(6).fill('ETXTBSY'));
    const { reason, message } = caught(() => runDelegate(busy, context, callOn(busy)));
    expect(reason).toBe('PluginNotRunnable');
    expect(message).toContain('/bin/bridge cannot be run: ');
    expect(message).toContain('ETXTBSY');
    expect(busy.sleeps).toHaveLength(5);
  });

  it('is tried sooner again where there is little time, and not at all where there is none', () => {
    const sys = new ReleaseFails('ETXTBSY');
    runDelegate(sys, context, callOn(sys, { deadline: sys.monotonicMs() + 600 }));
    expect(sys.sleeps).toEqual([100]);
    const late = new ReleaseFails('ETXTBSY');
    expect(caught(() => runDelegate(late, context, callOn(late, { deadline: 0 }))).reason).toBe(
      'PluginNotRunnable',
    );
    expect(late.sleeps).toEqual([]);
  });

  it.each(['EACCES', 'ENOEXEC'])('is another thing than %s', (errno) => {
    const sys = new ReleaseFails(errno);
    expect(() => runDelegate(sys, context, callOn(sys))).toThrow(errno);
    expect(sys.sleeps).toEqual([]);
  });
});

describe('the failure of a delegate', () => {
  const call = callOn(new ScriptedSys());
  const end = (how: ChildEnd['how'], value: number, code?: number): ChildEnd => ({
    how,
    value,
    stdout: code === undefined ? '' : JSON.stringify({ code, msg: 'no' }),
    stderr: '',
  });

  it.each([
    [end('timeout', 9), 'DelegateTimeout', 'plugin bridge did not end in time and was killed'],
    [end('overflow', 9), 'DelegateOutput', 'plugin bridge printed more than 4 MiB and was killed'],
    [end('exit', 2), 'DelegateFailed', 'plugin bridge: exit status 2, no message'],
    [end('signal', 11), 'DelegateFailed', 'plugin bridge: killed by signal 11, no message'],
    [end('exit', 1, 120), 'DelegateFailed', 'plugin bridge: no'],
  ])('of %j is %s: %s', (how, reason, words) => {
    const error = delegateFailure(call, how);
    expect(error.reason).toBe(reason);
    expect(error.message).toContain(words);
  });

  it('has its own code, but not the 3 of an ADD', () => {
    const codeOf = (verb: DelegateCall['verb'], code: number): number =>
      delegateFailure({ ...call, verb }, end('exit', 1, code)).code;
    expect([codeOf('ADD', 11), codeOf('ADD', 120), codeOf('DEL', 3), codeOf('ADD', 3)]).toEqual([
      11, 120, 3, 100,
    ]);
  });
});
