#!/usr/bin/env node
import { systemClock } from '../daemon/clock.ts';
import { helpText, parseFlags } from '../daemon/flags.ts';
import { createLog } from '../daemon/log.ts';
import { endOnSignal } from '../daemon/shutdown.ts';
import { asWeftError } from '../errors/weft-error.ts';
import { WeftOperator } from './operator.ts';
import { type OperatorOptions, operatorFlags } from './operator-flags.ts';
import { weftVersion } from './version.ts';

/** Below the 30 s after which kubelet kills. */
const shutdownMs = 25_000;

/** Exit code for a command line or configuration that cannot be used; a restart would not help. */
const exitUsage = 2;

const summary = 'weft-operator checks networks and shows what is wrong with them.';

await main();

async function main(): Promise<void> {
  try {
    const invocation = parseFlags(operatorFlags, process.argv.slice(2), process.env);
    if (invocation.kind === 'help') process.stdout.write(helpText('weft-operator', summary, operatorFlags));
    else if (invocation.kind === 'version') process.stdout.write(`weft-operator ${weftVersion}\n`);
    else await run(invocation.values);
  } catch (error) {
    process.stderr.write(`weft-operator: ${asWeftError(error).message}\n`);
    process.exitCode = exitUsage;
  }
}

async function run(options: OperatorOptions): Promise<void> {
  const log = createLog(options.logLevel, { replica: options.replica });
  // What nobody thought of: say where, and let whoever supervises us start anew.
  process.on('uncaughtException', (error) => {
    log.error({ stack: error.stack }, 'weft-operator crashed');
    process.exit(1);
  });
  const operator = await WeftOperator.open(options, weftVersion, log);
  endOnSignal(process, { drain: () => operator.stop(), limitMs: shutdownMs, log, clock: systemClock });
  await operator.run().catch((error: unknown) => {
    log.error({ error: asWeftError(error).message }, 'weft-operator cannot go on');
    // At once: what has not ended must not outlive the lease.
    process.exit(1);
  });
}
