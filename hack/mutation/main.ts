/**
 * Mutation testing of the portable and pure rooms: changes the sources in small ways and looks whether the unit tests
 * notice. Writes build/reports/mutation-DATE.md. Arguments: rooms; without any, all. Exits 1 below the limit.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { mutationPage } from './page.ts';
import { mutatedFiles, mutatedRooms } from './rooms.ts';
import { type MutationReport, percent, scoresOf, survivorsOf, totalOf } from './score.ts';

/** Percent. */
const limit = 80;

const root = resolve(import.meta.dirname, '../..');
const rooms = process.argv.length > 2 ? process.argv.slice(2) : mutatedRooms;
const unknown = rooms.filter((room) => !mutatedRooms.includes(room));
if (unknown.length > 0) {
  console.error(`there is no room ${unknown.join(', ')}; rooms: ${mutatedRooms.join(', ')}`);
  process.exit(2);
}

const stryker = spawnSync(
  'stryker',
  ['run', 'hack/mutation/stryker.config.json', '--mutate', mutatedFiles(rooms).join(',')],
  { cwd: root, stdio: 'inherit' },
);
if (stryker.status !== 0) {
  console.error(`stryker ended with ${stryker.signal ?? stryker.status ?? stryker.error?.message}`);
  process.exit(1);
}

const report = JSON.parse(readFileSync(`${root}/build/mutation/report.json`, 'utf8')) as MutationReport;
const scores = scoresOf(report);
const date = new Date().toISOString().slice(0, 10);
const path = `build/reports/mutation-${date}.md`;
mkdirSync(`${root}/build/reports`, { recursive: true });
writeFileSync(`${root}/${path}`, mutationPage(date, limit, scores, survivorsOf(report)));
for (const score of scores)
  console.log(`${score.room.padEnd(12)} ${percent(score).toFixed(1).padStart(5)} %`);
const all = percent(totalOf(scores));
console.log(`all          ${all.toFixed(1).padStart(5)} % of ${totalOf(scores).valid} mutants; ${path}`);
if (all < limit) {
  console.error(`the tests notice ${all.toFixed(1)} % of the mutants; ${limit} % are wanted`);
  process.exitCode = 1;
}
