import { ClusterError } from '../cluster/cluster-error.ts';
import { CommandError } from '../cluster/command.ts';
import { ToolchainError } from '../toolchain/tools.ts';
import { ClaimFailed, type Stage } from './stage.ts';

/** Plays and resolves with the exit status: 0, or 1 with the reason on the screen, and no stack trace. */
export async function perform(stage: Stage, play: () => Promise<void>): Promise<number> {
  try {
    await play();
    return 0;
  } catch (error) {
    const { screen } = stage;
    const [first = '', ...more] = messageOf(error).split('\n');
    screen.line(`\n${screen.red('✗')} ${first}`);
    for (const line of more) screen.line(`  ${line}`);
    return 1;
  }
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const known = [ClaimFailed, ClusterError, CommandError, ToolchainError].some(
    (type) => error instanceof type,
  );
  // What agentsReady adds below such a line is long; whereToLook shows the part that matters.
  if (known) return error.message.split('\n--- ', 1)[0] ?? '';
  return `the demo itself failed: ${error.name}: ${error.message}`;
}
