import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { rooms } from '../arrows/rooms.ts';
import { fileProblems } from './file-problems.ts';
import { conclude } from './problems.ts';

const root: string = resolve(import.meta.dirname, '../..');
const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z', 'src', 'hack', 'test'], {
  cwd: root,
});
const files = listed
  .toString('utf8')
  .split('\0')
  .filter((path) => path !== '' && existsSync(resolve(root, path)))
  .map((path) => ({ path, lines: readFileSync(resolve(root, path), 'utf8').split('\n').length - 1 }));
const reasons = JSON.parse(readFileSync(resolve(root, 'hack/verify/long-files.json'), 'utf8')) as Record<
  string,
  string
>;
conclude('verify-files', fileProblems(files, reasons, Object.keys(rooms)), `${files.length} files`);
