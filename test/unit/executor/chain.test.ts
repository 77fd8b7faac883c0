import { describe, expect, it } from 'vitest';
import type { DelegateStep } from '../../../src/attachment/plan.ts';
import { addChain, type ChainRun, checkChain, delChain } from '../../../src/executor/chain.ts';
import type { ChildEnd } from '../../../src/executor/sys.ts';
import type { FakeAttachment } from '../../fakes/plan.ts';
import { delegateOf } from '../attachment/records.ts';
import { caught } from '../cni/caught.ts';
import { failed, printed, ScriptedSys } from './scripted-sys.ts';

const result = { cniVersion: '1.0.0', interfaces: [{ name: 'net1', sandbox: '/run/netns/a' }] };

function stepOf(more: Partial<FakeAttachment> = {}): DelegateStep {
  return delegateOf({ ifname: 'net1', plugins: [{ type: 'bridge' }, { type: 'tuning' }], ...more });
}

function runOn(
  sys: ScriptedSys,
  more: Partial<ChainRun> = {},
  cniArgs = 'IgnoreUnknown=1;IP=10.0.0.5',
): ChainRun {
  const context = { containerId: 'c1', netns: '/run/netns/a', cniArgs, cniPath: ['/bin'] };
  return { sys, context, deadline: sys.monotonicMs() + 30_000, onFork: () => {}, ...more };
}

/** Types that were run, with the prevResult that each got. */
function inputs(sys: ScriptedSys): readonly (readonly [string, unknown])[] {
  return sys.executions.map(({ type, stdin }) => [
    type,
    (JSON.parse(stdin) as { prevResult?: unknown }).prevResult,
  ]);
}

describe('ADD of a chain', () => {
  it('gives each plugin the result of the one before, and the last one’s back', () => {
    const last = { ...result, ips: [] };
    const sys = new ScriptedSys([printed(result), printed(`\n ${JSON.stringify(last)}\n`)]);
    expect(addChain(runOn(sys), stepOf())).toBe(JSON.stringify(last));
    expect(inputs(sys)).toEqual([
      ['bridge', undefined],
      ['tuning', result],
    ]);
  });

  it('stops at the first that fails, naming network, verb and interface', () => {
    const sys = new ScriptedSys([failed({ code: 120, msg: 'full' })]);
    const unrun: number[] = [];
    const run = runOn(sys, { onUnrun: (begun) => unrun.push(begun) });
    const { reason, code, message, failure } = caught(() => addChain(run, stepOf()));
    expect([reason, code, failure.network]).toEqual(['DelegateFailed', 120, 'test/net-net1']);
    expect(message).toContain('ADD net1: plugin bridge: full');
    expect(sys.executions).toHaveLength(1);
    expect(unrun).toEqual([]);
  });

  it.each([
    ['missing', 'PluginMissing'],
    ['unrunnable', 'PluginNotRunnable'],
  ] as const)('tells how many have run where a program is %s', (how, reason) => {
    const sys = new ScriptedSys([printed(result)], 'bridge', ...(how === 'missing' ? [] : ['tuning']));
    sys.world.moods = [{ type: 'tuning', verb: 'ADD', how: 'unrunnable' }];
    const unrun: number[] = [];
    expect(
      caught(() => addChain(runOn(sys, { onUnrun: (begun) => unrun.push(begun) }), stepOf())).reason,
    ).toBe(reason);
    expect(unrun).toEqual([1]);
    const again = new ScriptedSys([], 'tuning');
    expect(caught(() => addChain(runOn(again), stepOf())).reason).toBe('PluginMissing');
  });

  it('says which plugin printed no result', () => {
    const { reason, failure, message } = caught(() =>
      addChain(runOn(new ScriptedSys([printed('oh')])), stepOf()),
    );
    expect(reason).toBe('DelegateOutput');
    expect(failure).toMatchObject({ network: 'test/net-net1', step: 'ADD net1' });
    expect(message).toContain('plugin bridge printed no usable result: what the plugin printed is not JSON');
  });

  it('needs a plugin', () => {
    const { reason, failure } = caught(() => addChain(runOn(new ScriptedSys()), stepOf({ plugins: [] })));
    expect(reason).toBe('Internal');
    expect(failure).toMatchObject({ cause: 'a chain without plugins', network: 'test/net-net1' });
  });

  const made = (...interfaces: readonly object[]): ChildEnd => printed({ ...result, interfaces });
  const one = stepOf({ plugins: [{ type: 'bridge' }] });

  it.each([
    [made({ name: 'br0' }, { name: 'net1', sandbox: '/n' })],
    [made({ name: 'other', sandbox: '/n' }, { name: 'net1', sandbox: '/n' })],
    [made({ name: 'br0', sandbox: '' })],
    [made({ name: 'br0' })],
    [made()],
  ])('takes a result with the wanted interface or with none in the sandbox: %j', (end) => {
    expect(addChain(runOn(new ScriptedSys([end])), one)).toBe(end.stdout);
  });

  it('refuses other interfaces in its place', () => {
    const sys = new ScriptedSys([
      made({ name: 'net1' }, { name: 'a', sandbox: '/n' }, { name: 'b', sandbox: '/n' }),
    ]);
    const { reason, failure } = caught(() => addChain(runOn(sys), one));
    expect(reason).toBe('DelegateOutput');
    expect(failure).toMatchObject({
      cause: 'the plugins made a, b instead of net1',
      network: 'test/net-net1',
      step: 'ADD net1',
    });
  });

  it('keeps addresses in CNI_ARGS for the default network, and for whoever they are meant', () => {
    const argsOf = (step: DelegateStep, more: { argsAreOwn?: boolean } = {}): string | undefined => {
      const sys = new ScriptedSys([printed(result)]);
      const run = runOn(sys);
      addChain({ ...run, context: { ...run.context, ...more } }, step);
      return sys.executions[0]?.environ['CNI_ARGS'];
    };
    expect(argsOf({ ...one, isDefault: true })).toBe('IgnoreUnknown=1;IP=10.0.0.5');
    expect(argsOf({ ...one, isDefault: false })).toBe('IgnoreUnknown=1');
    expect(argsOf({ ...one, isDefault: false }, { argsAreOwn: true })).toBe('IgnoreUnknown=1;IP=10.0.0.5');
  });
});

