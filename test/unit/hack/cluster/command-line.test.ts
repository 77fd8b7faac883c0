import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type CliCommand, parse, runCli, wholeNumber } from '../../../../hack/cluster/cli/command-line.ts';
import { describeStatus, table } from '../../../../hack/cluster/cli/status.ts';
import { ClusterError } from '../../../../hack/cluster/cluster-error.ts';
import { readState } from '../../../../hack/cluster/cluster-state.ts';
import { layoutOf } from '../../../../hack/cluster/layout.ts';

function command(run: CliCommand['run'] = () => Promise.resolve(0)): CliCommand {
  return {
    name: 'try',
    summary: 'Try it',
    help: 'how to try',
    options: {
      name: { type: 'string', short: 'n', default: 'dev' },
      image: { type: 'string', multiple: true },
      fast: { type: 'boolean' },
    },
    words: { least: 0, most: 1 },
    run,
  };
}

async function told(
  argv: readonly string[],
  tried: CliCommand = command(),
): Promise<[number, string, string]> {
  const out = vi.spyOn(console, 'log').mockReturnValue();
  const err = vi.spyOn(console, 'error').mockReturnValue();
  const status = await runCli([tried], argv);
  const text = (calls: readonly unknown[][]): string => calls.map((call) => call.join(' ')).join('\n');
  return [status, text(out.mock.calls), text(err.mock.calls)];
}

afterEach(() => vi.restoreAllMocks());

describe('the command line', () => {
  it('hands over options and words', () => {
    const call = parse(command(), ['-n', 'a', '--image', 'x', '--image=y', '--fast', 'word']);
    expect(call?.value('name')).toBe('a');
    expect(call?.values('image')).toEqual(['x', 'y']);
    expect(call?.flag('fast')).toBe(true);
    expect(call?.words).toEqual(['word']);
    const bare = parse(command(), []);
    expect([bare?.value('name'), bare?.values('image'), bare?.flag('fast')]).toEqual(['dev', [], false]);
  });

  it('shows help and does nothing', async () => {
    const run = vi.fn<CliCommand['run']>();
    expect(await told(['try', '--help'], command(run))).toEqual([0, 'how to try', '']);
    expect(run).not.toHaveBeenCalled();
    const [status, out] = await told(['--help']);
    expect([status, out.includes('try      Try it')]).toEqual([0, true]);
  });

  it('tells a mistake in one line and ends with 1', async () => {
    expect(await told(['tyr'])).toEqual([1, '', 'error: unknown command "tyr"; see --help']);
    vi.restoreAllMocks();
    expect(await told(['try', '--slow'])).toEqual([1, '', "error: Unknown option '--slow'; see: try --help"]);
    vi.restoreAllMocks();
    expect(await told(['try', 'a', 'b'])).toEqual([1, '', 'error: wrong number of words; see: try --help']);
    vi.restoreAllMocks();
    const failing = command(() => Promise.reject(new ClusterError('there is none')));
    expect(await told(['try'], failing)).toEqual([1, '', 'error: there is none']);
  });

  it('does not hide a fault of its own', async () => {
    await expect(runCli([command(() => Promise.reject(new TypeError('x')))], ['try'])).rejects.toThrow(
      TypeError,
    );
  });

  it('takes whole numbers where it wants one', () => {
    expect(wholeNumber('12', 'nodes')).toBe(12);
    for (const text of ['', '-1', '1.5', '0x2', 'two'])
      expect(() => wholeNumber(text, 'nodes')).toThrow(/--nodes/);
  });
});

describe('status for people', () => {
  it('lines columns up', () => {
    expect(
      table([
        ['A', 'LONG'],
        ['long', 'b'],
      ]),
    ).toEqual(['A     LONG', 'long  b']);
  });

  it('shows what is not known as such', () => {
    const text = describeStatus({
      name: 'dev',
      id: 'dev-1',
      state: 'dead',
      server: 'https://127.0.0.1:1',
      apiReady: false,
      kubeconfig: '/k',
      nodes: [{ name: 'node1', running: false, address: '172.30.0.11', podCidr: '10.244.1.0/24' }],
    });
    expect(text).toContain('cluster dev (dev-1): dead');
    expect(text).toContain('https://127.0.0.1:1 (does not answer)');
    expect(text).toMatch(/node1 +no +unknown +172\.30\.0\.11 +10\.244\.1\.0\/24 +-/);
  });
});

describe('the state on disk', () => {
  const dir = mkdtempSync(join(tmpdir(), 'weft-unit-'));
  const layout = layoutOf(dir);
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  it('that cannot be read is the user’s matter, not a crash', () => {
    expect(readState(layoutOf('/no/such/dir'))).toBeUndefined();
    for (const text of ['', '{"format":', '{"format":2}', 'null']) {
      writeFileSync(layout.stateFile, text);
      expect(() => readState(layout), text).toThrow(ClusterError);
    }
  });
});
