#!/usr/bin/env node
import { runCli } from './run-cli.ts';
import { processTerminal } from './terminal.ts';

/** With an older one the libraries fail while they are loaded, in words of their own. */
const oldestNode = 24;

// A reader that has seen enough, such as `| head`, is no failure.
process.stdout.on('error', () => process.exit(0));
const status =
  Number(process.versions.node.split('.')[0]) < oldestNode
    ? tooOld()
    : await runCli(process.argv.slice(2), processTerminal);
// When everything is written, and not when a credential program that hangs has ended.
process.stdout.write('', () => process.stderr.write('', () => process.exit(status)));

function tooOld(): number {
  processTerminal.err(
    `error: kubectl-weft needs Node ${oldestNode} or newer, not ${process.versions.node}\n`,
  );
  return 2;
}
