import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fakeElf } from '../../fakes/fake-elf.ts';
import { withCapabilities } from '../../harness/capabilities.ts';
import { interpreterFlags } from '../../harness/interpreter-flags.ts';
import { MountNamespace } from '../../harness/mount-namespace.ts';
import { mustRun, type RunEnd, run } from '../../harness/run.ts';
import { agentBundle, weftBinary } from '../../harness/toolchain.ts';
import { AgentNode } from './agent-node.ts';
import { killedWhileWriting, type Moment, temporaryFiles } from './slow-writes.ts';

const main = agentBundle();
const shipped = readFileSync(weftBinary());

let node: AgentNode;
beforeEach(() => {
  node = new AgentNode();
});
afterEach(() => node.remove());

/** `weft-agent --install-only` into a directory of the node, started by the words of `through`. */
function installOnly(through: readonly string[] = [], bin = 'bin'): Promise<RunEnd> {
  const target = `--cni-bin-dir=${node.root}/${bin}`;
  return run([...through, process.execPath, ...interpreterFlags(main), main, '--install-only', target], {});
}

function installed(bin = 'bin'): Buffer {
  return readFileSync(`${node.root}/${bin}/weft`);
}

describe('--install-only', () => {
  it('puts the plugin into place and says so; a second time it touches nothing', async () => {
    const first = await installOnly();
    expect(first).toMatchObject({ status: 0, stderr: '' });
    expect(first.stdout).toMatch(
      /^weft-agent: .*\/bin\/weft is now the plugin of version .*; it was missing\n$/,
    );
    expect(installed().equals(shipped)).toBe(true);
    expect(mustRun([`${node.root}/bin/weft`, '--version'])).toContain('weft');
    const { ino, mtimeMs } = statSync(`${node.root}/bin/weft`);

    const second = await installOnly();
    expect(second).toMatchObject({ status: 0, stdout: expect.stringContaining('already'), stderr: '' });
    expect(statSync(`${node.root}/bin/weft`)).toMatchObject({ ino, mtimeMs });
    expect(readdirSync(`${node.root}/bin`)).toEqual(['weft']);
  });

  it('touches nothing but the plugin, and makes the directory for everybody to read if it is missing', async () => {
    expect(await installOnly([], 'opt/cni/bin')).toMatchObject({ status: 0 });
    for (const path of ['opt', 'opt/cni', 'opt/cni/bin', 'opt/cni/bin/weft'])
      expect(statSync(`${node.root}/${path}`).mode & 0o777).toBe(0o755);
    expect(readdirSync(`${node.root}/net.d`)).toEqual(['10-cluster.conflist']);
    expect([...readdirSync(`${node.root}/state`), ...readdirSync(`${node.root}/run`)]).toEqual([]);
  });

  it('needs one capability where the directory belongs to another user, and says so where it lacks it', async () => {
    writeFileSync(`${node.root}/bin/weft`, 'the old plugin');
    chmodSync(node.root, 0o755);
    chmodSync(`${node.root}/bin`, 0o755);
    chownSync(`${node.root}/bin`, 1234, 1234);
    const refused = await installOnly(withCapabilities());
    expect(refused).toMatchObject({ status: 1, stdout: '' });
    expect(refused.stderr).toMatch(
      /^weft-agent: install: .*\/bin\/weft: EACCES .*belongs to user 1234.*DAC_OVERRIDE\n$/,
    );
    expect(refused.stderr.length).toBeLessThan(330);
    expect(installed().toString()).toBe('the old plugin');

    expect(await installOnly(withCapabilities('dac_override'))).toMatchObject({ status: 0 });
    expect(installed().equals(shipped)).toBe(true);
    expect(await installOnly(withCapabilities())).toMatchObject({ status: 0 });
  });

  it('fails on a full disk in one sentence, and leaves the old plugin and no remains', async () => {
    const mounts = await MountNamespace.create();
    try {
      const bin = `${node.root}/bin`;
      mounts.tmpfs(bin, 1_000_000);
      mounts.sh(`printf 'the old plugin' >${bin}/weft; chmod 755 ${bin}/weft`);
      const full = await installOnly(mounts.enter);
      expect(full).toMatchObject({ status: 1, stdout: '' });
      expect(full.stderr).toMatch(/^weft-agent: install: write [^\n]*ENOSPC; free space[^\n]*\n$/);
      expect(mounts.sh(`ls -A ${bin}; cat ${bin}/weft`)).toBe('weft\nthe old plugin');

      mounts.sh(`mount -o remount,size=8000000 ${bin}`);
      expect(await installOnly(mounts.enter)).toMatchObject({ status: 0 });
    } finally {
      mounts.dispose();
    }
  });

  it('leaves the old plugin or the new one, whole, whenever it is killed', { timeout: 180_000 }, async () => {
    const old = fakeElf('the old plugin');
    const target = `${node.root}/bin/weft`;
    const argv = [process.execPath, ...interpreterFlags(main), main, '--install-only'];
    const bin = `${node.root}/bin`;
    let replaced = 0;
    const moments: readonly Moment[] = [0, 15, 30, 45, 60, 90, () => readFileSync(target).equals(shipped)];
    for (const moment of moments) {
      writeFileSync(target, old);
      await killedWhileWriting([...argv, `--cni-bin-dir=${bin}`], [bin], moment);
      const found = readFileSync(target);
      const whole = found.equals(shipped);
      expect(whole || found.equals(old)).toBe(true);
      if (whole) replaced += 1;
    }
    // Both happened: it was killed before the rename and after it.
    expect(replaced).toBeGreaterThan(0);
    expect(temporaryFiles([bin]).length).toBeGreaterThan(0);
    expect(await installOnly()).toMatchObject({ status: 0 });
    expect(installed().equals(shipped)).toBe(true);
  });

  it('is refused where the target is a directory', async () => {
    mkdirSync(`${node.root}/bin/weft`);
    const end = await installOnly();
    expect(end).toMatchObject({ status: 1, stdout: '' });
    expect(end.stderr).toMatch(/^weft-agent: install: write .*\/bin\/weft: EISDIR/);
  });
});
