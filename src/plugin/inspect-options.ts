import { WeftError } from '../errors/weft-error.ts';

/** What `weft inspect` was asked for. */
export interface InspectOptions {
  readonly output: 'table' | 'json';
  readonly stateDir: string;
  readonly runDir: string;
  /** The beginning of a container ID, or `namespace/name` of a pod; absent: all. */
  readonly sandbox?: string;
}

/** Reads the arguments; `--flag value` and `--flag=value`. Throws InvalidFlag. */
export function parseInspectOptions(args: readonly string[]): InspectOptions {
  const found = new Map<string, string>();
  const words: string[] = [];
  const queue = args.flatMap((arg) => split(arg));
  for (let index = 0; index < queue.length; index += 1) {
    const word = queue[index] ?? '';
    const name = names.get(word);
    if (name === undefined) {
      if (word.startsWith('-')) throw invalid(`unknown flag ${word}`);
      words.push(word);
      continue;
    }
    index += 1;
    found.set(name, queue[index] ?? missing(word));
  }
  if (words.length > 1) throw invalid('more than one sandbox is named');
  const output = found.get('output') ?? 'table';
  if (output !== 'table' && output !== 'json') throw invalid(`--output ${output} is neither table nor json`);
  return {
    output,
    stateDir: found.get('state-dir') ?? '/var/lib/weft',
    runDir: found.get('run-dir') ?? '/run/weft',
    ...(words[0] === undefined ? {} : { sandbox: words[0] }),
  };
}

const names: ReadonlyMap<string, string> = new Map([
  ['-o', 'output'],
  ['--output', 'output'],
  ['--state-dir', 'state-dir'],
  ['--run-dir', 'run-dir'],
]);

function split(arg: string): readonly string[] {
  if (arg.startsWith('-o') && arg.length > 2) return ['-o', arg.slice(arg[2] === '=' ? 3 : 2)];
  const equals = arg.indexOf('=');
  return arg.startsWith('--') && equals > 0 ? [arg.slice(0, equals), arg.slice(equals + 1)] : [arg];
}

function missing(flag: string): never {
  throw invalid(`flag ${flag} needs a value`);
}

function invalid(cause: string): WeftError {
  return new WeftError('InvalidFlag', { step: 'weft inspect', cause });
}
