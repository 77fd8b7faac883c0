import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { maxFrameBytes } from '../../../src/wire/frame.ts';
import { AgentNode, type AgentProcess } from './agent-node.ts';
import { outcomeFrame, RawAgentClient, recordOf, requestFrame, wholeAdd } from './raw-client.ts';

let node: AgentNode;
let agent: AgentProcess;

beforeAll(async () => {
  node = new AgentNode();
  agent = await node.start(['--max-plans=64']);
});
afterAll(() => node.remove());

/** Lets the event loop turn, so that what was written leaves as a packet of its own. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

describe('a frame', () => {
  it('may be cut in two at every byte, also inside a character', async () => {
    const bytes = Buffer.from(
      `${JSON.stringify(requestFrame({ args: 'IgnoreUnknown=1;NOTE=grün-日本-🙂' }))}\n`,
    );
    for (let start = 1; start < bytes.length; start += 32) {
      const cuts = Array.from({ length: Math.min(32, bytes.length - start) }, (_, index) => start + index);
      await Promise.all(cuts.map((cut) => sendCut(bytes, cut)));
    }
  });

  it('may come byte by byte', async () => {
    const client = await RawAgentClient.open(node.socket);
    for (const byte of Buffer.from(`${JSON.stringify(requestFrame())}\n`)) {
      client.sendRaw(Uint8Array.of(byte));
      await turn();
    }
    await client.plan();
    client.close();
  });

  it('may share a packet with the one that follows', async () => {
    const client = await RawAgentClient.open(node.socket);
    const plan = await wholeAdd(node.socket, { containerId: 'twin' });
    const outcome = JSON.stringify(outcomeFrame(recordOf(plan)));
    client.sendRaw(`${JSON.stringify(requestFrame({ containerId: 'twin' }))}\n${outcome}\n`);
    expect(await client.answer()).toMatchObject({ type: 'plan' });
    expect(await client.answer()).toMatchObject({ type: 'done' });
  });

  it('of just under 4 MiB is taken, of 4 MiB refused', async () => {
    expect(await refusalOf(`${padded(maxFrameBytes)}\n`)).toMatchObject({
      code: 11,
      details: 'reason=AgentProtocol',
    });
    const client = await RawAgentClient.open(node.socket);
    client.sendRaw(`${padded(maxFrameBytes - 1)}\n`);
    await client.plan();
    client.close();
  });

  it('without an end is refused once it is too long', async () => {
    const error = await refusalOf('x'.repeat(maxFrameBytes + 10));
    expect(error.msg).toContain('longer than');
  });

  it.each([
    ['garbage', 'GET / HTTP/1.1\r\n\r\n', 'no JSON'],
    ['an array', '[]\n', 'no object'],
    ['an empty line', '\n', 'no JSON'],
    ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d, 0x0a]), 'UTF-8'],
    ['a byte order mark', `\ufeff${JSON.stringify(requestFrame())}\n`, 'no JSON'],
    ['deep nesting', `${'['.repeat(1_000_000)}\n`, 'no JSON'],
    [
      'a frame of the agent',
      `${JSON.stringify({ v: 1, op: 'cni', type: 'plan', sender: 'x', plan: {}, requires: [] })}\n`,
      'plan',
    ],
    [
      'a newer version',
      `${JSON.stringify(requestFrame({ frame: { v: 2, sender: '9.0.0' } }))}\n`,
      'weft 9.0.0',
    ],
    ['another op', `${JSON.stringify(requestFrame({ frame: { op: 'host' } }))}\n`, 'host'],
    ['a request whose env is no object', `${JSON.stringify(requestFrame({ frame: { env: 'x' } }))}\n`, 'env'],
    [
      'a request whose variable is no string',
      `${JSON.stringify(requestFrame({ frame: { env: { CNI_CONTAINERID: 7 } } }))}\n`,
      'CNI_CONTAINERID',
    ],
  ] as const)('that is %s is refused with code 11 and the next one is served', async (_what, bytes, word) => {
    const error = await refusalOf(bytes);
    expect(error).toMatchObject({ code: 11, details: 'reason=AgentProtocol' });
    expect(error.msg).toContain(word);
    expect(error.msg.length).toBeLessThan(300);
    await wholeAdd(node.socket);
  });

  it('of a newer plugin may have keys and features that this agent does not know', async () => {
    const frame = { sender: '9.9.9', features: ['device', 'ruleset'], later: { a: 1 } };
    await wholeAdd(node.socket, { frame });
  });

  it('that nobody asked for ends the connection', async () => {
    const client = await RawAgentClient.open(node.socket);
    client.sendRaw(`${JSON.stringify(requestFrame())}\n`.repeat(40));
    for (let frame = await client.next(); frame !== undefined; frame = await client.next())
      expect(frame.type).not.toBe('done');
  });

  it('of a peer that reads nothing does not hold up anybody', async () => {
    const deaf = await RawAgentClient.open(node.socket);
    deaf.socket.pause();
    deaf.send(requestFrame());
    await wholeAdd(node.socket);
    deaf.close();
  });

  it('was never answered with a stack trace, nor did the agent end', () => {
    expect(agent.child.exitCode).toBeNull();
    expect(agent.log().filter((row) => 'stack' in row)).toEqual([]);
  });
});

describe('a connection', () => {
  it('that ends inside a frame is logged', async () => {
    const client = await RawAgentClient.open(node.socket);
    client.socket.end('{"v":1');
    await agent.logged(({ message }) => String(message).includes('ended inside a frame'));
  });
});

async function sendCut(bytes: Buffer, cut: number): Promise<void> {
  const client = await RawAgentClient.open(node.socket);
  client.sendRaw(bytes.subarray(0, cut));
  await turn();
  await turn();
  client.sendRaw(bytes.subarray(cut));
  const plan = await client.plan();
  expect(plan.sandbox.containerId, `cut at ${cut}`).toBe('sandbox-1');
  client.close();
}

/** A request frame of exactly `length` bytes, its line feed not counted. */
function padded(length: number): string {
  const bare = JSON.stringify(requestFrame({ frame: { padding: '' } }));
  const text = JSON.stringify(requestFrame({ frame: { padding: 'x'.repeat(length - bare.length) } }));
  expect(text).toHaveLength(length);
  return text;
}

async function refusalOf(
  bytes: string | Uint8Array,
): Promise<{ code: number; msg: string; details: string }> {
  const client = await RawAgentClient.open(node.socket);
  client.sendRaw(bytes);
  const error = await client.refusal();
  expect(await client.next()).toBeUndefined();
  return error;
}
