import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Plan } from '../../../src/attachment/plan.ts';
import type { RequestFrame } from '../../../src/wire/frame.ts';
import { planFor } from '../../fakes/plan.ts';
import { type AgentScript, frameText, servePlans } from '../../fakes/scripted-agent.ts';
import { expectReadable, expectRefusal, expectSuccess } from '../../harness/refusal.ts';
import { sleep } from '../../harness/run.ts';
import type { CniCall } from '../../harness/runtime.ts';
import type { Pod } from '../../harness/sandbox.ts';
import { PluginBench, sandboxOf, three } from './fixture.ts';

let bench: PluginBench;
beforeAll(() => {
  bench = new PluginBench();
});
afterEach(() => bench.stopAgent());
afterAll(() => bench.dispose());

/** Code 11 with one of the agent's reasons, nothing run, and nothing left after the runtime's DEL. */
async function expectAgentFailure(call: CniCall, pod: Pod): Promise<void> {
  expect(call.status, call.stdout + call.stderr).not.toBe(0);
  expect({ code: call.error?.code, details: call.error?.details }).toEqual({
    code: 11,
    details: expect.stringMatching(/^reason=Agent(Unreachable|Timeout|Protocol|Stopping)$/),
  });
  expectReadable(call.error?.msg ?? '');
  expectSuccess(await bench.runtime.del(pod));
  expect(bench.bin.trace()).toEqual([]);
  expect(bench.remainsOf(pod)).toEqual([]);
}

function goodPlan(request: RequestFrame): Plan {
  return planFor(sandboxOf(request), three());
}

/** Reads the request and answers it with what `answer` makes of it; then waits for the plugin to go. */
function answering(answer: (request: RequestFrame) => string | Uint8Array): AgentScript {
  return async (connection, agent) => {
    const request = (await connection.read()) as unknown as RequestFrame;
    agent.requests.push(request);
    await connection.sendText(answer(request));
    await connection.read();
  };
}

describe('an agent that is away', () => {
  it('refuses ADD with code 11 within 100 ms and runs nothing, where there is no socket [F1]', async () => {
    const took: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const pod = bench.freshPod();
      const call = await bench.runtime.add(pod);
      took.push(call.ms);
      expectRefusal(call, { reason: 'AgentUnreachable', names: ['agent'] });
      await expectAgentFailure(call, pod);
    }
    // The median: one of the rounds may meet a busy machine.
    expect(took.sort((a, b) => a - b)[2]).toBeLessThan(100);
  });

  it('does the same where a dead agent left its socket', async () => {
    const die =
      'require("net").createServer().listen(process.argv[1], () => process.kill(process.pid, "SIGKILL"))';
    spawnSync(process.execPath, ['-e', die, bench.node.socket]);
    const pod = bench.freshPod();
    const call = await bench.runtime.add(pod);
    rmSync(bench.node.socket);
    expectRefusal(call, { reason: 'AgentUnreachable' });
    expect(call.ms).toBeLessThan(150);
    await expectAgentFailure(call, pod);
  });

  it('gives up on a hung agent within 5 s, with the default budgets', async () => {
    await bench.withAgent(async (connection) => {
      await sleep(20_000);
      connection.drop();
    });
    const pod = bench.freshPod();
    const call = await bench.runtime.add(pod);
    expectRefusal(call, { reason: 'AgentTimeout', names: ['agent'] });
    expect(call.ms).toBeLessThanOrEqual(5000);
    expect(call.ms).toBeGreaterThan(4000);
    await expectAgentFailure(call, pod);
  });

  it('gives up on one that sends a frame byte by byte for ever', async () => {
    await bench.withAgent(async (connection) => {
      await connection.read();
      for (let sent = 0; sent < 100; sent += 1) {
        await connection.sendText(' ');
        await sleep(100);
      }
    });
    const pod = bench.freshPod();
    const call = await bench.runtimeWith({ plan: 600 }).add(pod);
    expectRefusal(call, { reason: 'AgentTimeout' });
    expect(call.ms).toBeLessThan(2000);
    await expectAgentFailure(call, pod);
  });

  it('does not hinder DEL by more than a moment when it hangs', async () => {
    await bench.withAgent(servePlans(goodPlan));
    const pod = bench.freshPod();
    expectSuccess(await bench.runtime.add(pod));
    await bench.withAgent(async () => {
      await sleep(20_000);
    });
    const call = await bench.runtime.del(pod);
    expectSuccess(call);
    expect(call.ms).toBeLessThan(1000);
    expect(bench.remainsOf(pod)).toEqual([]);
  });
});

