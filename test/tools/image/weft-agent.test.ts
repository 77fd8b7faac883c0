import {
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { getContainerRuntimeClient, type StartedTestContainer, Wait } from 'testcontainers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildImage, imageName } from '../../../hack/image/build-image.ts';
import { ContainerEngine } from './container-engine.ts';
import { HardenedContainer } from './hardened-container.ts';

const root = resolve(import.meta.dirname, '../../..');
const cold = 600_000;

/** What the DaemonSet mounts from the node, each at the same path inside. */
const hostDirectories = ['/run/weft', '/var/lib/weft', '/etc/cni/net.d', '/opt/cni/bin'];

/** What only the plugin writes: mounted a second time, read-only, inside of the above. */
const recordDirectories = ['/run/weft/attachments', '/var/lib/weft/attachments'];

const cluster = JSON.stringify({ cniVersion: '1.0.0', name: 'cluster', plugins: [{ type: 'bridge' }] });

let engine: ContainerEngine;
let host = '';
let container: StartedTestContainer | undefined;

beforeAll(async () => {
  const archive = await buildImage((line) => console.log(line));
  engine = await ContainerEngine.find();
  await engine.load(archive, imageName);
}, cold);

afterAll(() => engine.stop());

beforeEach(() => {
  host = mkdtempSync(join(tmpdir(), 'weft-host-'));
  for (const directory of [...hostDirectories, ...recordDirectories])
    mkdirSync(`${host}${directory}`, { recursive: true });
});

afterEach(async () => {
  await container?.stop({ timeout: 0 });
  container = undefined;
  rmSync(host, { recursive: true, force: true });
});

interface BindMount {
  readonly source: string;
  readonly target: string;
  readonly mode: 'rw' | 'ro';
}

/** A hardened container with the node's directories of this test. */
function onHost(flags: readonly string[]): HardenedContainer {
  const hardened = new HardenedContainer(imageName);
  hardened.withCommand([...flags]);
  const mount = (target: string, mode: 'rw' | 'ro'): BindMount => ({
    source: `${host}${target}`,
    target,
    mode,
  });
  hardened.withBindMounts([
    ...hostDirectories.map((target) => mount(target, 'rw')),
    ...recordDirectories.map((target) => mount(target, 'ro')),
  ]);
  return hardened;
}

async function startedAgent(): Promise<StartedTestContainer> {
  container = await onHost(['--node-name=node-a']).withWaitStrategy(Wait.forLogMessage('listening')).start();
  return container;
}

/** Runs a script by the image's Node, inside of the running container; resolves with what it prints. */
async function inside(running: StartedTestContainer, script: string): Promise<string> {
  const { exitCode, output } = await running.exec(['/usr/bin/node', '--input-type=module', '-e', script]);
  expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
  return output.trim();
}

/** Status and text of one path of the health server. */
async function ask(running: StartedTestContainer, path: string): Promise<string> {
  const url = `http://127.0.0.1:9464${path}`;
  return inside(running, `const r = await fetch('${url}'); console.log(r.status, await r.text())`);
}

/** Runs the image to its end. */
async function ran(flags: readonly string[]): Promise<{ readonly status: number; readonly said: string }> {
  const { container: containers } = await getContainerRuntimeClient();
  await container?.stop({ timeout: 0 });
  // Its own wait strategy for programs that end takes a status other than 0 for a failure to start.
  container = await onHost(flags).withWaitStrategy(Wait.forLogMessage(/\w/)).start();
  const process = containers.dockerode.getContainer(container.getId());
  await expect.poll(async () => (await process.inspect()).State.Running).toBe(false);
  const inspected = await process.inspect();
  let said = '';
  for await (const chunk of await container.logs()) said += String(chunk);
  return { status: inspected.State.ExitCode, said };
}

describe('the image, with a read-only root, no capability and no new privileges', () => {
  it('answers its health check, and tells what is missing until the default network is there', async () => {
    const agent = await startedAgent();
    expect(await ask(agent, '/healthz')).toMatch(/^200 /);
    expect(await ask(agent, '/readyz')).toMatch(/^503 .*default network/s);

    writeFileSync(`${host}/etc/cni/net.d/10-cluster.conflist`, cluster);

    await expect.poll(() => ask(agent, '/readyz'), { timeout: 20_000 }).toMatch(/^200 /);
    expect(await ask(agent, '/metrics')).toContain('weft_');
  });

  it('puts plugin, node.json and configuration onto the node', async () => {
    writeFileSync(`${host}/etc/cni/net.d/10-cluster.conflist`, cluster);
    await startedAgent();
    await expect
      .poll(() => readdirSync(`${host}/etc/cni/net.d`), { timeout: 20_000 })
      .toContain('00-weft.conflist');
    const plugin = readFileSync(`${host}/opt/cni/bin/weft`);
    expect(plugin.equals(readFileSync(join(root, 'dist/weft')))).toBe(true);
    expect(statSync(`${host}/opt/cni/bin/weft`).mode & 0o7777).toBe(0o755);
    expect(statSync(`${host}/run/weft`).mode & 0o7777).toBe(0o700);
    expect(JSON.parse(readFileSync(`${host}/var/lib/weft/node.json`, 'utf8'))).toMatchObject({
      cniPath: ['/opt/cni/bin'],
    });
  });

  it('cannot write to its root, has no capability and no shell to be misused', async () => {
    const agent = await startedAgent();
    const write = `import { writeFileSync } from 'node:fs'; writeFileSync('/weft/x', '')`;
    const refused = await agent.exec(['/usr/bin/node', '--input-type=module', '-e', write]);
    expect(refused.output).toContain('EROFS');
    const status = await inside(
      agent,
      `import { readFileSync } from 'node:fs'; console.log(readFileSync('/proc/1/status', 'utf8'))`,
    );
    expect(status.match(/^Cap\w+:\s+\w+$/gm)?.map((line) => line.replace(/\s+/, ' '))).toEqual(
      ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'].map((set) => `${set}: 0000000000000000`),
    );
    expect(status).toMatch(/^NoNewPrivs:\s+1$/m);
    for (const shell of ['sh', '/bin/sh', '/bin/bash', 'busybox']) {
      const answer = await agent.exec([shell, '-c', 'echo a shell']).catch(() => ({ output: '' }));
      expect(answer.output).not.toMatch(/^a shell$/m);
    }
  });

  it('finds names and certificates', async () => {
    const agent = await startedAgent();
    const script = `import { lookup } from 'node:dns/promises'; import { getCACertificates } from 'node:tls';
      const { address } = await lookup('localhost', 4); console.log(address, getCACertificates('system').length > 50)`;
    expect(await inside(agent, script)).toBe('127.0.0.1 true');
  });

  it('ends within two seconds of SIGTERM, with status 0, and leaves the configuration', async () => {
    writeFileSync(`${host}/etc/cni/net.d/10-cluster.conflist`, cluster);
    const agent = await startedAgent();
    await expect.poll(() => ask(agent, '/readyz'), { timeout: 20_000 }).toMatch(/^200 /);
    const { container: containers } = await getContainerRuntimeClient();
    const process = containers.dockerode.getContainer(agent.getId());
    const start = performance.now();
    await process.kill({ signal: 'SIGTERM' });
    // Not `wait`: podman looks for the end only every 20 s where it has no cgroup.
    await expect
      .poll(async () => (await process.inspect()).State)
      .toMatchObject({ Running: false, ExitCode: 0 });
    expect(performance.now() - start).toBeLessThan(2_000);
    expect(readdirSync(`${host}/etc/cni/net.d`)).toContain('00-weft.conflist');
    expect(readdirSync(`${host}/opt/cni/bin`)).toEqual(['weft']);
  });

  it('installs the plugin alone, as an init container', async () => {
    expect(await ran(['--install-only'])).toEqual({
      status: 0,
      said: expect.stringContaining('/opt/cni/bin/weft is now the plugin of version'),
    });
    expect(readdirSync(`${host}/opt/cni/bin`)).toEqual(['weft']);
    expect(readdirSync(`${host}/etc/cni/net.d`)).toEqual([]);
    chownSync(`${host}/opt/cni/bin`, 1234, 1234);
    rmSync(`${host}/opt/cni/bin/weft`);
    expect(await ran(['--install-only'])).toEqual({
      status: 1,
      said: expect.stringContaining('belongs to user 1234'),
    });
  });

  it('tells its version, and ends with status 2 if it does not understand', async () => {
    const version = readFileSync(join(root, 'VERSION'), 'utf8').trim();
    expect(await ran(['--version'])).toEqual({
      status: 0,
      said: expect.stringContaining(`weft-agent ${version}`),
    });
    expect(await ran(['--no-such-flag'])).toMatchObject({ status: 2 });
  });
});
