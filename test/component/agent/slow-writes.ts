import { readdirSync } from 'node:fs';
import { run, sleep, until } from '../../harness/run.ts';

/** The calls that make a file durable; each is held up, so that there is time to kill between any two. */
const calls = 'fchmod,fsync,rename';
const delayMs = 20;

/** When to kill: milliseconds after the first temporary file appeared, or once something holds. */
export type Moment = number | (() => boolean);

/** Runs `argv` with slow writes and kills it with SIGKILL at that moment. `directories`: where it writes. */
export async function killedWhileWriting(
  argv: readonly string[],
  directories: readonly string[],
  moment: Moment,
): Promise<void> {
  const before = new Set(temporaryFiles(directories));
  let pid = 0;
  const strace = ['strace', '-f', '-qq', '-o', '/dev/null', '-e', `trace=${calls}`];
  const slow = ['-e', `inject=${calls}:delay_enter=${delayMs * 1000}`];
  const done = run(
    // strace does not take its tracee along when it is killed; setpriv asks the kernel to.
    [...strace, ...slow, 'setpriv', '--pdeathsig', 'KILL', ...argv],
    {
      onSpawn: (id) => {
        pid = id;
      },
    },
  );
  try {
    await until('a temporary file', 40_000, () =>
      temporaryFiles(directories).some((path) => !before.has(path)),
    );
    if (typeof moment === 'number') await sleep(moment);
    else await until('the moment to kill', 40_000, moment);
  } finally {
    kill(pid);
    await done;
  }
}

/** Paths of what is being written, or was when somebody was killed. */
export function temporaryFiles(directories: readonly string[]): readonly string[] {
  return directories.flatMap((directory) =>
    readdirSync(directory)
      .filter((name) => name.endsWith('.tmp'))
      .map((name) => `${directory}/${name}`),
  );
}

/** It may have come to its end by itself. */
function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
