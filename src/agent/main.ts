#!/usr/bin/env -S MALLOC_ARENA_MAX=1 node --max-semi-space-size=1 --optimize-for-size --max-opt=2 --heap-growing-percent=20
import { systemClock } from '../daemon/clock.ts';
import { helpText, parseFlags } from '../daemon/flags.ts';
import { createLog, type Log } from '../daemon/log.ts';
import { endOnSignal } from '../daemon/shutdown.ts';
import { asWeftError } from '../errors/weft-error.ts';
import { Agent } from './agent.ts';
import { type AgentOptions, agentFlags } from './agent-flags.ts';
import { installPlugin } from './install/install-plugin.ts';
import { PluginBinary } from './install/plugin-binary.ts';
import { pluginSource, weftVersion } from './version.ts';

/** Below the 30 s after which kubelet kills. */
const shutdownMs = 25_000;

/** Exit code for a command line or configuration that cannot be used; a restart would not help. */
const exitUsage = 2;

/** Exit code of `--install-only` if it could not; a restart may help. */
const exitNotInstalled = 1;

const summary =
  'weft-agent decides which networks a pod gets, and keeps the weft plugin installed on its node.';

await main();

async function main(): Promise<void> {
  // Socket and state are root's alone; files that others may read get their mode explicitly.
  process.umask(0o077);
  try {
    const invocation = parseFlags(agentFlags, process.argv.slice(2), process.env);
    if (invocation.kind === 'help') process.stdout.write(helpText('weft-agent', summary, agentFlags));
    else if (invocation.kind === 'version') process.stdout.write(`weft-agent ${weftVersion}\n`);
    else if (invocation.values.installOnly) await install(invocation.values);
    else await run(invocation.values);
  } catch (error) {
    const { reason, message } = asWeftError(error);
    process.stderr.write(`weft-agent: ${message}\n`);
    process.exitCode = reason === 'InstallFailed' ? exitNotInstalled : exitUsage;
  }
}

async function install({ cniBinDir }: AgentOptions): Promise<void> {
  // A directory that has to be made is for everybody.
  process.umask(0o022);
  const done = await installPlugin(new PluginBinary(pluginSource(), `${cniBinDir}/weft`), weftVersion);
  process.stdout.write(`weft-agent: ${done}\n`);
}

async function run(options: AgentOptions): Promise<void> {
  const log = createLog(options.logLevel, { node: options.nodeName });
  endOnCrash(log);
  const agent = await Agent.start(options, { version: weftVersion, plugin: pluginSource() }, log);
  endOnSignal(process, { drain: () => agent.drain(), limitMs: shutdownMs, log, clock: systemClock });
}

/** A condition that nobody thought of: say where, and let whoever supervises us start anew. */
function endOnCrash(log: Log): void {
  process.on('uncaughtException', (error) => {
    log.error({ stack: error.stack }, 'weft-agent crashed');
    process.exit(1);
  });
}
