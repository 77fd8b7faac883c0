import { WeftError } from '../errors/weft-error.ts';

/** Optional abilities that this plugin has beyond version 1's core. Grows with later issues. */
export const features: readonly string[] = [];

/** Refuses a plan that needs what this plugin lacks; running part of it would be a silently missing network. */
export function checkRequires(requires: readonly string[], sender: string): void {
  const missing = requires.filter((feature) => !features.includes(feature));
  if (missing.length === 0) return;
  throw new WeftError('AgentProtocol', {
    step: 'read the plan',
    cause: `weft-agent ${sender.slice(0, 20)} requires ${missing.join(', ').slice(0, 60)}, which this plugin cannot do`,
  });
}