describe('an agent that dies between two frames', () => {
  it.each<[string, AgentScript]>([
    ['before it reads the request', async (connection) => connection.drop()],
    [
      'after the request',
      async (connection) => {
        await connection.read();
        connection.drop();
      },
    ],
    [
      'after it held the plan back',
      async (connection) => {
        await connection.read();
        await connection.send({ type: 'held' });
        connection.drop();
      },
    ],
    ['with an orderly end instead of a plan', async (connection) => void (await connection.read())],
  ])('refuses ADD and runs nothing: %s', async (_when, script) => {
    await bench.withAgent(script);
    const pod = bench.freshPod();
    const call = await bench.runtime.add(pod);
    expect(call.ms).toBeLessThan(1000);
    await expectAgentFailure(call, pod);
  });

  it('finishes an ADD whose plan has arrived, and does not wait for a dead one', async () => {
    await bench.withAgent(async (connection) => {
      const request = (await connection.read()) as unknown as RequestFrame;
      await connection.send({ type: 'plan', plan: goodPlan(request), requires: [] });
      connection.drop();
    });
    const pod = bench.freshPod();
    const call = await bench.runtime.add(pod);
    expectSuccess(call);
    expect(call.ms).toBeLessThan(900);
    expect(bench.bin.trace()).toHaveLength(3);
    expectSuccess(await bench.runtime.del(pod));
    expect(bench.remainsOf(pod)).toEqual([]);
  });

  it('finishes an ADD whose outcome it has read', async () => {
    await bench.withAgent(async (connection) => {
      const request = (await connection.read()) as unknown as RequestFrame;
      await connection.send({ type: 'plan', plan: goodPlan(request), requires: [] });
      await connection.read();
      connection.drop();
    });
    const pod = bench.freshPod();
    const call = await bench.runtime.add(pod);
    expectSuccess(call);
    expect(call.ms).toBeLessThan(900);
    expectSuccess(await bench.runtime.del(pod));
  });
});

