import { existsSync, renameSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DelegateStep } from '../../../src/attachment/plan.ts';
import { AgentNode, nadJson, until } from './agent-node.ts';
import { outcomeFrame, RawAgentClient, recordOf, requestFrame, wholeAdd } from './raw-client.ts';

const networks = 'k8s.v1.cni.cncf.io/networks';
let node: AgentNode;

function redYaml(type: string): string {
  const head = 'apiVersion: k8s.cni.cncf.io/v1\nkind: NetworkAttachmentDefinition\nmetadata: {name: red}\n';
  return `${head}spec: {config: '{"type":"${type}"}'}\n`;
}

beforeEach(() => {
  node = new AgentNode();
  node.write('networks/blue.json', nadJson('blue', { cniVersion: '1.0.0', type: 'macvlan', master: 'eth0' }));
});
afterEach(() => node.remove());

describe('a request', () => {
  it('gets a plan with the default network first, then those of the annotation, and one log line', async () => {
    const agent = await node.start();
    const plan = await wholeAdd(node.socket, { annotations: { [networks]: 'blue' } });
    expect(plan.sandbox).toEqual({ containerId: 'sandbox-1', ifname: 'eth0', netns: '/run/netns/a' });
    expect(plan.pod).toEqual({ namespace: 'default', name: 'web', uid: 'u-1' });
    expect(plan.steps.map((step) => [step.kind, step.ifname])).toEqual([
      ['delegate', 'eth0'],
      ['delegate', 'net1'],
    ]);
    const row = await agent.logged(({ msg }) => msg === 'request');
    expect(row).toMatchObject({
      level: 'info',
      node: 'node-a',
      verb: 'ADD',
      pod: 'default/web',
      sandbox: 'sandbox-1',
      outcome: 'ok',
      reason: '',
      networks: ['cluster@eth0', 'default/blue@net1'],
      steps: { eth0: 1.5, net1: 1.5 },
      plugin: '0.1.0',
    });
    expect(Object.keys(row['ms'] as object).sort()).toEqual([
      'done',
      'inputs',
      'lock',
      'resolve',
      'snapshot',
      'steps',
      'total',
    ]);
    expect(agent.requests()).toHaveLength(1);
  });

  it('is logged with what was odd about it: an unknown key, a malformed file, two networks of one CNI name [NPWG-023] [NPWG-051] [NPWG-113]', async () => {
    node.write('networks/other.json', nadJson('blue', { cniVersion: '1.0.0', type: 'macvlan' }, 'other'));
    node.write('files/00-broken.conflist', '{"name":');
    node.write('files/10-red.conf', '{"cniVersion":"1.0.0","name":"red","type":"ptp"}');
    node.write('networks/red.yaml', redYaml('').replace(/spec: .*/, 'spec: {}'));
    const agent = await node.start();
    const asked = [{ name: 'blue', foo: 1 }, { name: 'blue', namespace: 'other' }, { name: 'red' }];
    const plan = await wholeAdd(node.socket, { annotations: { [networks]: JSON.stringify(asked) } });
    expect(plan.steps.slice(1)).toMatchObject([
      { network: 'default/blue', networkName: 'blue' },
      { network: 'other/blue', networkName: 'blue' },
      { network: 'default/red', networkName: 'red' },
    ]);
    const { warnings } = await agent.logged(({ msg }) => msg === 'request');
    expect((warnings as string[]).toSorted()).toEqual([
      expect.stringMatching(/^annotation .*"foo"/),
      expect.stringContaining('00-broken.conflist'),
      'networks default/blue and other/blue have the same CNI name "blue" and may share state',
    ]);
  });

  it('for a DEL gets what the pod would get now, waits for no outcome, and the log says why', async () => {
    const agent = await node.start();
    const client = await RawAgentClient.open(node.socket);
    client.send(requestFrame({ annotations: { [networks]: 'blue' }, frame: { verb: 'DEL' } }));
    expect((await client.plan()).steps.map(({ ifname }) => ifname)).toEqual(['eth0', 'net1']);
    expect(await client.next()).toBeUndefined();
    const row = await agent.logged(({ msg }) => msg === 'request');
    expect(row).toMatchObject({
      verb: 'DEL',
      outcome: 'ok',
      networks: ['cluster@eth0', 'default/blue@net1'],
    });
    expect(JSON.stringify(row)).toContain('resolved anew for its DEL');
  });

  it('for a DEL of a pod whose networks are gone is refused', async () => {
    const agent = await node.start();
    const client = await RawAgentClient.open(node.socket);
    client.send(requestFrame({ annotations: { [networks]: 'red' }, frame: { verb: 'DEL' } }));
    expect(await client.refusal()).toMatchObject({ details: 'reason=NetworkNotFound' });
    expect(await agent.logged(({ msg }) => msg === 'request')).toMatchObject({
      verb: 'DEL',
      outcome: 'refused',
    });
  });

  it('takes the annotation from CNI_ARGS where the runtime hands none over', async () => {
    await node.start();
    const args = `K8S_POD_NAMESPACE=default;K8S_POD_NAME=web;K8S_ANNOT=${JSON.stringify({ [networks]: 'blue' })}`;
    expect((await wholeAdd(node.socket, { args })).steps).toHaveLength(2);
  });

  it('sees a network that was written a moment before, without restart', async () => {
    const agent = await node.start();
    const client = await RawAgentClient.open(node.socket);
    client.send(requestFrame({ annotations: { [networks]: 'red' } }));
    expect(await client.refusal()).toMatchObject({ code: 7, details: 'reason=NetworkNotFound' });
    node.write('networks/red.yaml', redYaml('ptp'));
    expect((await wholeAdd(node.socket, { annotations: { [networks]: 'red' } })).steps).toHaveLength(2);
    for (const [round, type] of [
      ['1', 'vlan'],
      ['2', 'tap1'],
      ['3', 'tap2'],
    ] as const) {
      node.write('networks/red.yaml', redYaml(type));
      const plan = await wholeAdd(node.socket, {
        annotations: { [networks]: 'red' },
        containerId: `s${round}`,
      });
      expect(plan.steps[1]).toMatchObject({ plugins: [{ type }] });
    }
    expect(agent.stderr).not.toMatch(/\n\s+at /);
  });

  it('sees a change of a file that had long been read and used', async () => {
    const nad = (name: string, master: string): string =>
      nadJson(name, { cniVersion: '1.0.0', type: 'macvlan', master });
    node.write('networks/green.json', nad('green', 'eth0'));
    await node.start();
    const both = async (): Promise<readonly unknown[]> => {
      const plan = await wholeAdd(node.socket, { annotations: { [networks]: 'blue,green' } });
      return plan.steps.slice(1);
    };
    const config = (master: string): object => ({
      plugins: [{ type: 'macvlan', config: expect.stringContaining(`"master":"${master}"`) as string }],
    });
    // Longer than a file is distrusted for being young.
    await new Promise((resolve) => setTimeout(resolve, 2_200));
    const first = await both();
    expect(first).toMatchObject([config('eth0'), config('eth0')]);
    expect(await both()).toEqual(first);
    node.write('networks/blue.json', nad('blue', 'eth9'));
    node.write('replacement', nad('green', 'eth7'));
    renameSync(`${node.root}/replacement`, `${node.root}/networks/green.json`);
    const changed = await both();
    expect(changed).toMatchObject([config('eth9'), config('eth7')]);
    expect((changed[0] as DelegateStep).nad?.hash).not.toBe((first[0] as DelegateStep).nad?.hash);
    unlinkSync(`${node.root}/networks/green.json`);
    await expect(both()).rejects.toThrow('expected a plan');
  });

  it.each([
    ['a broken annotation', { annotations: { [networks]: '[{' } }, 7, 'InvalidAnnotation'],
    [
      'an annotation that is no string',
      { stdin: '{"cniVersion":"1.0.0","runtimeConfig":{"io.kubernetes.cri.pod-annotations":{"a":1}}}' },
      7,
      'InvalidAnnotation',
    ],
    ['an unknown network', { annotations: { [networks]: 'green' } }, 7, 'NetworkNotFound'],
    [
      'two attachments for one interface',
      { annotations: { [networks]: 'blue@x,blue@x' } },
      7,
      'DuplicateInterface',
    ],
    ['a container ID with a path in it', { containerId: '../x' }, 4, 'InvalidEnvironment'],
    ['an interface name of 16 bytes', { ifname: 'abcdefghijklmnop' }, 4, 'InvalidEnvironment'],
    ['a configuration that is no JSON', { stdin: 'nonsense' }, 6, 'InvalidJson'],
    ['CNI_ARGS without pairs', { args: 'nonsense' }, 4, 'InvalidEnvironment'],
  ] as const)(
    'with %s is refused with its code, and the next one is served',
    async (_what, overrides, code, reason) => {
      const agent = await node.start();
      const client = await RawAgentClient.open(node.socket);
      client.send(requestFrame(overrides));
      const error = await client.refusal();
      expect(error).toMatchObject({ code, details: `reason=${reason}` });
      expect(error.msg.length).toBeLessThan(300);
      expect(await client.next()).toBeUndefined();
      const row = await agent.logged(({ msg }) => msg === 'request');
      expect(row).toMatchObject({ level: 'warn', outcome: 'refused', reason, message: error.msg });
      expect(row).not.toHaveProperty('stack');
      await wholeAdd(node.socket);
    },
  );

  it('is told why there is no default network, and is served once there is one', async () => {
    node.write('net.d/20-other.conflist', node.read('net.d/10-cluster.conflist').replace('cluster', 'other'));
    await node.start();
    const client = await RawAgentClient.open(node.socket);
    client.send(requestFrame());
    expect(await client.refusal()).toMatchObject({ code: 7, details: 'reason=DefaultNetworkAmbiguous' });
    node.write('net.d/20-other.conflist', '{');
    await wholeAdd(node.socket);
  });

  it('gets a network of a file that broke since refused as invalid, naming the file', async () => {
    await node.start();
    await wholeAdd(node.socket, { annotations: { [networks]: 'blue' } });
    node.write('networks/blue.json', '{"kind":');
    const client = await RawAgentClient.open(node.socket);
    client.send(requestFrame({ annotations: { [networks]: 'blue' } }));
    const error = await client.refusal();
    expect(error.details).toBe('reason=NetworkInvalid');
    expect(error.msg).toContain('blue.json');
  });
});

