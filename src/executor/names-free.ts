import { delegatesOf, type Plan } from '../attachment/plan.ts';
import { WeftError } from '../errors/weft-error.ts';
import { type Sys, SysError } from './sys.ts';

/**
 * Refuses a plan that wants an interface name which the sandbox has already (NPWG-111, CNI-052). Before anything runs,
 * because a delegate that fails on it would be rolled back, and its DEL would remove what we did not make. `taken` is
 * what namesIn found.
 */
export function checkNamesFree(plan: Plan, taken: readonly string[]): void {
  for (const step of delegatesOf(plan.steps)) {
    if (!taken.includes(step.ifname)) continue;
    const cause = `interface ${step.ifname} is in the sandbox already`;
    throw new WeftError('InterfaceTaken', { cause, network: step.network, step: `ADD ${step.ifname}` });
  }
}

/** Listing the links of a sandbox takes well under a millisecond; a kernel that needs more is in trouble. */
const lookMs = 5000;

/** The interface names that the sandbox has. Throws InvalidNetns. */
export function namesIn(sys: Pick<Sys, 'linkNames' | 'monotonicMs'>, netns: string): readonly string[] {
  try {
    return sys.linkNames(netns, sys.monotonicMs() + lookMs);
  } catch (error) {
    const errno = error instanceof SysError ? error.errno : String(error);
    throw new WeftError('InvalidNetns', {
      step: 'look into the sandbox',
      cause: `CNI_NETNS ${netns.slice(0, 80)}: ${errno}`,
      error,
    });
  }
}
