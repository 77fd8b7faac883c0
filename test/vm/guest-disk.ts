import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { say } from '../../hack/vm/port.ts';
import { type FaultPoint, parsePoints, takePoints } from '../faults/fault-points.ts';
import { mustRun, until } from '../harness/run.ts';
import { type CniCall, CniRuntime } from '../harness/runtime.ts';
import { type NodeDirs, type Pod, TestNode } from '../harness/sandbox.ts';
import { installCniPlugins } from '../harness/toolchain.ts';
import { hostLocal, secondBridge } from '../net/confs.ts';
import { NetBench } from '../net/fixture.ts';
import { type DiskFiles, diskDirs, type SandboxEvent, type Stop, witnesses } from './cut-history.ts';

/** The build with numbered points (test/faults/faults-binary.ts). */
const faultsBinary = '/weft/build/faults/weft-faults';
/** In memory: what the cut takes away. */
const pointLog = '/run/points';

const dirs: Partial<NodeDirs> = { ...diskDirs, run: '/run/weft', bin: '/opt/cni/bin' };

let bench: NetBench;
let sandboxes = 0;

/** A node whose state, configuration and addresses are on the disk, and its agent. */
export async function startNode(): Promise<void> {
  makeDirs();
  bench = await NetBench.start(
    (node) => ({
      '10-pods.conf': {
        cniVersion: '1.0.0',
        name: 'pods',
        type: 'bridge',
        bridge: 'br-pods',
        isGateway: true,
        ipam: hostLocal(node, ['10.61.0.0/24'], { routes: [{ dst: '0.0.0.0/0' }] }),
      },
    }),
    (node) => ({ two: secondBridge(node) }),
    [],
    dirs,
  );
}

function makeDirs(): void {
  for (const dir of Object.values(dirs)) mkdirSync(dir, { recursive: true, mode: 0o700 });
}

/** Every file of the disk but witnesses, by path, as the last cut has left it. */
export async function lookAtDisk(): Promise<DiskFiles> {
  const files = Object.values(diskDirs).flatMap(filesBelow);
  return Object.fromEntries(files.map((path) => [path, readFileSync(path, 'utf8')]));
}

/** Which witnesses of the last cut have their content. They are removed, so that they are the next cut's own. */
export async function takeWitnesses(): Promise<{ readonly synced: boolean; readonly unsynced: boolean }> {
  const take = (path: string): boolean => {
    const whole = existsSync(path) && readFileSync(path, 'utf8') === witnesses.text;
    rmSync(path, { force: true });
    return whole;
  };
  return { synced: take(witnesses.synced), unsynced: take(witnesses.unsynced) };
}

/** Returns the point at which a plugin stands for the sandbox `stopped`; it waits there for the cut. */
export async function stopAt({ verb, at, synced }: Stop): Promise<FaultPoint> {
  const point = choose(await pointsOf(verb), at);
  const pod = bench.node.pod();
  witness(witnesses.synced, true);
  if (verb === 'DEL') await told('ADD', pod, 'stopped');
  const env = { WEFT_FAULT_AT: String(point.number), WEFT_FAULT_LINGER: '600000', WEFT_FAULT_LOG: pointLog };
  const calling = told(verb, pod, 'stopped', { binary: faultsBinary, env, run: { timeoutMs: 600_000 } });
  let reached: FaultPoint | undefined;
  const arrived = until(`point ${point.number}`, 60_000, () => {
    reached = existsSync(pointLog) ? lastPoint(readFileSync(pointLog, 'utf8')) : undefined;
    return reached?.number === point.number;
  });
  await Promise.race([arrived, calling]);
  if (reached?.name !== point.name) throw new Error(`point ${point.number} was ${reached?.name} this time`);
  if (synced) mustRun(['sync']);
  witness(witnesses.unsynced, false);
  return point;
}

/** In a sandbox that leaves nothing. Only the second is like all that follow: directories and bridges are there. */
async function pointsOf(verb: 'ADD' | 'DEL'): Promise<readonly FaultPoint[]> {
  const pod = bench.node.pod();
  const watched: Options = { binary: faultsBinary, env: { WEFT_FAULT_LOG: pointLog } };
  expectDone(await call('ADD', pod, 'probe'));
  expectDone(await call('DEL', pod, 'probe'));
  expectDone(await call('ADD', pod, 'probe', verb === 'ADD' ? watched : {}));
  expectDone(await call('DEL', pod, 'probe', verb === 'DEL' ? watched : {}));
  bench.node.removePod(pod);
  // Or the cut would bring it back.
  mustRun(['sync']);
  return takePoints(pointLog);
}