describe('frames', () => {
  it('may arrive one byte at a time', async () => {
    await bench.withAgent(async (connection) => {
      const request = (await connection.read()) as unknown as RequestFrame;
      for (const byte of Buffer.from(frameText({ type: 'plan', plan: goodPlan(request), requires: [] }))) {
        await connection.sendText(Uint8Array.of(byte));
      }
      await connection.read();
      for (const byte of Buffer.from(frameText({ type: 'done' })))
        await connection.sendText(Uint8Array.of(byte));
      await connection.read();
    });
    const pod = bench.freshPod();
    expectSuccess(await bench.runtime.add(pod));
    expect(bench.bin.trace()).toHaveLength(3);
    expectSuccess(await bench.runtime.del(pod));
  });

  it('may arrive together', async () => {
    await bench.withAgent(
      answering((request) =>
        [
          { type: 'held' },
          { type: 'held' },
          { type: 'plan', plan: goodPlan(request), requires: [] },
          { type: 'done' },
        ]
          .map((frame) => frameText(frame))
          .join(''),
      ),
    );
    const pod = bench.freshPod();
    const call = await bench.runtime.add(pod);
    expectSuccess(call);
    expect(call.ms).toBeLessThan(900);
    expectSuccess(await bench.runtime.del(pod));
  });

  it('that are cut anywhere, with the agent gone, are refused and nothing is run', async () => {
    let at = 0;
    let length = 1;
    await bench.withAgent(async (connection) => {
      const request = (await connection.read()) as unknown as RequestFrame;
      const plan = planFor(sandboxOf(request), [{ ifname: 'eth0', plugins: [{ type: 'alpha' }] }]);
      const bytes = Buffer.from(frameText({ type: 'plan', plan, requires: [] }));
      length = bytes.length;
      // The connection is closed in order when this returns: everything sent arrives.
      await connection.sendText(bytes.subarray(0, at));
    });
    const pod = bench.freshPod();
    // Without its line feed even the last cut is no frame.
    for (; at < length; at += process.env['WEFT_LONG'] === '1' ? 1 : 5) {
      const call = await bench.runtime.add(pod);
      expect({ at, code: call.error?.code, stdout: call.stdout }).toMatchObject({ at, code: 11 });
    }
    expect(bench.bin.trace()).toEqual([]);
    expectSuccess(await bench.runtime.del(pod));
    expect(bench.remainsOf(pod)).toEqual([]);
  });

  it.each<[string, string | Uint8Array]>([
    ['an empty line', '\n'],
    ['no JSON', 'hello\n'],
    ['no object', '[]\n'],
    ['bytes that are no UTF-8', Uint8Array.of(0xff, 0xfe, 0x0a)],
    ['another version', frameText({ type: 'held', v: 2 })],
    ['no version', frameText({ type: 'held', v: undefined })],
    ['another op', frameText({ type: 'held', op: 'host' })],
    ['an unknown type', frameText({ type: 'surprise' })],
    ['a frame of the plugin', frameText({ type: 'request' })],
    ['no type', frameText({})],
    ['a plan frame without plan', frameText({ type: 'plan', requires: [] })],
    ['a mistyped plan', frameText({ type: 'plan', plan: 'x', requires: [] })],
    ['mistyped requires', frameText({ type: 'plan', plan: {}, requires: 'x' })],
    ['a refusal without error', frameText({ type: 'refuse' })],
    [
      'a refusal whose code is text',
      frameText({ type: 'refuse', cniError: { cniVersion: '1.0.0', code: '7', msg: 'x', details: '' } }),
    ],
    [
      'a plan without steps',
      frameText({
        type: 'plan',
        requires: [],
        plan: { sandbox: { containerId: 'a', ifname: 'b', netns: 'c' } },
      }),
    ],
    ['done instead of a plan', frameText({ type: 'done' })],
    ['5 MiB without a line feed', 'x'.repeat(5 * 1024 * 1024)],
    ['5 MiB in one frame', `${JSON.stringify({ pad: 'x'.repeat(5 * 1024 * 1024) })}\n`],
  ])('are refused with code 11 where they are %s', async (_what, text) => {
    await bench.withAgent(answering(() => text));
    const pod = bench.freshPod();
    const call = await bench.runtimeWith({ plan: 2000 }).add(pod);
    expect(call.error?.details).toBe('reason=AgentProtocol');
    await expectAgentFailure(call, pod);
  });

  it.each<[string, (step: Record<string, unknown>) => unknown]>([
    ['kind', (step) => ({ ...step, kind: 5 })],
    ['id', (step) => ({ ...step, id: undefined })],
    ['deadlineMs', (step) => ({ ...step, deadlineMs: '30' })],
    ['ifname', (step) => ({ ...step, ifname: null })],
    ['network', (step) => ({ ...step, network: [] })],
    ['networkName', (step) => ({ ...step, networkName: 1 })],
    ['cniVersion', (step) => ({ ...step, cniVersion: {} })],
    ['plugins', (step) => ({ ...step, plugins: 'alpha' })],
    ['plugins[0].config', (step) => ({ ...step, plugins: [{ type: 'alpha', config: {} }] })],
    ['plugins[0].type', (step) => ({ ...step, plugins: [{ config: '{}' }] })],
    ['isDefault', (step) => ({ ...step, isDefault: 'yes' })],
    ['a step that is null', () => null],
  ])('are refused where a known key of a step is missing or mistyped: %s', async (_field, change) => {
    await bench.withAgent(
      answering((request) => {
        const plan = goodPlan(request);
        const steps = plan.steps.map((step, index) => (index === 1 ? change({ ...step }) : step));
        return frameText({ type: 'plan', plan: { ...plan, steps }, requires: [] });
      }),
    );
    const pod = bench.freshPod();
    const call = await bench.runtime.add(pod);
    expect(call.error?.details).toMatch(/^reason=(AgentProtocol|PlanRefused)$/);
    expectReadable(call.error?.msg ?? '');
    expectSuccess(await bench.runtime.del(pod));
    expect(bench.bin.trace()).toEqual([]);
    expect(bench.remainsOf(pod)).toEqual([]);
  });

  it('of a newer peer may carry keys that this one does not know', async () => {
    await bench.withAgent(
      answering((request) => {
        const plan = goodPlan(request);
        const steps = plan.steps.map((step) => ({ ...step, novelty: { a: [1] } }));
        const newer = { ...plan, steps, colour: 'blue', sandbox: { ...plan.sandbox, runtime: 'x' } };
        return `${frameText({ type: 'plan', plan: newer, requires: [], sender: '99.1.0', more: null })}${frameText({ type: 'done', when: 1 })}`;
      }),
    );
    const pod = bench.freshPod();
    expectSuccess(await bench.runtime.add(pod));
    expect(bench.bin.trace()).toHaveLength(3);
    expectSuccess(await bench.runtime.del(pod));
    expect(bench.remainsOf(pod)).toEqual([]);
  });

  it('that require what this plugin lacks are refused with code 11, naming it', async () => {
    await bench.withAgent(
      answering((request) =>
        frameText({ type: 'plan', plan: goodPlan(request), requires: ['ruleset-steps'], sender: '9.9.9' }),
      ),
    );
    const pod = bench.freshPod();
    const call = await bench.runtime.add(pod);
    expectRefusal(call, { reason: 'AgentProtocol', names: ['ruleset-steps', '9.9.9'] });
    await expectAgentFailure(call, pod);
  });

  it('with a step kind that this plugin does not know are refused, and nothing is run', async () => {
    await bench.withAgent(
      answering((request) => {
        const plan = goodPlan(request);
        const steps = [...plan.steps, { kind: 'ruleset', id: 'r', ifname: 'eth0', deadlineMs: 5 }];
        return frameText({ type: 'plan', plan: { ...plan, steps }, requires: [] });
      }),
    );
    const pod = bench.freshPod();
    const call = await bench.runtime.add(pod);
    expect(call.status).not.toBe(0);
    expect(call.error?.details).toMatch(/^reason=(AgentProtocol|PlanRefused)$/);
    expect(bench.bin.trace()).toEqual([]);
    expectSuccess(await bench.runtime.del(pod));
  });
});

