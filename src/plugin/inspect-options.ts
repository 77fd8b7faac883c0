import { invalidFlag, readArguments } from './tool-arguments.ts';

/** What `weft inspect` was asked for. */
export interface InspectOptions {
  readonly output: 'table' | 'json';
  readonly stateDir: string;
  readonly runDir: string;
  /** The beginning of a container ID, or `namespace/name` of a pod; absent: all. */
  readonly sandbox?: string;
}

const command = 'weft inspect';

/** Reads the arguments. Throws InvalidFlag. */
export function parseInspectOptions(args: readonly string[]): InspectOptions {
  const { options, words } = readArguments(args, flags, command);
  if (words.length > 1) throw invalidFlag(command, 'more than one sandbox is named');
  const output = options.get('output') ?? 'table';
  if (output !== 'table' && output !== 'json')
    throw invalidFlag(command, `--output ${output} is neither table nor json`);
  return {
    output,
    stateDir: options.get('state-dir') ?? '/var/lib/weft',
    runDir: options.get('run-dir') ?? '/run/weft',
    ...(words[0] === undefined ? {} : { sandbox: words[0] }),
  };
}

const flags: ReadonlyMap<string, string> = new Map([
  ['-o', 'output'],
  ['--output', 'output'],
  ['--state-dir', 'state-dir'],
  ['--run-dir', 'run-dir'],
]);