describe('DEL of a chain', () => {
  it.each([
    ['0.3.1', undefined],
    ['0.4.0', { ips: [] }],
  ])('of version %s goes backwards with prevResult %j', (cniVersion, previous) => {
    const sys = new ScriptedSys();
    delChain(runOn(sys), stepOf({ cniVersion }), '{"ips":[]}');
    expect(inputs(sys)).toEqual([
      ['tuning', previous],
      ['bridge', previous],
    ]);
    expect(sys.executions.map(({ verb }) => verb)).toEqual(['DEL', 'DEL']);
  });

  it('stops at the first that fails', () => {
    const sys = new ScriptedSys([failed({ code: 7, msg: 'no' })]);
    expect(caught(() => delChain(runOn(sys), stepOf())).message).toContain('DEL net1: plugin tuning: no');
    expect(sys.executions).toHaveLength(1);
  });

  const both = ['bridge', 'tuning'];

  it.each([
    // What ADD never began need not be there, but is asked where it is.
    [['bridge'], 1, undefined, ['bridge']],
    [['bridge'], undefined, 'PluginMissing', []],
    [['tuning'], 1, 'PluginMissing', ['tuning']],
    [['portmap'], 0, undefined, []],
    [both, 1, undefined, ['tuning', 'bridge']],
  ] as const)('with %j installed and %s begun: %s', (types, begun, reason, ran) => {
    const sys = new ScriptedSys([], ...types);
    const act = (): void => delChain(runOn(sys), stepOf(), undefined, begun);
    if (reason === undefined) act();
    else expect(caught(act).reason).toBe(reason);
    expect(sys.executions.map(({ type }) => type)).toEqual(ran);
  });

  it('fails on a plugin that ADD never began where that fails', () => {
    const sys = new ScriptedSys([failed({ code: 7, msg: 'no' })]);
    expect(caught(() => delChain(runOn(sys), stepOf(), undefined, 1)).reason).toBe('DelegateFailed');
  });
});

describe('CHECK of a chain', () => {
  it.each([
    [{}, ['bridge', 'tuning']],
    [{ cniVersion: '0.4.0' }, ['bridge', 'tuning']],
    [{ cniVersion: '0.3.1' }, []],
    [{ disableCheck: true }, []],
  ])('with %j asks %j, each with the final result', (more, ran) => {
    const sys = new ScriptedSys();
    checkChain(runOn(sys), stepOf(more), '{"ips":[]}');
    expect(inputs(sys)).toEqual(ran.map((type) => [type, { ips: [] }]));
  });
});
