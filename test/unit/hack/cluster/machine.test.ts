import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  clusterCgroups,
  hierarchiesOf,
  makeCgroups,
  removeCgroups,
  usedHierarchies,
} from '../../../../hack/cluster/cgroups.ts';
import { run } from '../../../../hack/cluster/command.ts';
import { withClusterLock } from '../../../../hack/cluster/lock.ts';
import { lives, markedProcesses, nsPidsOf, variableOf } from '../../../../hack/cluster/processes.ts';
import { waitFor } from '../../../../hack/cluster/wait.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'weft-unit-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe('control groups', () => {
  const v1 = '30 26 0:26 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset';
  const unified = '31 26 0:27 / /sys/fs/cgroup/unified rw,nosuid shared:9 - cgroup2 cgroup2 rw';
  const v2 = '26 25 0:25 / /sys/fs/cgroup rw shared:4 - cgroup2 cgroup2 rw,nsdelegate';
  const others = '24 1 0:22 / /sys rw - sysfs sysfs rw\n40 1 0:9 / /mnt/cgroup rw - cgroup2 x rw';

  it('are used by version 1 where both are mounted, but removed from both', () => {
    const all = hierarchiesOf([others, v1, unified].join('\n'));
    expect(all).toEqual([
      { version: 1, path: '/sys/fs/cgroup/cpuset' },
      { version: 2, path: '/sys/fs/cgroup/unified' },
    ]);
    expect(usedHierarchies(all)).toEqual([{ version: 1, path: '/sys/fs/cgroup/cpuset' }]);
  });

  it('are used by version 2 where that is all there is', () => {
    expect(usedHierarchies(hierarchiesOf(`${v2}\n${others}`))).toEqual([
      { version: 2, path: '/sys/fs/cgroup' },
    ]);
  });

  it('get the processors and memory of their parent in version 1, without which nothing can run in them', () => {
    writeFileSync(join(dir, 'cpuset.cpus'), '0-1\n');
    writeFileSync(join(dir, 'cpuset.mems'), '0\n');
    // The kernel makes these files with the directory.
    for (const name of ['weft-a', 'weft-a/node1']) {
      mkdirSync(join(dir, name));
      for (const file of ['cpuset.cpus', 'cpuset.mems']) writeFileSync(join(dir, name, file), '\n');
    }
    expect(makeCgroups([{ version: 1, path: dir }], 'weft-a/node1')).toEqual([join(dir, 'weft-a/node1')]);
    expect(readFileSync(join(dir, 'weft-a/node1/cpuset.cpus'), 'utf8')).toBe('0-1\n');
    expect(readFileSync(join(dir, 'weft-a/node1/cpuset.mems'), 'utf8')).toBe('0\n');
  });

  it('get the controllers of their parent in version 2', () => {
    writeFileSync(join(dir, 'cgroup.controllers'), 'cpu memory pids\n');
    writeFileSync(join(dir, 'cgroup.subtree_control'), 'cpu memory\n');
    makeCgroups([{ version: 2, path: dir }], 'weft-a');
    expect(readFileSync(join(dir, 'cgroup.subtree_control'), 'utf8')).toBe('+pids');
  });

  it('are removed with all below them', async () => {
    const hierarchy = { version: 1, path: dir } as const;
    mkdirSync(join(dir, 'weft-a-12345678/node1/pods'), { recursive: true });
    mkdirSync(join(dir, 'weft-b-12345678'));
    mkdirSync(join(dir, 'user.slice'));
    expect(clusterCgroups([hierarchy])).toEqual(['weft-a-12345678', 'weft-b-12345678']);
    await removeCgroups([hierarchy], 'weft-a-12345678');
    await removeCgroups([hierarchy], 'weft-a-12345678');
    expect(clusterCgroups([hierarchy])).toEqual(['weft-b-12345678']);
  });
});

