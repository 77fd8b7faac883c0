import { Command, CommanderError } from 'commander';
import type { Reason } from '../errors/reason.ts';
import { asWeftError } from '../errors/weft-error.ts';
import { importMultusCommand } from './import-multus/command.ts';
import { lintCommand } from './lint/command.ts';
import { networksCommand } from './networks/command.ts';
import { nodesCommand } from './nodes/command.ts';
import { podsCommand } from './pods/command.ts';
import type { Terminal } from './terminal.ts';
import { versionCommand } from './version/command.ts';
import { weftVersion } from './version.ts';

/** Something on the command line, or in what it names, cannot be used. */
const exitUsage = 2;

const exitFailure = 1;

const usageReasons: readonly Reason[] = [
  'InvalidFlag',
  'MultusConfigInvalid',
  'InputUnreadable',
  'ApiAccessInvalid',
];

/** Runs one command line, without the program's name, to its end and gives the exit status. Never rejects. */
export async function runCli(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    await program(terminal).parseAsync([...args], { from: 'user' });
    return 0;
  } catch (error) {
    // Help and version come this way too; commander has said everything by itself.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitUsage;
    const { reason, message } = asWeftError(error);
    terminal.err(`error: ${message} (reason ${reason})\n`);
    return usageReasons.includes(reason) ? exitUsage : exitFailure;
  }
}

function program(terminal: Terminal): Command {
  const weft = new Command('kubectl weft')
    .description('weft gives pods several networks. This is its part for people who use kubectl.')
    .version(weftVersion, '--version', 'print the version and exit');
  const imports = new Command('import')
    .summary('take over what another program is configured with')
    .description('Take over what another program is configured with.');
  imports.addCommand(importMultusCommand(terminal));
  weft.addCommand(imports);
  weft.addCommand(lintCommand(terminal));
  weft.addCommand(networksCommand(terminal));
  weft.addCommand(podsCommand(terminal));
  weft.addCommand(nodesCommand(terminal));
  weft.addCommand(versionCommand(terminal));
  for (const command of withSubcommands(weft)) {
    command
      .exitOverride()
      .configureOutput({ writeOut: (text) => terminal.out(text), writeErr: (text) => terminal.err(text) })
      .helpOption('-h, --help', 'print this text and exit')
      .helpCommand(false)
      .showHelpAfterError('See --help.');
  }
  return weft;
}

function withSubcommands(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap((inner) => withSubcommands(inner))];
}
