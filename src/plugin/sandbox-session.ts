import { defaultDeviceInfoDir } from '../attachment/device-info-paths.ts';
import { recordKey } from '../attachment/record-key.ts';
import { type CniEnv, splitPath } from '../cni/env.ts';
import { WeftError } from '../errors/weft-error.ts';
import type { RecordHead } from '../executor/attach.ts';
import { readBootId } from '../executor/boot-id.ts';
import { type Lock, lockAgainstGc, lockContainer } from '../executor/lock.ts';
import { contextOf, type Remembered } from '../executor/record-context.ts';
import { RecordStore } from '../executor/record-store.ts';
import type { Sys } from '../executor/sys.ts';
import type { Operation } from '../executor/working-record.ts';
import type { OwnConf } from './own-conf.ts';

/** One verb's hold on one sandbox: its locks, its record's files, and what every delegate will be told. */
export interface Session {
  readonly store: RecordStore;
  readonly bootId: string;
  /** What a new record says about this request. */
  readonly head: RecordHead;
  /** How to work on this record. */
  readonly operation: (record: Remembered) => Operation;
  /** Gives the locks up. `gone`: nothing stands for the container any more, so its lock file goes too. */
  readonly end: (gone: boolean) => void;
}

/**
 * Opens the session: refuses the host's own namespace (CNI-012) before any side effect, then takes the locks. Throws
 * InvalidNetns, SandboxBusy, StateUnwritable.
 */
export function openSession(sys: Sys, env: CniEnv, conf: OwnConf, version: string): Session {
  refuseOwnNetns(sys, env);
  const deadline = sys.monotonicMs() + conf.budgets.lock;
  const bootId = readBootId(sys, conf, deadline);
  const sandbox = { containerId: env.containerId, ifname: env.ifname, netns: env.netns };
  const gcLock = lockAgainstGc(sys, conf, deadline);
  const lock: Lock = lockContainer(sys, conf, env.containerId, deadline);
  const store = new RecordStore(sys, conf, recordKey(sandbox), bootId);
  const now = { netns: env.netns, cniPath: splitPath(env.path) };
  return {
    store,
    bootId,
    head: {
      weft: version,
      bootId,
      sandbox,
      cniArgs: env.args,
      cniPath: env.path,
      cniVersion: conf.cniVersion,
      ...(conf.deviceInfoDir === defaultDeviceInfoDir ? {} : { deviceInfoDir: conf.deviceInfoDir }),
    },
    operation: (record) => ({ sys, store, budgets: conf.budgets, context: contextOf(record, now) }),
    end: (gone) => {
      store.close();
      if (gone) lock.retire();
      else lock.release();
      gcLock.release();
    },
  };
}

function refuseOwnNetns(sys: Sys, env: CniEnv): void {
  if (env.command === 'CHECK' || env.netns === '') return;
  const override = (sys.environ()['CNI_NETNS_OVERRIDE'] ?? '').toLowerCase();
  if (override === '1' || override === 'true' || !sys.isOwnNetns(env.netns)) return;
  const cause = `CNI_NETNS ${env.netns.slice(0, 80)} is the network namespace of the plugin itself`;
  throw new WeftError('InvalidNetns', { step: env.command, cause });
}
