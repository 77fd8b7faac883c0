import { type ChildProcess, spawn } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parseMounts } from '../harness/audit/mount-lines.ts';
import { isZombie, linkOrEmpty, readOrEmpty } from '../harness/audit/proc.ts';
import { type AuditSnapshot, compareSnapshots, takeSnapshot } from '../harness/auditor.ts';
import { ownedName } from '../harness/owner.ts';
import { mustRun, tryRun, until } from '../harness/run.ts';

/** Names that only this test uses, so that what others do on the machine meanwhile does not count. */
const mark = ownedName();
let dir: string;
const undo: (() => void)[] = [];

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), `${mark}-`));
});
afterEach(() => {
  for (const step of undo.splice(0).reverse()) step();
});
afterAll(() => rmSync(dir, { recursive: true }));

function snapshot(): AuditSnapshot {
  const machine = { cgroupMarkers: [mark], names: [dir] };
  return takeSnapshot({ netns: [], dirs: {}, processMarkers: [mark], machine });
}

/** Waits until there is a difference that fits; rejects with all differences. */
async function expectDifference(before: AuditSnapshot, wanted: RegExp): Promise<void> {
  let found: readonly string[] = [];
  const seen = (): boolean => {
    found = compareSnapshots(before, snapshot());
    return found.some((line) => wanted.test(line));
  };
  await until(String(wanted), 5000, seen).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${found.join('\n')}`);
  });
}

/** A process that sleeps in new namespaces made by unshare(1) with `flags`. */
function sleeper(flags: readonly string[]): ChildProcess {
  const child = spawn('unshare', [...flags, 'sleep', '600'], { stdio: 'ignore', env: { MARK: mark } });
  undo.push(() => child.kill('SIGKILL'));
  return child;
}

/** The name of a namespace of the process, once it is another one than ours. */
async function namespaceOf(child: ChildProcess, kind: string): Promise<string> {
  const of = (pid: number | 'self'): string => linkOrEmpty(`/proc/${pid}/ns/${kind}`);
  await until(`a namespace ${kind}`, 5000, () => of(child.pid ?? 0) !== of('self'));
  return of(child.pid ?? 0);
}

function literally(text: string): string {
  return text.replace(/[[\]\\.*+?^$(){}|]/g, '\\$&');
}

describe('the auditor of the machine', () => {
  it.each([
    ['net', '--net'],
    ['mnt', '--mount'],
    ['uts', '--uts'],
    ['ipc', '--ipc'],
    ['cgroup', '--cgroup'],
  ])('reports a namespace %s that a process holds, and its end', async (kind, flag) => {
    const before = snapshot();
    const child = sleeper([flag]);
    const name = literally(await namespaceOf(child, kind));
    await expectDifference(before, new RegExp(`^\\+ namespace ${name} held by process .*sleep 600`));
    const during = snapshot();
    child.kill('SIGKILL');
    await expectDifference(during, new RegExp(`^- namespace ${name} `));
  });

  it('reports a process namespace by the process inside, whose parent is outside', async () => {
    const before = snapshot();
    sleeper(['--pid', '--fork', '--kill-child']);
    await expectDifference(before, /^\+ namespace pid:\[\d+\] held by process sleep 600/);
  });

  it('reports no process namespace that only a zombie is in', async () => {
    const before = snapshot();
    // The first child goes into the new namespace and ends; the program that takes the shell's place never asks for it.
    const args = ['--pid', 'sh', '-c', 'true & exec sleep 600'];
    const child = spawn('unshare', args, { stdio: 'ignore', env: { MARK: mark } });
    undo.push(() => child.kill('SIGKILL'));
    const children = `/proc/${child.pid}/task/${child.pid}/children`;
    const zombie = (): number => Number(readOrEmpty(children).trim() || '0');
    await until('a zombie', 5000, () => zombie() > 0 && isZombie(zombie()));
    const namespace = linkOrEmpty(`/proc/${zombie()}/ns/pid`);
    expect(namespace).toMatch(/^pid:/);
    const found = compareSnapshots(before, snapshot());
    expect(found.filter((line) => line.includes(namespace))).toEqual([]);
  });

  it('reports a network namespace that only its bind mount keeps, and the mount', async () => {
    const before = snapshot();
    mustRun(['ip', 'netns', 'add', mark]);
    undo.push(() => tryRun(['ip', 'netns', 'del', mark]));
    const name = `net:\\[\\d+\\]`;
    await expectDifference(before, new RegExp(`^\\+ namespace ${name} held by mount /run/netns/${mark}$`));
    await expectDifference(before, new RegExp(`^\\+ mount /run/netns/${mark} nsfs of nsfs ${name}`));
  });

  it('reports a network namespace that is bound in another mount namespace only', async () => {
    const file = join(dir, 'bound');
    writeFileSync(file, '');
    const child = sleeper(['--mount', '--propagation', 'private']);
    const mounts = await namespaceOf(child, 'mnt');
    const before = snapshot();
    const inside = ['nsenter', `--mount=/proc/${child.pid}/ns/mnt`];
    mustRun([...inside, 'unshare', `--net=${file}`, 'true']);
    await expectDifference(
      before,
      new RegExp(
        `^\\+ namespace net:\\[\\d+\\] held by mount ${file} in ${literally(mounts)} of process sleep 600( of .+)?$`,
      ),
    );
  });

  it('reports a namespace that only an open file keeps', async () => {
    const before = snapshot();
    const child = sleeper(['--net']);
    const name = await namespaceOf(child, 'net');
    const fd = openSync(`/proc/${child.pid}/ns/net`, 'r');
    undo.push(() => closeSync(fd));
    child.kill('SIGKILL');
    await expectDifference(
      before,
      new RegExp(`^\\+ namespace ${literally(name)} held by open file of process `),
    );
  });

  it('reports a mount, a second one over it, and a changed propagation', async () => {
    const mount = (...args: readonly string[]): void => {
      mustRun(['mount', ...args]);
    };
    undo.push(() => tryRun(['umount', '--recursive', dir]));
    const empty = snapshot();
    mount('-t', 'tmpfs', '-o', 'ro', mark, dir);
    await expectDifference(empty, new RegExp(`^\\+ mount ${dir} tmpfs of ${mark} / ro$`));
    const once = snapshot();
    mount('-t', 'tmpfs', '-o', 'ro', mark, dir);
    await expectDifference(once, new RegExp(`^\\+ mount ${dir} tmpfs of ${mark} / ro$`));
    const twice = snapshot();
    mount('--make-shared', dir);
    await expectDifference(twice, new RegExp(`^\\+ mount ${dir} tmpfs of ${mark} / ro shared$`));
    mustRun(['umount', dir]);
    mustRun(['umount', dir]);
    expect(compareSnapshots(empty, snapshot()).filter((line) => line.includes(dir))).toEqual([]);
  });

  const hierarchies = parseMounts(readFileSync('/proc/self/mountinfo', 'utf8')).filter((mount) =>
    mount.type.startsWith('cgroup'),
  );
  it('knows a hierarchy of control groups', () => {
    expect(hierarchies.length).toBeGreaterThan(0);
  });
  it.each(hierarchies.map((mount) => [mount.type, mount.point]))(
    'reports a control group of %s in %s and one inside it',
    async (_type, point) => {
      const before = snapshot();
      const group = join(point, mark);
      for (const path of [group, join(group, 'inner')]) {
        mkdirSync(path);
        undo.push(() => rmdirSync(path));
      }
      await expectDifference(before, new RegExp(`^\\+ cgroup ${group}$`));
      await expectDifference(before, new RegExp(`^\\+ cgroup ${group}/inner$`));
    },
  );

  it('reports a process by the name of its control group', async () => {
    const point = hierarchies.find((mount) => /pids|memory|cgroup2?$/.test(mount.point))?.point;
    const group = join(point ?? '/sys/fs/cgroup', mark);
    mkdirSync(group);
    undo.push(() => rmdirSync(group));
    const child = spawn('sleep', ['600'], { stdio: 'ignore', env: {} });
    const end = new Promise((resolve) => child.once('close', resolve));
    const before = snapshot();
    writeFileSync(join(group, 'cgroup.procs'), String(child.pid));
    await expectDifference(before, new RegExp(`^\\+ process ${child.pid} sleep 600$`));
    child.kill('SIGKILL');
    await end;
  });

  it('reports names in a directory without looking into what they name', async () => {
    mkdirSync(join(dir, 'made'));
    undo.push(() => rmSync(join(dir, 'made'), { recursive: true }));
    const before = snapshot();
    writeFileSync(join(dir, 'made', 'inside'), '');
    expect(compareSnapshots(before, snapshot()).filter((line) => line.includes('made'))).toEqual([]);
    mkdirSync(join(dir, 'later'));
    undo.push(() => rmdirSync(join(dir, 'later')));
    await expectDifference(before, new RegExp(`^\\+ ${dir}/later there$`));
  });
});
