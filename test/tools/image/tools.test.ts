import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { GenericContainer, type StartedTestContainer, Wait } from 'testcontainers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toolDirectory } from '../../../hack/toolchain/tools.ts';
import { until } from '../../harness/run.ts';
import { ContainerEngine } from './container-engine.ts';
import { HardenedContainer } from './hardened-container.ts';
import { PodmanService } from './podman-service.ts';
import { marked, podmanTraces } from './traces.ts';

const image = 'localhost/weft-tools:dev';

let engine: ContainerEngine;

beforeAll(async () => {
  const images = await toolDirectory('images', (line) => console.log(line));
  engine = await ContainerEngine.find();
  await engine.load(join(images, 'tools.tar'), image);
}, 600_000);

afterAll(async () => {
  await engine.stop();
});

/** Starts it with a shell that says so and then sleeps; not for ever, because nobody may be left to stop it. */
async function started(container: GenericContainer): Promise<StartedTestContainer> {
  return await container
    .withCommand(['-c', 'echo started; exec sleep 600'])
    .withWaitStrategy(Wait.forLogMessage('started'))
    .start();
}

describe('the tools image, run by testcontainers', () => {
  it('has a shell and the network tools that tests of pods use', async () => {
    const container = await started(new GenericContainer(image).withNetworkMode('none'));
    try {
      const wanted = ['ip', 'ping', 'nc', 'wget', 'httpd'];
      const found = await container.exec(['sh', '-c', `cd /bin && ls ${wanted.join(' ')}`]);
      expect(found).toMatchObject({ exitCode: 0, stdout: `${wanted.toSorted().join('\n')}\n` });
      expect(await container.exec(['ip', '-o', 'link'])).toMatchObject({ exitCode: 0 });
    } finally {
      await container.stop({ timeout: 0 });
    }
  });

  it('can write and has capabilities when nothing is taken away: what follows is not so by itself', async () => {
    const container = await started(new GenericContainer(image).withNetworkMode('none'));
    try {
      expect(await container.exec(['sh', '-c', 'echo x >/written && chown 1:1 /written'])).toMatchObject({
        exitCode: 0,
      });
      expect(await capabilitySets(container)).not.toContain('CapEff 0000000000000000');
    } finally {
      await container.stop({ timeout: 0 });
    }
  });

  it('runs hardened: read-only root, no capability, a tmpfs where one is given', async () => {
    const container = await started(new HardenedContainer(image).withTmpFs({ '/scratch': 'rw,mode=1777' }));
    try {
      const write = await container.exec(['sh', '-c', 'echo x >/written']);
      expect(write).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('Read-only file system') });
      const scratch = 'echo x >/scratch/file && cat /scratch/file';
      expect(await container.exec(['sh', '-c', scratch])).toMatchObject({ exitCode: 0, stdout: 'x\n' });
      const chown = await container.exec(['sh', '-c', 'chown 1:1 /scratch/file']);
      expect(chown).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('not permitted') });
      expect(await capabilitySets(container)).toEqual(
        ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'].map((set) => `${set} 0000000000000000`),
      );
      expect((await container.exec(['ip', '-o', 'link'])).stdout).toMatch(/^1: lo: [^\n]*\n$/);
    } finally {
      await container.stop({ timeout: 0 });
    }
  });

  it('is gone after stop', async () => {
    const container = await started(new HardenedContainer(image));
    await container.stop({ timeout: 0 });
    await expect(container.exec(['true'])).rejects.toThrow(/no such container|no container/i);
  });
});

describe('the engine of our own', () => {
  it('is gone with its files after stop', async () => {
    const service = await PodmanService.start();
    expect(existsSync(service.socket)).toBe(true);
    await service.stop();
    expect(existsSync(service.dir)).toBe(false);
    expect(marked(service.dir, service.dir)).toEqual([]);
  });

  it('leaves nothing but files when its starter is killed, and the next one removes those', async () => {
    const before = podmanTraces();
    const orphan = spawn(process.execPath, [join(import.meta.dirname, 'orphan.ts')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const line = await new Promise<string>((resolve, reject) => {
      createInterface({ input: orphan.stdout }).on('line', resolve);
      orphan.on('exit', (status) => reject(new Error(`orphan.ts ended with ${status}`)));
    });
    const [dir = '', containerId = ''] = line.split(' ');
    expect(containerId).toMatch(/^[0-9a-f]{64}$/);
    // unshare, the script, podman, conmon
    expect(marked(dir, containerId).length).toBeGreaterThanOrEqual(4);

    orphan.kill('SIGKILL');

    await until('the end of every trace', 10_000, () => marked(dir, containerId).length === 0);
    expect(podmanTraces()).toEqual(before);
    expect(existsSync(dir)).toBe(true);
    await (await PodmanService.start()).stop();
    expect(existsSync(dir)).toBe(false);
  });
});

async function capabilitySets(container: StartedTestContainer): Promise<readonly string[]> {
  const { stdout } = await container.exec(['sh', '-c', 'grep ^Cap /proc/self/status']);
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.replace(/:\s+/, ' '));
}