function choose(points: readonly FaultPoint[], at: string | number): FaultPoint {
  const found =
    typeof at === 'string'
      ? points.find((point) => point.name === at)
      : points[Math.floor(at * points.length)];
  if (found === undefined) throw new Error(`there is no point ${at}`);
  return found;
}

/** ADDs, every other with its DEL, until the machine ends; says when each begins and what was answered. */
export async function keepAttaching(): Promise<void> {
  witness(witnesses.synced, true);
  for (;;) {
    sandboxes += 1;
    const pod = bench.node.pod();
    await told('ADD', pod, `sandbox-${sandboxes}`);
    if (sandboxes % 2 === 0) await told('DEL', pod, `sandbox-${sandboxes}`);
  }
}

/** Forgets what the agent installs, durably, and starts it on that; says when the first of it can be seen. */
export async function installAnew(): Promise<void> {
  await bench.killAgent();
  for (const path of filesBelow(diskDirs.conf).filter((file) => file.includes('weft'))) rmSync(path);
  rmSync(join(diskDirs.state, 'node.json'));
  witness(witnesses.synced, true);
  mustRun(['sync']);
  const started = bench.startAgent();
  await Promise.race([
    until('node.json', 100_000, () => existsSync(join(diskDirs.state, 'node.json'))),
    started,
  ]);
  say('installing');
  await started;
}

/**
 * What the runtime does after the reboot: a DEL for each sandbox that it knows of, whose namespaces are gone. The agent
 * is not there yet.
 */
export async function deleteAll(containerIds: readonly string[]): Promise<readonly CniCall[]> {
  makeDirs();
  const node = TestNode.create({ network: true, dirs });
  installCniPlugins(node.dirs.bin, ['bridge', 'host-local']);
  const runtime = new CniRuntime(node);
  const calls: CniCall[] = [];
  for (const containerId of containerIds) {
    calls.push(await runtime.call('DEL', { containerId, netns: '/run/netns/before-the-cut' }));
  }
  node.dispose();
  // Or the next cut would bring them back, after their DEL was answered.
  mustRun(['sync']);
  return calls;
}

type Options = Parameters<NetBench['add']>[2];

async function call(
  verb: 'ADD' | 'DEL',
  pod: Pod,
  containerId: string,
  options: Options = {},
): Promise<CniCall> {
  return verb === 'ADD'
    ? bench.add(pod, 'two', { ...options, containerId })
    : bench.runtime.del(pod, { ...options, containerId });
}

/** As call, with its begin and its success said to the runner; of a DEL that is what ends the sandbox. */
async function told(
  verb: 'ADD' | 'DEL',
  pod: Pod,
  containerId: string,
  options: Options = {},
): Promise<void> {
  const event = (phase: SandboxEvent['phase']): void =>
    say({ verb, containerId, phase } satisfies SandboxEvent);
  event('begun');
  expectDone(await call(verb, pod, containerId, options));
  event('answered');
}

function expectDone(call: CniCall): void {
  if (call.status !== 0) throw new Error(`${call.status} ${call.signal}: ${call.stdout} ${call.stderr}`);
}

/** The line may be half written. */
function lastPoint(log: string): FaultPoint | undefined {
  return parsePoints(log.slice(0, log.lastIndexOf('\n') + 1)).at(-1);
}

/** What a disk does: with fsync it keeps the file, without it does not have it yet. */
function witness(path: string, durable: boolean): void {
  const file = openSync(path, 'w', 0o600);
  writeFileSync(file, witnesses.text);
  if (durable) fsyncSync(file);
  closeSync(file);
  if (!durable) return;
  const directory = openSync(join(path, '..'), 'r');
  fsyncSync(directory);
  closeSync(directory);
}

function filesBelow(dir: string): readonly string[] {
  if (!existsSync(dir)) return [];
  const entries = readdirSync(dir, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
