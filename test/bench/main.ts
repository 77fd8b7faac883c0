import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { interpreterFlags } from '../harness/interpreter-flags.ts';
import { sleep } from '../harness/run.ts';
import { agentBundle, weftBinary } from '../harness/toolchain.ts';
import { ApiCluster } from './api-cluster.ts';
import { measureRounds } from './rounds.ts';
import { buildRunner, Runner } from './runner.ts';
import { makeScene, memoryRoot, type SceneOptions } from './scene.ts';
import { formatSeries, type Series, seriesOf } from './statistics.ts';
import { measureStorm } from './storm.ts';

/**
 * make bench: weft beside the floor (the same delegates without weft), interleaved in one run, against DESIGN §5.
 * Prints a table and writes it to build/reports/bench-DATE.md. Exits 1 if a target is missed.
 */
const rounds = Number(process.env['WEFT_BENCH_ROUNDS'] ?? 40);
const stormSize = Number(process.env['WEFT_BENCH_STORM'] ?? 150);

interface Row {
  readonly what: string;
  readonly seen: string;
  readonly target: string;
  /** Undefined where there is no target. */
  readonly met?: boolean;
}

const rows: Row[] = [];
const report = `build/reports/bench-${new Date().toISOString().slice(0, 10)}.md`;

function row(what: string, seen: string, target = '', met?: boolean): void {
  rows.push({ what, seen, target, ...(met === undefined ? {} : { met }) });
  console.log(
    `${what.padEnd(52)} ${seen.padEnd(28)} ${target.padEnd(26)} ${met === undefined ? '' : met ? 'met' : 'MISSED'}`,
  );
}

async function main(): Promise<void> {
  const runner = buildRunner();
  console.log(
    `${availableParallelism()} cores, load ${loadavg()[0]?.toFixed(2)}, ${rounds} rounds; median (p10–p90)\n`,
  );
  await start(runner);
  await bareNode();
  try {
    await addAndDel(runner, 'no fsync cost', { durable: false, targets: true });
    await addAndDel(runner, 'no fsync cost, empty delegates', {
      durable: false,
      emptyDelegates: true,
    });
    await addAndDel(runner, 'state on disk', { durable: true });
    await storm(runner, 'no fsync cost', { durable: false });
    await withApi(runner);
  } finally {
    rmSync(memoryRoot, { recursive: true, force: true });
  }
  const table = rows.map(
    ({ what, seen, target, met }) =>
      `| ${what} | ${seen} | ${target} | ${met === undefined ? '' : met ? 'met' : 'missed'} |`,
  );
  mkdirSync('build/reports', { recursive: true });
  writeFileSync(report, `| what | seen | target | |\n| --- | --- | --- | --- |\n${table.join('\n')}\n`);
  if (rows.some(({ met }) => met === false)) process.exitCode = 1;
}

/** One after the other in one run, because a process that starts after a pause starts slower, whatever it is. */
async function start(binary: string): Promise<void> {
  const runner = new Runner(binary, [], '/tmp');
  const weft = { program: weftBinary(), env: { CNI_COMMAND: 'VERSION' }, stdin: '' };
  const floor = { program: '/bin/true', env: {}, stdin: '' };
  const alternating = Array.from({ length: 300 }, () => [floor, weft]).flat();
  const { each } = await runner.prepare('weft-bench-start', alternating)();
  const { maxRssKib } = await runner.prepare('weft-bench-size', [weft])();
  const seen = seriesOf(each.filter((_, index) => index % 2 === 1));
  row('start of the plugin (VERSION), ms', formatSeries(seen), '≤ 1.5', seen.median <= 1.5);
  row('floor: /bin/true, ms', formatSeries(seriesOf(each.filter((_, index) => index % 2 === 0))));
  row('resident size of the plugin, KiB', String(maxRssKib), '≤ 3072', maxRssKib <= 3072);
  const { size } = statSync(weftBinary());
  row('size of the plugin, bytes', String(size), '≤ 3000000', size <= 3_000_000);
}

