import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AgentNode } from './agent-node.ts';
import { outcomeFrame, RawAgentClient, recordOf, requestFrame, wholeAdd } from './raw-client.ts';

let node: AgentNode;

beforeEach(() => {
  node = new AgentNode();
});
afterEach(() => node.remove());

describe('an agent that is killed', () => {
  it('after the connection, before the request: the plugin sees the end, a new agent serves', async () => {
    const agent = await node.start();
    const client = await RawAgentClient.open(node.socket);
    await agent.kill('SIGKILL');
    expect(await client.next()).toBeUndefined();
    await node.start();
    await wholeAdd(node.socket);
  });

  it('inside a request: the plugin sees the end, a new agent serves', async () => {
    const agent = await node.start();
    const client = await RawAgentClient.open(node.socket);
    client.sendRaw(JSON.stringify(requestFrame()).slice(0, 50));
    await agent.kill('SIGKILL');
    expect(await client.next()).toBeUndefined();
    await node.start();
    await wholeAdd(node.socket);
  });

  it('while it holds a plan back: the plugin sees the end and no plan', async () => {
    const agent = await node.start(['--max-plans=1']);
    const first = await RawAgentClient.open(node.socket);
    first.send(requestFrame());
    await first.plan();
    const second = await RawAgentClient.open(node.socket);
    second.send(requestFrame({ containerId: 'sandbox-2' }));
    expect(await second.next()).toMatchObject({ type: 'held' });
    await agent.kill('SIGKILL');
    expect(await second.answer()).toBeUndefined();
    await node.start();
    await wholeAdd(node.socket);
  });

  it('between plan and outcome: a new agent takes the outcome on a new connection', async () => {
    const agent = await node.start();
    const client = await RawAgentClient.open(node.socket);
    client.send(requestFrame());
    const plan = await client.plan();
    await agent.kill('SIGKILL');
    expect(await client.next()).toBeUndefined();
    const next = await node.start();
    const again = await RawAgentClient.open(node.socket);
    again.send(outcomeFrame(recordOf(plan)));
    expect(await again.next()).toMatchObject({ type: 'done' });
    expect((await next.finished(1))[0]).toMatchObject({ verb: 'ADD', outcome: 'ok' });
  });

  it('between outcome and done: the plugin sees the end or done, never anything else', async () => {
    const agent = await node.start();
    const client = await RawAgentClient.open(node.socket);
    client.send(requestFrame());
    client.send(outcomeFrame(recordOf(await client.plan())));
    await agent.kill('SIGKILL');
    const last = await client.next();
    expect([undefined, 'done']).toContain(last?.type);
    await node.start();
    await wholeAdd(node.socket);
  });

  it('leaves nothing but its socket in the run directory', async () => {
    const agent = await node.start();
    await wholeAdd(node.socket);
    await agent.kill('SIGKILL');
    const next = await node.start();
    await next.kill('SIGTERM');
    expect(readdirSync(`${node.root}/run`)).toEqual([]);
  });
});
