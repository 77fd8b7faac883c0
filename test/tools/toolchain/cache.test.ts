import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../../harness/run.ts';
import { ScratchCache } from './scratch-cache.ts';

let cache: ScratchCache;
beforeEach(() => {
  cache = new ScratchCache();
});
afterEach(() => cache.dispose());

/** A build of two files that logs its start, and a check that wants both. `between` runs after the first file. */
function tool(between = ''): string {
  return `
build() { echo $$ >>"$scratch/builds"; echo 1 >"$1/first"; ${between}
  echo 2 >"$1/second"; }
check() { [ -f "$1/first" ]; [ -f "$1/second" ]; }
cache_build tool "$(cache_key -- one)" build check`;
}

const gate = 'until [ -e "$scratch/gate" ]; do sleep 0.02; done';

function isAlive(pid: string): boolean {
  try {
    // A zombie of a killed parent has ended.
    return !/^State:\s+Z/mu.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

describe('the build cache', () => {
  it('builds once, and prints nothing but the directory on stdout', async () => {
    const first = await cache.run(tool('echo noise'));
    expect(first).toMatchObject({ status: 0 });
    expect(first.stdout).toMatch(/^\/\S+\/weft\/tool\/[0-9a-f]{16}\n$/u);
    expect(first.stderr).toMatch(/^tool: building into .*\nnoise\ntool: ready after \d+ s\n$/u);
    expect(await cache.run(tool('echo noise'))).toMatchObject({
      status: 0,
      stdout: first.stdout,
      stderr: '',
    });
    expect(cache.lines('builds')).toHaveLength(1);
  });

  it('lets the second of two runs wait for the first and use its result', async () => {
    const runs = [cache.run(tool(gate)), cache.run(tool(gate))];
    await until('a build', 5000, () => cache.lines('builds').length > 0);
    writeFileSync(cache.path('gate'), '');
    const [one, other] = await Promise.all(runs);
    expect(one).toMatchObject({ status: 0, stdout: other?.stdout });
    expect(`${one?.stderr}${other?.stderr}`).toContain('another run is building it, waiting');
    expect(cache.lines('builds')).toHaveLength(1);
  });

  it('shows nothing of a build that was killed by SIGKILL; the next run clears it and builds anew', async () => {
    let script = 0;
    const killed = cache.run(tool(gate), (pid) => {
      script = pid;
    });
    await until('a build', 5000, () => cache.lines('builds').length > 0);
    process.kill(script, 'SIGKILL');
    for (const builder of cache.lines('builds')) process.kill(Number(builder), 'SIGKILL');
    expect(await killed).toMatchObject({ signal: 'SIGKILL', stdout: '' });
    expect(cache.entries('tool')).toEqual([expect.stringMatching(/^\.building\./u)]);

    const next = await cache.run(tool());
    expect(next).toMatchObject({ status: 0 });
    expect(cache.entries('tool')).toEqual([expect.stringMatching(/^[0-9a-f]{16}$/u)]);
  });

  it('is not harmed by the builder of a killed script that works on', async () => {
    let script = 0;
    const killed = cache.run(tool(gate), (pid) => {
      script = pid;
    });
    await until('a build', 5000, () => cache.lines('builds').length > 0);
    process.kill(script, 'SIGKILL');
    const next = await cache.run(tool());
    writeFileSync(cache.path('gate'), '');
    await killed;
    await until('the end of the orphan', 5000, () => !cache.lines('builds').some(isAlive));
    expect(next).toMatchObject({ status: 0 });
    expect(readFileSync(`${next.stdout.trim()}/second`, 'utf8')).toBe('2\n');
    expect(cache.entries('tool')).toHaveLength(1);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('ends the builder too on %s', async (signal) => {
    let script = 0;
    const ended = cache.run(tool(gate), (pid) => {
      script = pid;
    });
    await until('a build', 5000, () => cache.lines('builds').length > 0);
    process.kill(script, signal);
    expect(await ended).toMatchObject({ status: 130, stdout: '' });
    await until('the end of the builder', 5000, () => !cache.lines('builds').some(isAlive));
  });

  it('accepts neither a build that fails in the middle nor one that its check refuses', async () => {
    const failed = await cache.run(tool('false'));
    expect(failed).toMatchObject({ status: 1, stdout: '' });
    expect(failed.stderr).toContain('tool: the build failed');
    const refused = await cache.run(tool('rm "$1/first"'));
    expect(refused).toMatchObject({ status: 1, stdout: '' });
    expect(refused.stderr).toContain('tool: what was built does not work');
    expect(await cache.run(tool())).toMatchObject({ status: 0 });
  });

  it('makes the key of names and contents, not of the place', async () => {
    const key = async (code: string): Promise<string> => (await cache.run(code)).stdout.trim();
    const plain = await key('cd "$scratch"; echo a >x; cache_key x -- word');
    expect(plain).toMatch(/^[0-9a-f]{16}$/u);
    expect(await key('cd "$scratch"; mkdir d; echo a >d/x; cache_key d/x -- word')).toBe(plain);
    const others = [
      await key('cd "$scratch"; echo b >x; cache_key x -- word'),
      await key('cd "$scratch"; echo a >y; cache_key y -- word'),
      await key('cd "$scratch"; echo a >x; cache_key x -- other'),
      await key('cd "$scratch"; echo a >x; cache_key x'),
    ];
    expect(new Set([plain, ...others]).size).toBe(5);
  });
});

describe('programs on PATH', () => {
  const find = `
check() { [ "$("$1/prog" --version)" = 'prog 2' ]; [ "$("$1/other" --version)" = 'other 2' ]; }
cache_from_path tool check prog other`;

  it('serve when all are there and say the wanted version, which is asked once', async () => {
    cache.putProgram('prog', `echo asked >>${cache.path('asked')}; echo prog 2`);
    cache.putProgram('other', 'echo other 2');
    const found = await cache.run(find);
    expect(found).toMatchObject({ status: 0, stderr: '' });
    expect(existsSync(`${found.stdout.trim()}/other`)).toBe(true);
    expect(await cache.run(find)).toMatchObject({ status: 0, stdout: found.stdout });
    expect(cache.lines('asked')).toHaveLength(1);
  });

  it('do not serve in another version, also when a fitting one was replaced by it', async () => {
    cache.putProgram('prog', 'echo prog 2');
    cache.putProgram('other', 'echo other 2');
    expect(await cache.run(find)).toMatchObject({ status: 0 });
    cache.putProgram('other', 'echo other 1.9');
    const replaced = await cache.run(find);
    expect(replaced).toMatchObject({ status: 1, stdout: '' });
    expect(replaced.stderr).toContain('tool: on PATH, but not in the wanted version: ');
  });

  it('do not serve when one is missing', async () => {
    cache.putProgram('prog', 'echo prog 2');
    expect(await cache.run(find)).toMatchObject({ status: 1, stdout: '', stderr: '' });
  });
});