describe('an outcome', () => {
  it('of a DEL comes without a request and is logged', async () => {
    const agent = await node.start();
    const plan = await wholeAdd(node.socket);
    const client = await RawAgentClient.open(node.socket);
    client.socket.end(`${JSON.stringify(outcomeFrame(recordOf(plan, 'pending'), 'DEL'))}\n`);
    const row = await agent.logged(({ verb }) => verb === 'DEL');
    expect(row).toMatchObject({
      outcome: 'ok',
      pod: 'default/web',
      sandbox: 'sandbox-1',
      networks: ['cluster@eth0'],
    });
  });

  it('that tells a failure is logged with the reason that the runtime got', async () => {
    const agent = await node.start();
    const client = await RawAgentClient.open(node.socket);
    client.send(requestFrame());
    const record = recordOf(await client.plan());
    const failure = {
      cniVersion: '1.0.0',
      code: 11,
      msg: 'no address left',
      details: 'reason=DelegateFailed',
    };
    client.send(outcomeFrame({ ...record, failure }, 'ADD', false));
    expect(await client.next()).toMatchObject({ type: 'done' });
    const row = await agent.logged(({ msg }) => msg === 'request');
    expect(row).toMatchObject({
      level: 'warn',
      outcome: 'failed',
      reason: 'DelegateFailed',
      message: 'no address left',
    });
  });

  it.each([
    ['whose record lacks its core fields', (frame: object) => ({ ...frame, record: { sandbox: {} } })],
    [
      'about another sandbox',
      (frame: { record?: unknown }) => ({
        ...frame,
        record: { ...(frame.record as object), sandbox: { containerId: 'x', ifname: 'y', netns: '' } },
      }),
    ],
    ['that is a second request', () => requestFrame()],
  ] as const)('%s counts as lost', async (_what, change) => {
    const agent = await node.start();
    const client = await RawAgentClient.open(node.socket);
    client.send(requestFrame());
    client.send(change(outcomeFrame(recordOf(await client.plan()))));
    expect(await client.next()).toBeUndefined();
    expect(await agent.logged(({ msg }) => msg === 'request')).toMatchObject({
      outcome: 'lost',
      reason: 'AgentProtocol',
    });
    await wholeAdd(node.socket);
  });

  it('that never comes because the plugin died frees the slot', async () => {
    const agent = await node.start(['--max-plans=1']);
    const client = await RawAgentClient.open(node.socket);
    client.send(requestFrame());
    await client.plan();
    client.close();
    await wholeAdd(node.socket, { containerId: 'sandbox-2' });
    expect((await agent.finished(2)).map(({ outcome }) => outcome)).toEqual(['lost', 'ok']);
  });
});

