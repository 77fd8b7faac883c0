import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AgentNode, accepts, until } from './agent-node.ts';

let node: AgentNode;
beforeEach(() => {
  node = new AgentNode();
});
afterEach(() => node.remove());

function modeOf(path: string): number {
  return statSync(`${node.root}/${path}`).mode & 0o7777;
}

describe('the run directory', () => {
  it('is closed to others where kubelet made it open to read', async () => {
    chmodSync(`${node.root}/run`, 0o755);
    mkdirSync(`${node.root}/run/attachments`, { mode: 0o755 });
    await node.start();
    expect(modeOf('run')).toBe(0o700);
    expect(modeOf('run/agent.sock')).toBe(0o600);
  });

  it('is refused where others may write to it', async () => {
    chmodSync(`${node.root}/run`, 0o777);
    const agent = await node.start([], false);
    await agent.logged(({ problem }) => String(problem).includes('can be written by others'));
    expect(modeOf('run')).toBe(0o777);
  });

  it('is the only one that is changed: a socket elsewhere may lie among others', async () => {
    mkdirSync(`${node.root}/elsewhere`, { mode: 0o755 });
    const socket = `${node.root}/elsewhere/weft.sock`;
    await node.start([`--socket=${socket}`], false);
    await until(async () => (await accepts(socket)) || undefined, 'the socket');
    expect(modeOf('elsewhere')).toBe(0o755);
    expect(modeOf('elsewhere/weft.sock')).toBe(0o600);
  });
});
