import type { CniEnv } from '../cni/env.ts';
import { parsePrevResult } from '../cni/result.ts';
import { atLeast } from '../cni/version.ts';
import { WeftError } from '../errors/weft-error.ts';
import { check as checkRecord } from '../executor/check.ts';
import type { Host } from './host.ts';
import type { OwnConf } from './own-conf.ts';
import { openSession } from './sandbox-session.ts';

/** CHECK: replays the record, needs no agent. Its own result is in the record; the runtime's must be there (CNI-091). */
export function check(host: Host, env: CniEnv, conf: OwnConf): void {
  if (!atLeast(conf.cniVersion, '0.4.0')) {
    throw new WeftError('IncompatibleVersion', {
      step: 'CHECK',
      cause: `cniVersion ${conf.cniVersion} knows no CHECK`,
    });
  }
  if (conf.prevResult === undefined)
    throw new WeftError('InvalidConfig', { step: 'CHECK', cause: '"prevResult" is missing' });
  parsePrevResult(conf.prevResult, conf.cniVersion);
  const session = openSession(host.sys, env, conf, host.version);
  let unknown = false;
  try {
    const loaded = session.store.load();
    unknown = loaded.kind === 'none';
    if (loaded.kind === 'damaged') {
      throw new WeftError('CheckFailed', {
        step: 'CHECK',
        cause: `the sandbox's record is damaged: ${loaded.damage}`,
      });
    }
    if (loaded.kind === 'none') {
      const cause = `weft has no record of container ${env.containerId.slice(0, 12)}`;
      throw new WeftError('NotAttached', { step: 'CHECK', cause });
    }
    const { context } = session.operation(loaded.record);
    checkRecord(host.sys, context, loaded.record, host.sys.monotonicMs() + conf.budgets.delegate);
  } finally {
    session.end(unknown);
  }
}