describe('waiting', () => {
  it('counts the time of the plan from the last "held"', async () => {
    await bench.withAgent(async (connection) => {
      const request = (await connection.read()) as unknown as RequestFrame;
      for (let held = 0; held < 6; held += 1) {
        await sleep(250);
        await connection.send({ type: 'held' });
      }
      await sleep(250);
      await connection.send({ type: 'plan', plan: goodPlan(request), requires: [] });
      await connection.read();
      await connection.send({ type: 'done' });
    });
    const pod = bench.freshPod();
    const call = await bench.runtimeWith({ plan: 700 }).add(pod);
    expectSuccess(call);
    expect(call.ms).toBeGreaterThan(1700);
    expectSuccess(await bench.runtime.del(pod));
  });

  it('ends after the last "held" when nothing follows', async () => {
    await bench.withAgent(async (connection) => {
      await connection.read();
      for (let held = 0; held < 3; held += 1) {
        await sleep(200);
        await connection.send({ type: 'held' });
      }
      await sleep(10_000);
    });
    const pod = bench.freshPod();
    const call = await bench.runtimeWith({ plan: 400 }).add(pod);
    expectRefusal(call, { reason: 'AgentTimeout' });
    expect(call.ms).toBeGreaterThan(950);
    expect(call.ms).toBeLessThan(2500);
    await expectAgentFailure(call, pod);
  });

  it.each<[string, number | undefined, number, number]>([
    ['1 s by default', undefined, 1000, 2000],
    ['as long as configured', 300, 300, 900],
    ['not at all where configured so', 0, 0, 900],
  ])(
    'for a status write that does not come lasts %s, and ADD succeeds',
    async (_what, done, atLeast, atMost) => {
      await bench.withAgent(async (connection) => {
        const request = (await connection.read()) as unknown as RequestFrame;
        await connection.send({ type: 'plan', plan: goodPlan(request), requires: [] });
        await connection.read();
        await sleep(5000);
      });
      const pod = bench.freshPod();
      const call = await bench.runtimeWith(done === undefined ? {} : { done }).add(pod);
      expectSuccess(call);
      expect(call.ms).toBeGreaterThanOrEqual(atLeast);
      expect(call.ms).toBeLessThan(atMost);
      expectSuccess(await bench.runtime.del(pod));
    },
  );
});
