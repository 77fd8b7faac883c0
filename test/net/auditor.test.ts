import { spawn } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditorMain, compareSnapshots, takeSnapshot } from '../harness/auditor.ts';
import { mustRun, until } from '../harness/run.ts';
import { TestNode } from '../harness/sandbox.ts';

let node: TestNode;
beforeAll(() => {
  node = TestNode.create({ network: true });
});
afterAll(() => node.dispose());

const marker = `WEFT_AUDIT_TEST=${process.pid}`;

function snapshot(): ReturnType<typeof takeSnapshot> {
  return takeSnapshot({
    netns: [`/run/netns/${node.name}`],
    dirs: { state: node.dirs.state },
    processMarkers: [marker],
  });
}

/** What the auditor says after `change`; every line begins with + or -. */
async function changes(change: () => Promise<void> | void): Promise<readonly string[]> {
  const before = snapshot();
  await change();
  return compareSnapshots(before, snapshot());
}

function inside(...argv: readonly string[]): void {
  mustRun([...node.enter, ...argv]);
}

describe('the auditor', () => {
  it('says nothing where nothing changed', async () => {
    expect(await changes(() => {})).toEqual([]);
  });

  it.each<[string, readonly string[], RegExp]>([
    ['a link', ['ip', 'link', 'add', 'br9', 'type', 'bridge'], /^\+ netns .*link br9 bridge/],
    [
      'an address',
      ['ip', 'addr', 'add', '10.9.9.1/24', 'dev', 'eth1'],
      /^\+ netns .*address 10\.9\.9\.1\/24 on eth1/,
    ],
    [
      'a route',
      ['ip', 'route', 'add', '10.8.0.0/16', 'dev', 'eth1'],
      /^\+ netns .*route 10\.8\.0\.0\/16 dev eth1/,
    ],
    [
      'an IPv6 route',
      ['ip', 'route', 'add', 'fd00:8::/64', 'dev', 'eth1'],
      /^\+ netns .*route fd00:8::\/64 dev eth1/,
    ],
    [
      'a queue',
      ['tc', 'qdisc', 'add', 'dev', 'eth1', 'root', 'tbf', 'rate', '1mbit', 'burst', '10k', 'latency', '5ms'],
      /^\+ netns .*qdisc tbf/,
    ],
    ['an nftables rule', ['nft', 'add', 'table', 'inet', 'left'], /^\+ netns .*nft table inet left/],
    [
      'an iptables rule',
      ['iptables', '-A', 'FORWARD', '-s', '10.7.0.1', '-j', 'ACCEPT'],
      /^\+ netns .*10\.7\.0\.1/,
    ],
    ['a changed MTU', ['ip', 'link', 'set', 'eth1', 'mtu', '1400'], /^\+ netns .*link eth1 veth mtu 1400/],
  ])('reports %s', async (_what, command, expected) => {
    const found = await changes(() => inside(...command));
    expect(
      found.some((line) => expected.test(line)),
      found.join('\n'),
    ).toBe(true);
  });

  it('reports files, links, directories and sockets, new, changed and gone', async () => {
    const at = (name: string): string => join(node.dirs.state, name);
    const server = createServer();
    const found = await changes(async () => {
      writeFileSync(at('file'), 'x');
      mkdirSync(at('dir'));
      symlinkSync('nowhere', at('dir/link'));
      await new Promise<void>((resolve) => server.listen(at('sock'), resolve));
    });
    expect(found.map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual([
      '+ state/dir/',
      '+ state/dir/link ->',
      '+ state/file file',
      '+ state/sock socket',
    ]);
    expect(await changes(() => writeFileSync(at('file'), 'y'))).toHaveLength(2);
    expect(await changes(() => new Promise<void>((resolve) => server.close(() => resolve())))).toEqual([
      '- state/sock socket',
    ]);
  });

  it('reports processes with the marker, and locks that are held', async () => {
    const lock = join(node.dirs.state, 'lock');
    writeFileSync(lock, '');
    const before = snapshot();
    const [key = '', value = ''] = marker.split('=');
    const child = spawn('flock', ['--no-fork', lock, 'sleep', '60'], {
      env: { ...process.env, [key]: value },
      stdio: 'ignore',
    });
    await until('the lock', 5000, () => snapshot().lines.some((line) => line.startsWith('lock held')));
    const found = compareSnapshots(before, snapshot());
    child.kill('SIGKILL');
    expect(found.filter((line) => line.startsWith('+ process')).length).toBeGreaterThanOrEqual(1);
    expect(found).toContain(`+ lock held on ${lock}`);
    await until('their end', 5000, () => compareSnapshots(before, snapshot()).length === 0);
  });

  it('works from the command line', () => {
    const [before, after] = ['a.json', 'b.json'].map((name) => join(node.dirs.root, name));
    let out = '';
    const call = (...argv: readonly string[]): number => auditorMain(argv, (text) => (out += text));
    const scope = ['--netns', `/run/netns/${node.name}`, '--dir', `state=${node.dirs.state}`];
    expect(call('snapshot', ...scope, '--out', before ?? '')).toBe(0);
    expect(call('compare', before ?? '', before ?? '')).toBe(0);
    expect(out).toBe('');
    inside('ip', 'link', 'add', 'br8', 'type', 'bridge');
    expect(call('snapshot', ...scope, '--out', after ?? '')).toBe(0);
    expect(call('compare', before ?? '', after ?? '')).toBe(1);
    expect(out).toMatch(/\+ netns .*link br8/);
    expect(call('--help')).toBe(0);
  });
});

describe('the sandbox harness', () => {
  it('clears what a killed run left: namespaces, processes in them and directories', async () => {
    const script = `
      import { TestNode } from ${JSON.stringify(join(import.meta.dirname, '../harness/sandbox.ts'))};
      const node = TestNode.create({ network: true });
      const pod = node.pod();
      console.log(JSON.stringify([node.name, pod.netnsName, node.dirs.root]));
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
    });
    await until('the other run', 15_000, () => out.includes('\n'));
    const [nodeName = '', podName = '', root = ''] = JSON.parse(out) as string[];
    const list = (): string => mustRun(['ip', 'netns', 'list']);
    const { clearDebris } = await import('../harness/sandbox.ts');
    clearDebris();
    expect(list()).toContain(podName);
    const sleeper = spawn('ip', ['netns', 'exec', podName, 'sleep', '60'], { stdio: 'ignore' });
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('close', resolve));
    const sleeperEnd = new Promise((resolve) => sleeper.once('close', resolve));
    clearDebris();
    await sleeperEnd;
    expect(list()).not.toContain(nodeName);
    expect(list()).not.toContain(podName);
    const { existsSync } = await import('node:fs');
    expect(existsSync(root)).toBe(false);
  });
});
