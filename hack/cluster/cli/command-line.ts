import { type ParseArgsConfig, parseArgs } from 'node:util';
import { ToolchainError } from '../../toolchain/tools.ts';
import { ClusterError } from '../cluster-error.ts';
import { CommandError } from '../command.ts';

/** What a command was called with. */
export interface Call {
  /** Value of an option that takes one. */
  readonly value: (name: string) => string | undefined;
  /** All values of an option that may be repeated. */
  readonly values: (name: string) => readonly string[];
  /** True if an option without a value is there. */
  readonly flag: (name: string) => boolean;
  readonly words: readonly string[];
}

/** One subcommand. */
export interface CliCommand {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What --help shows. */
  readonly help: string;
  readonly options: NonNullable<ParseArgsConfig['options']>;
  /** How many words may stand beside the options. */
  readonly words: { readonly least: number; readonly most: number };
  /** Resolves with the exit status. */
  readonly run: (call: Call) => Promise<number>;
}

/** The option that most commands have. */
export const nameOption = { name: { type: 'string', short: 'n', default: 'dev' } } as const;

/** Runs the command that the arguments ask for; resolves with the exit status. Mistakes are told in one line. */
export async function runCli(commands: readonly CliCommand[], argv: readonly string[]): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    console.log(overview(commands));
    return name === undefined ? 1 : 0;
  }
  const command = commands.find((candidate) => candidate.name === name);
  if (command === undefined) return mistake(`unknown command "${name}"; see --help`);
  try {
    const call = parse(command, rest);
    if (call === undefined) {
      console.log(command.help);
      return 0;
    }
    return await command.run(call);
  } catch (error) {
    if (isUsersMistake(error)) return mistake(error.message);
    throw error;
  }
}

/** The call, or undefined if help is wanted. Throws ClusterError on a mistake. */
export function parse(command: CliCommand, argv: readonly string[]): Call | undefined {
  const { values, positionals } = parseOrComplain(command, argv);
  if (values['help'] === true) return undefined;
  const { least, most } = command.words;
  if (positionals.length < least || positionals.length > most) {
    throw new ClusterError(`wrong number of words; see: ${command.name} --help`);
  }
  return {
    value: (name) => (typeof values[name] === 'string' ? values[name] : undefined),
    values: (name) => {
      const found = values[name];
      return Array.isArray(found) ? found.map(String) : [];
    },
    flag: (name) => values[name] === true,
    words: positionals,
  };
}

/** A whole number that is not negative. Throws ClusterError naming the option otherwise. */
export function wholeNumber(text: string, option: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new ClusterError(`--${option} ${text}: must be a whole number`);
}

function parseOrComplain(
  command: CliCommand,
  argv: readonly string[],
): { readonly values: Readonly<Record<string, unknown>>; readonly positionals: readonly string[] } {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { ...command.options, help: { type: 'boolean', short: 'h' } },
    });
  } catch (error) {
    const [told] = (error as Error).message.split('. ', 1);
    throw new ClusterError(`${told}; see: ${command.name} --help`);
  }
}

function isUsersMistake(error: unknown): error is Error {
  return error instanceof ClusterError || error instanceof CommandError || error instanceof ToolchainError;
}

function mistake(message: string): number {
  console.error(`error: ${message}`);
  return 1;
}

function overview(commands: readonly CliCommand[]): string {
  return [
    'Real Kubernetes clusters on this machine, without Docker (root).',
    '',
    '  node hack/cluster/main.ts COMMAND [options]',
    '',
    ...commands.map((command) => `  ${command.name.padEnd(8)} ${command.summary}`),
    '',
    'COMMAND --help says more. `make help` lists the same as make targets.',
  ].join('\n');
}
