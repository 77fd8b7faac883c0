import type { TimeBudgets } from '../../api/weft-config.ts';

/** Our file in the runtime's configuration directory: first in byte order, unless somebody knows the trick as well. */
export const ownConfName = '00-weft.conflist';

/**
 * The version that our configuration speaks: 1.0.0 is known to every supported runtime; with 1.1.0 an older one would
 * not start any pod (DESIGN §3.6).
 */
export const ownConfVersion = '1.0.0';

/** What our configuration is made from. Paths are the host's. */
export interface OwnConf {
  readonly socket: string;
  readonly stateDir: string;
  readonly runDir: string;
  /** What the default network's chain declares. */
  readonly capabilities: readonly string[];
  readonly timeBudgets: TimeBudgets;
}

/** The text of `00-weft.conflist`: the same for the same inputs, because each write stalls the runtime. */
export function ownConfText(conf: OwnConf): string {
  // Declared so that the runtime hands over the pod's annotations: they are the request (DESIGN §3.5).
  const capabilities = [...new Set([...conf.capabilities, 'io.kubernetes.cri.pod-annotations'])].toSorted();
  const plugin = {
    type: 'weft',
    socket: conf.socket,
    stateDir: conf.stateDir,
    runDir: conf.runDir,
    capabilities: Object.fromEntries(capabilities.map((capability) => [capability, true])),
    timeBudgets: conf.timeBudgets,
  };
  return `${JSON.stringify({ cniVersion: ownConfVersion, name: 'weft', plugins: [plugin] }, null, 2)}\n`;
}
