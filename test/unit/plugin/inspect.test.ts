import { describe, expect, it } from 'vitest';
import type { AttachmentRecord } from '../../../src/attachment/record.ts';
import { parseInspectOptions } from '../../../src/plugin/inspect-options.ts';
import { formatTable } from '../../../src/plugin/inspect-table.ts';
import { run } from '../../../src/plugin/run.ts';
import { MemorySys } from '../../fakes/sys-memory/memory-sys.ts';
import type { World } from '../../fakes/sys-memory/world.ts';
import { reasonOf } from '../attachment/reason-of.ts';
import { attachedWith, recordOf, stepIn } from '../attachment/records.ts';
import { call, memoryNode, sandbox } from './memory-node.ts';

interface Shown {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly sys: MemorySys;
}

function weft(world: World, ...args: readonly string[]): Shown {
  const sys = new MemorySys(world);
  const out = { stdout: '', stderr: '' };
  const status = run({
    sys,
    args,
    version: '0.1.0',
    stdout: (text) => (out.stdout += text),
    stderr: (text) => (out.stderr += text),
  });
  return { sys, status, ...out };
}

function attached(): World {
  const world = memoryNode();
  call(world, 'ADD');
  return world;
}

const record = (more: Partial<AttachmentRecord> = {}): AttachmentRecord =>
  recordOf(
    [
      attachedWith(
        { ifname: 'eth0', network: 'cluster', plugins: [{ type: 'bridge' }] },
        { cniVersion: '1.0.0', ips: [{ address: '10.1.0.5/24' }] },
      ),
    ],
    more,
  );

const at = record().createdAt;

describe('the options of weft inspect', () => {
  const defaults = { output: 'table', stateDir: '/var/lib/weft', runDir: '/run/weft' };

  it.each([
    [[], {}],
    [['c0ffee'], { sandbox: 'c0ffee' }],
    [['-o', 'json'], { output: 'json' }],
    [['-ojson'], { output: 'json' }],
    [['-o=json'], { output: 'json' }],
    [['--output=json', 'ns1/a'], { output: 'json', sandbox: 'ns1/a' }],
    [['--state-dir', '/s', '--run-dir=/r'], { stateDir: '/s', runDir: '/r' }],
  ])('%j', (args, expected) => {
    expect(parseInspectOptions(args)).toEqual({ ...defaults, ...expected });
  });

  it.each([[['--all']], [['-o']], [['--output', 'yaml']], [['a', 'b']], [['-x']]])(
    '%j are refused',
    (args) => {
      expect(reasonOf(() => parseInspectOptions(args))).toBe('InvalidFlag');
    },
  );
});

describe('the table of weft inspect', () => {
  it('has one aligned line for each attachment', () => {
    const two = recordOf([...record().steps, stepIn('running')], {});
    expect(formatTable([{ kind: 'record', record: two }], at + 61_000)).toBe(
      [
        'SANDBOX   POD         NETWORK         INTERFACE   STATE      IPS           AGE',
        'c0ffee    ns1/pod-a   cluster         eth0        attached   10.1.0.5/24   61s',
        'c0ffee    ns1/pod-a   test/net-eth0   eth0        running                  61s',
        '',
      ].join('\n'),
    );
  });

  it('shows refused and damaged sandboxes', () => {
    const table = formatTable(
      [
        { kind: 'record', record: recordOf([]) },
        { kind: 'record', record: recordOf([], { damaged: 'x.damaged' }) },
        { kind: 'damaged', file: 'decade:eth0', damage: 'cut off' },
      ],
      at,
    );
    expect(
      table.split('\n').map((line) => line.split(/ {2,}/).filter((cell) => /refused|damaged/.test(cell))),
    ).toEqual([[], ['refused'], ['damaged'], ['damaged'], []]);
  });

  it.each([
    [0, '0s'],
    [119_000, '119s'],
    [120_000, '2m'],
    [7_199_000, '119m'],
    [7_200_000, '2h'],
    [172_800_000, '2d'],
    [-5000, '0s'],
  ])('shows an age of %i ms as %s', (ms, age) => {
    expect(formatTable([{ kind: 'record', record: record() }], at + ms)).toContain(`   ${age}\n`);
  });
});

