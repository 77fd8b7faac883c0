import { delegatesOf, type Plan } from '../attachment/plan.ts';
import { WeftError } from '../errors/weft-error.ts';
import { SysError, type SysNetns } from './sys.ts';

/**
 * Refuses a plan that wants an interface name which the sandbox has already (NPWG-111, CNI-052). Before anything runs,
 * because a delegate that fails on it would be rolled back, and its DEL would remove what we did not make.
 */
export function checkNamesFree(sys: SysNetns, plan: Plan, deadline: number): void {
  const taken = links(sys, plan.sandbox.netns, deadline);
  for (const step of delegatesOf(plan.steps)) {
    if (!taken.includes(step.ifname)) continue;
    const cause = `interface ${step.ifname} is in the sandbox already`;
    throw new WeftError('InterfaceTaken', { cause, network: step.network, step: `ADD ${step.ifname}` });
  }
}

function links(sys: SysNetns, netns: string, deadline: number): readonly string[] {
  try {
    return sys.linkNames(netns, deadline);
  } catch (error) {
    const errno = error instanceof SysError ? error.errno : String(error);
    throw new WeftError('InvalidNetns', {
      step: 'look into the sandbox',
      cause: `CNI_NETNS ${netns.slice(0, 80)}: ${errno}`,
      error,
    });
  }
}