describe('slots', () => {
  it('hold a plan back, say so every second, and let it go when one is free', async () => {
    const agent = await node.start(['--max-plans=1']);
    const first = await RawAgentClient.open(node.socket);
    first.send(requestFrame());
    const plan = await first.plan();
    const second = await RawAgentClient.open(node.socket);
    second.send(requestFrame({ containerId: 'sandbox-2' }));
    expect(await second.next(2_000)).toMatchObject({ type: 'held' });
    expect(await second.next(2_000)).toMatchObject({ type: 'held' });
    first.send(outcomeFrame(recordOf(plan)));
    const next = await second.plan();
    expect(next.sandbox.containerId).toBe('sandbox-2');
    second.send(outcomeFrame(recordOf(next)));
    const row = await agent.logged(({ sandbox }) => sandbox === 'sandbox-2');
    expect((row['ms'] as { held: number }).held).toBeGreaterThan(1_900);
  });

  it('do not hold a DEL back', async () => {
    const agent = await node.start(['--max-plans=1']);
    const first = await RawAgentClient.open(node.socket);
    first.send(requestFrame());
    const plan = await first.plan();
    const second = await RawAgentClient.open(node.socket);
    second.send(outcomeFrame(recordOf(plan, 'pending'), 'DEL'));
    await agent.logged(({ verb }) => verb === 'DEL', 1_000);
  });

  it('serve 200 connections at once, each with its own plan', async () => {
    const agent = await node.start();
    const plans = await Promise.all(
      Array.from({ length: 200 }, (_, index) => wholeAdd(node.socket, { containerId: `sandbox-${index}` })),
    );
    expect(new Set(plans.map(({ sandbox }) => sandbox.containerId)).size).toBe(200);
    expect((await agent.finished(200)).filter(({ outcome }) => outcome === 'ok')).toHaveLength(200);
  });
});

