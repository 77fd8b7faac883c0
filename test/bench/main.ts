import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { weftBinary } from '../harness/toolchain.ts';
import { measureRounds } from './rounds.ts';
import { buildRunner, Runner } from './runner.ts';
import { makeScene } from './scene.ts';
import { formatSeries, seriesOf } from './statistics.ts';
import { measureStorm } from './storm.ts';

/**
 * make bench: weft beside the floor (the same delegates without weft), interleaved in one run, against DESIGN §5.
 * Prints a table and writes it to build/bench.md. Exits 1 if a target is missed.
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
  await addAndDel(runner, 'state on disk', undefined);
  const memory = '/dev/shm/weft-bench';
  mkdirSync(memory, { recursive: true });
  try {
    await addAndDel(runner, 'state in memory (no fsync cost)', memory);
  } finally {
    rmSync(memory, { recursive: true, force: true });
  }
  await storm(runner);
  const table = rows.map(
    ({ what, seen, target, met }) =>
      `| ${what} | ${seen} | ${target} | ${met === undefined ? '' : met ? 'met' : 'missed'} |`,
  );
  writeFileSync(
    'build/bench.md',
    `| what | seen | target | |\n| --- | --- | --- | --- |\n${table.join('\n')}\n`,
  );
  if (rows.some(({ met }) => met === false)) process.exitCode = 1;
}

async function start(binary: string): Promise<void> {
  const runner = new Runner(binary, [], '/tmp');
  const version = runner.prepare('weft-bench-version', [
    { program: weftBinary(), env: { CNI_COMMAND: 'VERSION' }, stdin: '' },
  ]);
  const floor = runner.prepare('weft-bench-true', [{ program: '/bin/true', env: {}, stdin: '' }]);
  const seen: { weft: number[]; floor: number[]; rss: number } = { weft: [], floor: [], rss: 0 };
  for (let round = 0; round < 100; round += 1) {
    seen.floor.push((await floor()).wallMs);
    const timing = await version();
    seen.weft.push(timing.wallMs);
    seen.rss = Math.max(seen.rss, timing.maxRssKib);
  }
  const weft = seriesOf(seen.weft);
  row('start of the plugin (VERSION), ms', formatSeries(weft), '≤ 1.5', weft.median <= 1.5);
  row('floor: /bin/true, ms', formatSeries(seriesOf(seen.floor)));
  row('resident size of the plugin, KiB', String(seen.rss), '≤ 3072', seen.rss <= 3072);
  const { size } = statSync(weftBinary());
  row('size of the plugin, bytes', String(size), '≤ 3000000', size <= 3_000_000);
}

async function addAndDel(binary: string, label: string, stateDir: string | undefined): Promise<void> {
  const scene = await makeScene(stateDir);
  try {
    const seen = await measureRounds(scene, binary, rounds);
    row(`ADD, floor, ${label}, ms`, formatSeries(seen.add.floor));
    row(`ADD, weft, ${label}, ms`, formatSeries(seen.add.weft));
    row(`ADD, added, ${label}, ms`, formatSeries(seen.add.added), '≤ 4', seen.add.added.median <= 4);
    row(`DEL, floor, ${label}, ms`, formatSeries(seen.del.floor));
    row(`DEL, weft, ${label}, ms`, formatSeries(seen.del.weft));
    row(`DEL, added, ${label}, ms`, formatSeries(seen.del.added), '≤ 3', seen.del.added.median <= 3);
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

async function storm(binary: string): Promise<void> {
  const scene = await makeScene();
  try {
    const seen = await measureStorm(scene, binary, stormSize);
    row(`storm of ${stormSize} ADDs, failures`, String(seen.failures), '0', seen.failures === 0);
    row(
      'storm, wall, floor / weft, ms',
      `${seen.floorMs.toFixed(0)} / ${seen.weftMs.toFixed(0)}`,
      '≤ 1.15 × floor',
      seen.weftMs <= 1.15 * seen.floorMs,
    );
    row('storm, CPU added for each ADD, ms', seen.cpuAddedMs.toFixed(2), '≤ 5', seen.cpuAddedMs <= 5);
    row(
      'agent after the storm, resident, MiB',
      (residentKib(scene.agent.pid) / 1024).toFixed(1),
      '≤ 90',
      residentKib(scene.agent.pid) <= 90 * 1024,
    );
  } finally {
    await scene.agent.stop();
    scene.node.dispose();
  }
}

/** nsenter has become the agent by exec, so its process id is the agent's. */
function residentKib(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(join('/proc', String(pid), 'status'), 'utf8'))?.[1]);
}

await main();
