/** `node hack/cluster/main.ts COMMAND`: what `make cluster-…` runs. */

import { runCli } from './cli/command-line.ts';
import { downCommand } from './cli/down.ts';
import { logsCommand } from './cli/logs.ts';
import { nodeCommand } from './cli/node.ts';
import { shellCommand } from './cli/shell.ts';
import { statusCommand } from './cli/status.ts';
import { upCommand } from './cli/up.ts';

const commands = [upCommand, downCommand, statusCommand, shellCommand, logsCommand, nodeCommand];
process.exitCode = await runCli(commands, process.argv.slice(2));