describe('the socket', () => {
  it('may be looked at without leaving a log line', async () => {
    const agent = await node.start();
    const probe = await RawAgentClient.open(node.socket);
    probe.socket.end();
    expect(await probe.next()).toBeUndefined();
    await wholeAdd(node.socket);
    expect(await agent.finished(1)).toHaveLength(1);
  });

  it('is for root alone', async () => {
    await node.start([`--socket=${node.root}/new/dir/agent.sock`], false);
    await until(() => (existsSync(`${node.root}/new/dir/agent.sock`) ? true : undefined), 'the socket');
    expect(statSync(`${node.root}/new/dir`).mode & 0o777).toBe(0o700);
    expect(statSync(`${node.root}/new/dir/agent.sock`).mode & 0o777).toBe(0o600);
  });

  it('of an agent that was killed is taken over', async () => {
    const first = await node.start();
    await first.kill('SIGKILL');
    expect(existsSync(node.socket)).toBe(true);
    const second = await node.start();
    await wholeAdd(node.socket);
    expect(second.log().some(({ msg }) => msg === 'stale socket removed')).toBe(true);
  });

  it('of an agent that lives is waited for, and taken when that one ends', async () => {
    const first = await node.start();
    const second = await node.start([], false);
    await second.logged(
      ({ msg, problem }) => msg === 'socket' && String(problem).includes('another process listens'),
    );
    await wholeAdd(node.socket);
    expect(await first.finished(1)).toHaveLength(1);
    await first.kill('SIGTERM');
    await second.logged(({ msg }) => msg === 'listening');
    await wholeAdd(node.socket);
    expect(await second.finished(1)).toHaveLength(1);
  });

  it('is got by exactly one of five agents that start at once', async () => {
    const agents = await Promise.all(Array.from({ length: 5 }, () => node.start([], false)));
    await until(
      () =>
        agents.every((agent) => agent.log().some(({ msg }) => msg === 'listening' || msg === 'socket'))
          ? true
          : undefined,
      'all five',
      30_000,
    );
    await wholeAdd(node.socket);
    expect(agents.filter((agent) => agent.log().some(({ msg }) => msg === 'listening'))).toHaveLength(1);
  });

  it('is not put in the place of a file that is no socket', async () => {
    writeFileSync(node.socket, 'precious');
    const agent = await node.start([], false);
    await agent.logged(({ problem }) => String(problem).includes('is no socket'));
    expect(node.read('run/agent.sock')).toBe('precious');
  });

  it('is made anew when somebody removed it', async () => {
    const agent = await node.start();
    unlinkSync(node.socket);
    await agent.logged(({ msg }) => msg === 'socket was removed or replaced');
    await agent.listening();
    await wholeAdd(node.socket);
  });
});

describe('SIGTERM', () => {
  it('finishes what has a plan, refuses what has none, and leaves no socket', async () => {
    const agent = await node.start(['--max-plans=1']);
    const running = await RawAgentClient.open(node.socket);
    running.send(requestFrame());
    const plan = await running.plan();
    const waiting = await RawAgentClient.open(node.socket);
    waiting.send(requestFrame({ containerId: 'sandbox-2' }));
    await waiting.next(2_000);
    const mute = await RawAgentClient.open(node.socket);
    const end = agent.kill('SIGTERM');
    expect(await waiting.refusal()).toMatchObject({ code: 11, details: 'reason=AgentStopping' });
    await mute.next();
    await until(() => (existsSync(node.socket) ? undefined : true), 'the socket to go');
    await expect(RawAgentClient.open(node.socket)).rejects.toThrow(/ENOENT|ECONNREFUSED/);
    running.send(outcomeFrame(recordOf(plan)));
    expect(await running.next()).toMatchObject({ type: 'done' });
    expect(await end).toBe(0);
    expect(
      agent
        .requests()
        .map(({ outcome }) => outcome)
        .sort(),
    ).toContain('ok');
  });
});
