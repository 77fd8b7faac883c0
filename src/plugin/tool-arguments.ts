import { WeftError } from '../errors/weft-error.ts';

/** What followed a command of the host tool. */
export interface ToolArguments {
  /** Option → its last value. */
  readonly options: ReadonlyMap<string, string>;
  /** The rest, in order. */
  readonly words: readonly string[];
}

/**
 * Divides arguments into options and words; `--flag value`, `--flag=value` and `-fvalue`. `flags`: spelling → option.
 * Throws InvalidFlag naming the command.
 */
export function readArguments(
  args: readonly string[],
  flags: ReadonlyMap<string, string>,
  command: string,
): ToolArguments {
  const options = new Map<string, string>();
  const words: string[] = [];
  const queue = args.flatMap((arg) => split(arg));
  for (let index = 0; index < queue.length; index += 1) {
    const word = queue[index] ?? '';
    const option = flags.get(word);
    if (option === undefined) {
      if (word.startsWith('-')) throw invalidFlag(command, `unknown flag ${word}`);
      words.push(word);
      continue;
    }
    index += 1;
    const value = queue[index];
    if (value === undefined) throw invalidFlag(command, `flag ${word} needs a value`);
    options.set(option, value);
  }
  return { options, words };
}

/** The refusal of a command's arguments. */
export function invalidFlag(command: string, cause: string): WeftError {
  return new WeftError('InvalidFlag', { step: command, cause });
}

function split(arg: string): readonly string[] {
  if (arg.startsWith('-o') && arg.length > 2) return ['-o', arg.slice(arg[2] === '=' ? 3 : 2)];
  const equals = arg.indexOf('=');
  return arg.startsWith('--') && equals > 0 ? [arg.slice(0, equals), arg.slice(equals + 1)] : [arg];
}
