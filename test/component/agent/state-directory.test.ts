import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { closeStateDirectory } from '../../../src/agent/state-directory.ts';
import { silentLog } from '../../../src/daemon/log.ts';
import { AgentNode } from './agent-node.ts';

let root: string;
let state: string;
beforeEach(() => {
  root = mkdtempSync(`${tmpdir()}/weft-state-`);
  state = `${root}/state`;
});
afterEach(() => rmSync(root, { recursive: true }));

function made(mode: number, path: string = state): void {
  mkdirSync(path);
  chmodSync(path, mode);
}

function modeOf(path: string): number {
  return statSync(path).mode & 0o7777;
}

describe('the state directory', () => {
  it.each(['755', '777', '750', '700'])(
    'of mode %s is closed to others, and nothing in it is',
    async (mode) => {
      made(Number.parseInt(mode, 8));
      made(0o755, `${state}/attachments`);
      expect(await closeStateDirectory(state, silentLog)).toEqual([]);
      expect([modeOf(state), modeOf(`${state}/attachments`), modeOf(root)]).toEqual([0o700, 0o755, 0o700]);
    },
  );

  it('that is not there is not made', async () => {
    expect(await closeStateDirectory(state, silentLog)).toEqual([]);
    expect(() => statSync(state)).toThrow('ENOENT');
  });

  it.runIf(process.getuid?.() === 0)('of another user stays as it is, with a warning', async () => {
    made(0o755);
    chownSync(state, 4242, 4242);
    expect(await closeStateDirectory(state, silentLog)).toEqual([
      `${state} may be open to others: it belongs to user 4242; make it 0700, then restart the agent`,
    ]);
    expect(modeOf(state)).toBe(0o755);
  });

  it('that others share, as /tmp, stays as it is, with a warning', async () => {
    made(0o1777);
    expect(await closeStateDirectory(state, silentLog)).toEqual([expect.stringContaining('others share')]);
    expect(modeOf(state)).toBe(0o1777);
  });

  it('that is a link leaves its target as it is, with a warning if that is open', async () => {
    made(0o755, `${root}/shared`);
    symlinkSync('shared', state);
    expect(await closeStateDirectory(state, silentLog)).toEqual([expect.stringContaining('it is a link')]);
    expect(modeOf(`${root}/shared`)).toBe(0o755);
    chmodSync(`${root}/shared`, 0o700);
    expect(await closeStateDirectory(state, silentLog)).toEqual([]);
  });

  it('that is a file is left alone, with a warning', async () => {
    writeFileSync(state, '', { mode: 0o644 });
    expect(await closeStateDirectory(state, silentLog)).toEqual([expect.stringContaining('no directory')]);
    expect(modeOf(state)).toBe(0o644);
  });

  it('is closed by an agent that starts', async () => {
    const node = new AgentNode();
    try {
      chmodSync(`${node.root}/state`, 0o755);
      await node.start();
      expect(modeOf(`${node.root}/state`)).toBe(0o700);
    } finally {
      await node.remove();
    }
  });
});
