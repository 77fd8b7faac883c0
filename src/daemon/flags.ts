import { parseArgs } from 'node:util';
import { WeftError } from '../errors/weft-error.ts';

/** One command-line flag with the type of its value. */
export interface Flag<V> {
  /** Without the two dashes, kebab-case. */
  readonly name: string;
  /** What stands for the value in the help: `DIR`, `HOST:PORT`. '' for a switch. */
  readonly placeholder: string;
  /** One or two plain sentences. */
  readonly help: string;
  readonly fallback: V;
  /** Shown in the help instead of `fallback`, where that is computed or empty. */
  readonly fallbackText?: string;
  /** Turns text into the value. Throws a plain Error that says what is wanted: `must be an absolute path`. */
  readonly parse: (text: string) => V;
}

/** A daemon's flags by the name that its code uses. */
export type FlagTable = Readonly<Record<string, Flag<unknown>>>;

/** The values of a table. */
export type FlagValues<T extends FlagTable> = {
  readonly [K in keyof T]: T[K] extends Flag<infer V> ? V : never;
};

/** What the command line asks for: run with these values, or print something and stop. */
export type Invocation<T extends FlagTable> =
  | { readonly kind: 'run'; readonly values: FlagValues<T> }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' };

/** The environment variable that stands for a flag: `--node-name` is WEFT_NODE_NAME. */
export function envName(flag: string): string {
  return `WEFT_${flag.replaceAll('-', '_').toUpperCase()}`;
}

/**
 * Reads a command line: arguments win over the environment, which wins over the fallback. An empty variable counts as
 * unset, because manifests set variables from optional sources. Throws InvalidFlag.
 */
export function parseFlags<T extends FlagTable>(
  table: T,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Invocation<T> {
  const given = readArguments(table, args);
  if (given['help'] === true) return { kind: 'help' };
  if (given['version'] === true) return { kind: 'version' };
  const values: Record<string, unknown> = {};
  for (const [key, flag] of Object.entries(table)) values[key] = finalValue(flag, given[flag.name], env);
  return { kind: 'run', values: values as FlagValues<T> };
}

/** The help text in kubectl's layout: usage, then one flag with its default a line. */
export function helpText(name: string, summary: string, table: FlagTable): string {
  const rows: [string, string][] = Object.values(table).map((flag) => [
    flagLabel(flag),
    `${flag.help} (env ${envName(flag.name)})`,
  ]);
  rows.push(['--version', 'Print the version and exit.'], ['--help', 'Print this text and exit.']);
  const lines = rows.map(([label, help]) => `    ${label}:\n\t${help}`);
  return `${summary}\n\nOptions:\n${lines.join('\n\n')}\n\nUsage:\n  ${name} [options]\n`;
}

type Given = Readonly<Record<string, string | boolean | undefined>>;

function readArguments(table: FlagTable, args: readonly string[]): Given {
  const options: Record<string, { type: 'string' | 'boolean'; short?: string }> = {
    help: { type: 'boolean', short: 'h' },
    version: { type: 'boolean' },
  };
  for (const flag of Object.values(table))
    options[flag.name] = { type: isSwitch(flag) ? 'boolean' : 'string' };
  const spelled = args.map((arg) => spellSwitch(table, arg));
  try {
    return parseArgs({ args: spelled, options, strict: true, allowNegative: true, allowPositionals: false })
      .values;
  } catch (error) {
    throw new WeftError('InvalidFlag', { cause: argumentProblem(error), error });
  }
}

/** kubectl's users write `--install=false`; Node knows only `--no-install`. */
function spellSwitch(table: FlagTable, arg: string): string {
  const match = /^--([a-z-]+)=(true|false)$/.exec(arg);
  const flag = Object.values(table).find((candidate) => candidate.name === match?.[1]);
  if (match === null || flag === undefined || !isSwitch(flag)) return arg;
  return match[2] === 'true' ? `--${flag.name}` : `--no-${flag.name}`;
}

/** Node explains at length; its first sentence names the argument, which is what the reader needs. */
function argumentProblem(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split(/\. |\n/)[0]?.replace(/\.$/, '') ?? message;
}

function finalValue(
  flag: Flag<unknown>,
  given: string | boolean | undefined,
  env: Readonly<Record<string, string | undefined>>,
): unknown {
  if (given !== undefined) return parsed(flag, String(given), `--${flag.name}`);
  const variable = envName(flag.name);
  const fromEnv = env[variable];
  if (fromEnv !== undefined && fromEnv !== '') return parsed(flag, fromEnv, variable);
  return flag.fallback;
}

function parsed(flag: Flag<unknown>, text: string, where: string): unknown {
  try {
    return flag.parse(text);
  } catch (error) {
    const wanted = error instanceof Error ? error.message : String(error);
    throw new WeftError('InvalidFlag', { cause: `${where} "${text}" ${wanted}` });
  }
}

function isSwitch(flag: Flag<unknown>): boolean {
  return flag.placeholder === '';
}

function flagLabel(flag: Flag<unknown>): string {
  const fallback = flag.fallbackText ?? String(flag.fallback);
  if (isSwitch(flag)) return `--${flag.name}=${fallback}, --no-${flag.name}`;
  return `--${flag.name}=${flag.placeholder}${fallback === '' ? '' : ` (default ${fallback})`}`;
}
