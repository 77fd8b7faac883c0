import { delegatesOf, type Plan } from '../attachment/plan.ts';
import { asWeftError } from '../errors/weft-error.ts';
import { findPlugin } from './find-plugin.ts';
import type { Sys } from './sys.ts';

/**
 * Looks for every plugin of the plan. Before anything runs, because a chain whose second plugin is missing could be
 * begun and not be undone. PluginMissing names the network.
 */
export function checkPluginsThere(sys: Pick<Sys, 'stat'>, cniPath: readonly string[], plan: Plan): void {
  for (const step of delegatesOf(plan.steps)) {
    for (const { type } of step.plugins) {
      try {
        findPlugin(sys, type, cniPath);
      } catch (error) {
        throw asWeftError(error).within({ network: step.network, step: `ADD ${step.ifname}` });
      }
    }
  }
}