describe('weft inspect', () => {
  it('shows what is attached, and writes and makes nothing', () => {
    const shown = weft(attached(), 'inspect');
    expect(shown.status).toBe(0);
    expect(
      shown.stdout
        .split('\n')
        .slice(1, -1)
        .map((line) => line.split(/ +/)[2]),
    ).toEqual(['cluster', 'test/net-net1', 'test/net-net2']);
    expect(shown.sys.calls.filter((label) => !/^(readText|readdir)/.test(label))).toEqual([]);
  });

  it('as JSON has the record and the network status that follows from it', () => {
    const [document] = JSON.parse(weft(attached(), 'inspect', '-o', 'json').stdout) as (AttachmentRecord & {
      networkStatus: readonly { name: string; gateway?: readonly string[]; default: boolean }[];
    })[];
    expect(document?.sandbox).toEqual(sandbox);
    expect(document?.networkStatus.map(({ name, gateway, default: main }) => [name, gateway, main])).toEqual([
      ['cluster', undefined, true],
      ['test/net-net1', undefined, false],
      ['test/net-net2', ['10.2.0.1'], false],
    ]);
  });

  it('finds a sandbox by the beginning of its ID or by its pod', () => {
    const world = attached();
    for (const name of ['c0f', 'c0ffee', 'test/pod-a'])
      expect(weft(world, 'inspect', name).stdout).toContain('c0ffee');
    const missing = weft(world, 'inspect', 'f00');
    expect([missing.status, missing.stdout]).toEqual([1, '']);
    expect(missing.stderr).toMatch(/^error: weft inspect: no record matches "f00"/);
  });

  it('on a node without sandboxes says so and succeeds', () => {
    const shown = weft(memoryNode(), 'inspect');
    expect([shown.status, shown.stdout, shown.stderr]).toEqual([
      0,
      '',
      'No sandbox is attached on this node.\n',
    ]);
    expect(weft(memoryNode(), 'inspect', '-o', 'json').stdout).toBe('[]\n');
  });

  it('shows leftovers and damaged records beside the others', () => {
    const world = attached();
    world.moods = [{ type: 'macvlan', verb: 'DEL', how: 'fail' }];
    for (let tried = 0; tried < 4; tried += 1) call(world, 'DEL');
    world.disk.plant('/var/lib/weft/attachments/decade:eth0.json', '{');
    const { stdout } = weft(world, 'inspect');
    expect(stdout).toMatch(/c0ffee .*test\/net-net1 .*leftover/);
    expect(stdout).toMatch(/c0ffee .*cluster .*pending/);
    expect(stdout).toMatch(/decade:eth0 .*damaged/);
    expect(JSON.parse(weft(world, 'inspect', '-ojson').stdout)).toHaveLength(2);
  });
});

describe('weft without CNI_COMMAND', () => {
  it('called bare says what it is on stderr alone [CNI-003]', () => {
    const shown = weft(memoryNode());
    expect([shown.status, shown.stdout]).toEqual([0, '']);
    expect(shown.stderr).toMatch(/^weft 0\.1\.0, a CNI plugin; CNI versions 0\.1\.0, .*1\.1\.0;/);
  });

  it('prints help and version, and refuses unknown commands', () => {
    const world = memoryNode();
    expect(weft(world, '--help').stdout).toContain('weft inspect [SANDBOX]');
    expect(weft(world, 'version').stdout).toBe('weft 0.1.0\n');
    const unknown = weft(world, 'frobnicate');
    expect([unknown.status, unknown.stdout]).toEqual([2, '']);
    expect(unknown.stderr).toContain('frobnicate');
  });
});
