/**
 * Mutation testing of the portable and pure rooms: changes the sources in small ways and looks whether the unit tests
 * notice. Writes build/reports/mutation-DATE.md. Arguments: rooms; without any, all. Exits 1 if a room is below the limit.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { mutationPage } from './page.ts';
import { judgingTests, mutatedFiles, mutatedRooms } from './rooms.ts';
import { judged, type MutationReport, percent, type Score, scoreOf, survivorsOf } from './score.ts';

/** Percent. */
const limit = 80;

const root = resolve(import.meta.dirname, '../..');
const rooms = process.argv.length > 2 ? process.argv.slice(2) : mutatedRooms;
const unknown = rooms.filter((room) => !mutatedRooms.includes(room));
if (unknown.length > 0) {
  console.error(`there is no room ${unknown.join(', ')}; rooms: ${mutatedRooms.join(', ')}`);
  process.exit(2);
}

const reports = rooms.map((room) => ({ room, report: mutate(room) }));
const scores = reports.map(({ room, report }) => scoreOf(room, report));
const survivors = reports.flatMap(({ report }) => survivorsOf(report));
const date = new Date().toISOString().slice(0, 10);
const path = `build/reports/mutation-${date}.md`;
mkdirSync(`${root}/build/reports`, { recursive: true });
writeFileSync(`${root}/${path}`, mutationPage(date, limit, scores, survivors));
console.log(`${survivors.length} mutants that no test noticed are in ${path}`);

const low = scores.filter((score) => percent(score) < limit).map(({ room }) => room);
if (low.length > 0) {
  console.error(`the tests notice too few mutants of ${low.join(', ')}: ${limit} % are wanted`);
  process.exitCode = 1;
}

/** Runs Stryker on one room and prints its score. Ends the process if Stryker cannot say. */
function mutate(room: string): MutationReport {
  const start = performance.now();
  const choice = ['--mutate', mutatedFiles(room).join(','), '--testFiles', judgingTests(room).join(',')];
  const stryker = spawnSync('stryker', ['run', 'hack/mutation/stryker.config.json', ...choice], {
    cwd: root,
    stdio: 'inherit',
  });
  if (stryker.status !== 0) {
    console.error(
      `${room}: stryker ended with ${stryker.signal ?? stryker.status ?? stryker.error?.message}`,
    );
    process.exit(1);
  }
  const file = `${root}/build/mutation/${room}.json`;
  renameSync(`${root}/build/mutation/report.json`, file);
  const report = JSON.parse(readFileSync(file, 'utf8')) as MutationReport;
  console.log(line(scoreOf(room, report), (performance.now() - start) / 1000));
  return report;
}

function line(score: Score, seconds: number): string {
  const share = percent(score).toFixed(1).padStart(5);
  return `${score.room.padEnd(12)} ${share} % of ${judged(score)} mutants in ${seconds.toFixed(0)} s`;
}
