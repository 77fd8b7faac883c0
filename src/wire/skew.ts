import { delegatesOf, hasDeviceInfo, type Plan } from '../attachment/plan.ts';
import { WeftError } from '../errors/weft-error.ts';

/** Copies device information files, tells their paths to the plugins, and reads and removes them. */
const deviceInfo = 'device-info';

/** Optional abilities that this plugin has beyond version 1's core. Grows with later issues. */
export const features: readonly string[] = [deviceInfo];

/** What a plan needs of the plugin. One without the ability would attach a device that nobody is told of. */
export function requirementsOf(plan: Plan): readonly string[] {
  return delegatesOf(plan.steps).some(hasDeviceInfo) ? [deviceInfo] : [];
}

/** Refuses a plan that needs what this plugin lacks; running part of it would be a silently missing network. */
export function checkRequires(requires: readonly string[], sender: string): void {
  const missing = requires.filter((feature) => !features.includes(feature));
  if (missing.length === 0) return;
  throw new WeftError('AgentProtocol', {
    step: 'read the plan',
    cause: `weft-agent ${sender.slice(0, 20)} requires ${missing.join(', ').slice(0, 60)}, which this plugin cannot do`,
  });
}