/** Real delegates' own times vary by more than weft adds; with delegates that do nothing the difference stands out. */
async function addAndDel(
  binary: string,
  label: string,
  options: SceneOptions & { readonly targets?: boolean },
): Promise<void> {
  const scene = await makeScene(options);
  try {
    const seen = await measureRounds(scene, binary, rounds);
    row(`ADD, floor, ${label}, ms`, formatSeries(seen.add.floor));
    row(`ADD, weft, ${label}, ms`, formatSeries(seen.add.weft));
    added(`ADD, added, ${label}, ms`, seen.add.added, options.targets === true ? 4 : undefined);
    if (options.api !== undefined) {
      row(
        `ADD, of it the wait for the status write, ${label}, ms`,
        formatSeries(statusWaits(scene.agent.log)),
      );
    }
    row(`DEL, floor, ${label}, ms`, formatSeries(seen.del.floor));
    row(`DEL, weft, ${label}, ms`, formatSeries(seen.del.weft));
    added(`DEL, added, ${label}, ms`, seen.del.added, options.targets === true ? 3 : undefined);
    row(
      `agent, resident, ${label}, MiB`,
      (residentKib(scene.agent.pid) / 1024).toFixed(1),
      '≤ 90',
      residentKib(scene.agent.pid) <= 90 * 1024,
    );
  } finally {
    await scene.agent.stop();
    scene.node.dispose();
  }
}

/** As the agent logged them, between a plugin's outcome and its `done`. */
function statusWaits(log: string): Series {
  const lines = log.split('\n').filter((line) => line.includes('"verb":"ADD"'));
  const requests = lines.map((line) => JSON.parse(line) as { outcome: string; ms: { done?: number } });
  return seriesOf(
    requests.flatMap(({ outcome, ms }) => (outcome === 'ok' && ms.done !== undefined ? [ms.done] : [])),
  );
}

function added(what: string, seen: Series, most: number | undefined): void {
  if (most === undefined) row(what, formatSeries(seen));
  else row(what, formatSeries(seen), `≤ ${most}`, seen.median <= most);
}

async function storm(binary: string, label: string, options: SceneOptions): Promise<void> {
  const scene = await makeScene(options);
  try {
    const seen = await measureStorm(scene, binary, stormSize);
    row(`storm of ${stormSize} ADDs, failures, ${label}`, String(seen.failures), '0', seen.failures === 0);
    row(
      `storm, wall, floor / weft, ${label}, ms`,
      `${seen.floorMs.toFixed(0)} / ${seen.weftMs.toFixed(0)}`,
      '≤ 1.15 × floor',
      seen.weftMs <= 1.15 * seen.floorMs,
    );
    row(
      `storm, CPU added for each ADD, ${label}, ms`,
      seen.cpuAddedMs.toFixed(2),
      '≤ 5',
      seen.cpuAddedMs <= 5,
    );
    row(
      `agent after the storm, resident, ${label}, MiB`,
      (residentKib(scene.agent.pid) / 1024).toFixed(1),
      '≤ 90',
      residentKib(scene.agent.pid) <= 90 * 1024,
    );
  } finally {
    await scene.agent.stop();
    scene.node.dispose();
  }
}

/** The same with networks from a real API server, to which the status of each pod is written before ADD answers. */
async function withApi(binary: string): Promise<void> {
  const api = await ApiCluster.start();
  try {
    await addAndDel(binary, 'with an API server', { durable: false, api });
    await addAndDel(binary, 'with an API server, empty delegates', {
      durable: false,
      emptyDelegates: true,
      api,
    });
    await storm(binary, 'with an API server', { durable: false, api });
  } finally {
    await api.stop();
  }
}

/** What of the agent's size is Node: much of it are pages of its file, which the kernel maps as it sees fit. */
async function bareNode(): Promise<void> {
  const idle = ['-e', 'setTimeout(() => {}, 60_000)'];
  const child = spawn(process.execPath, [...interpreterFlags(agentBundle()), ...idle], { stdio: 'ignore' });
  await sleep(2_000);
  row('floor: Node that does nothing, resident, MiB', (residentKib(child.pid ?? 0) / 1024).toFixed(1));
  child.kill();
}

/** nsenter has become the agent by exec, so its process id is the agent's. */
function residentKib(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(join('/proc', String(pid), 'status'), 'utf8'))?.[1]);
}

await main();
