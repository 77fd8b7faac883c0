import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeCpio } from '../../hack/vm/cpio.ts';
import { Machine, type MachineOptions } from '../../hack/vm/machine.ts';
import { until } from '../harness/run.ts';

const root = join(import.meta.dirname, '..', '..');
let dir: string;
let options: MachineOptions;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'weft-vm-'));
  const kernelDir = execFileSync(join(root, 'hack/toolchain/kernel.sh'), { encoding: 'utf8' }).trim();
  const initramfs = join(dir, 'initramfs');
  // Nothing that the kernel could start.
  writeCpio(initramfs, []);
  options = { kernelDir, initramfs, consoleLog: join(dir, 'console'), memoryMiB: 256 };
});
afterAll(() => rmSync(dir, { recursive: true }));

describe('a machine', () => {
  it('that cannot start says why, with the end of its console', async () => {
    await expect(Machine.boot(options)).rejects.toThrow(/the machine ended: [\s\S]*Kernel panic/);
  });

  it('ends with the process that runs it, though that is killed', async () => {
    const script = `
      import { Machine } from ${JSON.stringify(join(root, 'hack/vm/machine.ts'))};
      await Machine.boot(${JSON.stringify({ ...options, consoleLog: join(dir, 'other') })});`;
    const runner = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
      stdio: 'ignore',
    });
    const children = `/proc/${runner.pid}/task/${runner.pid}/children`;
    let emulator = '';
    await until('the emulator', 20_000, () => {
      emulator = readFileSync(children, 'utf8').trim();
      return emulator !== '' && readFileSync(`/proc/${emulator}/cmdline`, 'utf8').startsWith('qemu');
    });
    runner.kill('SIGKILL');
    await until('its end', 20_000, () => !existsSync(`/proc/${emulator}`));
  });
});
