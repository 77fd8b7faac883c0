import type { Labels } from '../../api/label-selector.ts';
import type { WeftConfigSpec } from '../../api/weft-config.ts';
import type { PodRef } from '../../attachment/plan.ts';
import type { WeftError } from '../../errors/weft-error.ts';
import type { NetworkLookup, Snapshot } from '../../resolve/snapshot.ts';

/** How long a request may wait for what is not known yet. The plugin hears nothing meanwhile. */
export interface WaitBudget {
  /** Until here, by the monotonic clock, a watch may bring it. */
  readonly until: number;
  /** For one call after that, milliseconds. */
  readonly callMs: number;
}

/** The networks as they are when it is called. */
export type CurrentNetworks = () => Promise<NetworkLookup>;

/** What decides a plan beside the node's own files: directories in standalone mode, the API server in Kubernetes. */
export interface PlanSources {
  /** The configuration in force; what is not known yet is waited for. Throws WeftError if `asks` and it stays unknown. */
  config(budget: WaitBudget, asks: boolean): Promise<WeftConfigSpec>;
  /** The annotations of a pod whose runtime does not hand them over. Throws WeftError if they cannot be known. */
  annotations(pod: PodRef | undefined, budget: WaitBudget): Promise<Snapshot['annotations']>;
  /**
   * Waits until each network, by `namespace/name`, is known or known to be missing. Does not throw: the lookup does,
   * for a network that exists but cannot be used, and for one of which nothing can be known now.
   */
  networks(names: readonly string[], budget: WaitBudget): Promise<CurrentNetworks>;
  /** The labels of a namespace; what is not known yet is waited for. A WeftError says why they stay unknown. */
  namespaceLabels(namespace: string, budget: WaitBudget): Promise<Labels | WeftError>;
}
