import { type CniEnv, splitPath } from '../cni/env.ts';
import { atLeast } from '../cni/version.ts';
import { WeftError } from '../errors/weft-error.ts';
import { requireReady } from '../executor/status.ts';
import type { Host } from './host.ts';
import type { OwnConf } from './own-conf.ts';

/**
 * STATUS: the runtime asks on the kubelet's status path, every 5 s, and a failure makes the node NotReady. Needs no agent,
 * takes no lock and writes nothing. Throws what requireReady throws, and IncompatibleVersion below 1.1.0 (CNI-100).
 */
export function status({ sys }: Host, env: CniEnv, conf: OwnConf): void {
  if (!atLeast(conf.cniVersion, '1.1.0')) {
    const cause = `cniVersion ${conf.cniVersion} knows no STATUS`;
    throw new WeftError('IncompatibleVersion', { step: 'STATUS', cause });
  }
  const deadline = sys.monotonicMs() + conf.budgets.status;
  requireReady(sys, { directories: conf, cniPath: splitPath(env.path), deadline });
}