describe('finding processes', () => {
  it('reads a variable by its whole name', () => {
    const environ = 'PATH=/bin\0XWEFT_CLUSTER=no\0WEFT_CLUSTER=dev-1=2\0';
    expect(variableOf(environ, 'WEFT_CLUSTER')).toBe('dev-1=2');
    expect(variableOf(environ, 'WEFT')).toBeUndefined();
  });

  it('reads the process ids from our namespace inwards', () => {
    expect(nsPidsOf('Name:\tbash\nNSpid:\t4711\t17\t1\nNSpgid:\t4711\n')).toEqual([4711, 17, 1]);
    expect(nsPidsOf('Name:\tx\n')).toEqual([]);
  });

  it('finds what carries the marker of one cluster, and nothing else', async () => {
    const id = `unit-${process.pid}`;
    expect(markedProcesses(id)).toEqual([]);
    const child = spawn('sleep', ['60'], {
      env: { WEFT_CLUSTER: id, WEFT_NODE: 'node7', PATH: process.env['PATH'] ?? '' },
    });
    const pid = child.pid ?? 0;
    try {
      await waitFor('the marker', { timeoutMs: 5000, everyMs: 5 }, () => markedProcesses(id)[0]);
      expect(markedProcesses(id)).toMatchObject([{ pid, node: 'node7' }]);
      expect(markedProcesses(`${id}0`)).toEqual([]);
      expect(lives(pid)).toBe(true);
    } finally {
      child.kill('SIGKILL');
    }
    await waitFor('its end', { timeoutMs: 5000, everyMs: 5 }, () => !lives(pid) || undefined);
    expect(markedProcesses(id)).toEqual([]);
  });
});

describe('the lock of a cluster', () => {
  it('lets one in at a time, and the next after it', async () => {
    const id = `unit-${process.pid}`;
    await withClusterLock(id, async () => {
      await expect(withClusterLock(id, () => Promise.resolve('in'))).rejects.toThrow(/another command/);
      await expect(withClusterLock(`${id}-other`, () => Promise.resolve('in'))).resolves.toBe('in');
    });
    await expect(withClusterLock(id, () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
    await expect(withClusterLock(id, () => Promise.resolve('in'))).resolves.toBe('in');
  });
});

describe('a command', () => {
  it('gets its input and gives its output', async () => {
    await expect(run(['cat'], { stdin: 'a\nb' })).resolves.toBe('a\nb');
  });

  it('that fails says how and why', async () => {
    const failing = run(['sh', '-c', 'echo out; echo "no such thing" >&2; exit 3']);
    await expect(failing).rejects.toMatchObject({
      status: 3,
      stdout: 'out\n',
      stderr: 'no such thing\n',
      message: expect.stringMatching(/: status 3: no such thing$/) as string,
    });
    await expect(run(['/no/such/program'])).rejects.toThrow(/no\/such\/program: .*ENOENT/);
  });

  it('is killed when its time is over, though a child of its keeps the output open', async () => {
    const started = performance.now();
    await expect(run(['sh', '-c', 'sleep 5 & sleep 5'], { timeoutMs: 100 })).rejects.toThrow(
      'killed after 100 ms',
    );
    expect(performance.now() - started).toBeLessThan(4000);
  });
});

describe('waiting', () => {
  it('ends with the first answer', async () => {
    let looks = 0;
    const look = (): string | undefined => (++looks === 3 ? 'found' : undefined);
    await expect(waitFor('it', { timeoutMs: 5000, everyMs: 1 }, look)).resolves.toBe('found');
  });

  it('says in the end for what, and what was seen instead', async () => {
    const options = { timeoutMs: 10, everyMs: 1, detail: () => 'it sleeps' };
    await expect(waitFor('the node', options, () => undefined)).rejects.toThrow(
      'waited 0 s in vain for the node: it sleeps',
    );
  });

  it('ends at once when it is told to', async () => {
    const abort = new AbortController();
    abort.abort(new Error('no longer'));
    const options = { timeoutMs: 5000, everyMs: 1, signal: abort.signal };
    await expect(waitFor('it', options, () => undefined)).rejects.toThrow('no longer');
  });
});
