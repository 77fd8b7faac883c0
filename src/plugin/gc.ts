import { type CniEnv, splitPath } from '../cni/env.ts';
import { parseObject } from '../cni/json.ts';
import { readValidAttachments } from '../cni/valid-attachments.ts';
import { atLeast } from '../cni/version.ts';
import { fitMessage, WeftError } from '../errors/weft-error.ts';
import { readBootId } from '../executor/boot-id.ts';
import { collectGarbage } from '../executor/gc.ts';
import { type Lock, lockForGc } from '../executor/lock.ts';
import type { Sys } from '../executor/sys.ts';
import type { Host } from './host.ts';
import type { OwnConf } from './own-conf.ts';

/** More failures than that tell nobody anything new. */
const mostDetails = 50;

/**
 * GC: needs no agent. Alone on the node: it waits for the ADDs, DELs and CHECKs under way as long as those wait for each
 * other, and those that come meanwhile wait for it. Throws IncompatibleVersion below 1.1.0 (CNI-110), what the list's
 * reader throws, SandboxBusy, StateUnreadable, and GcIncomplete naming all that could not be removed.
 */
export function gc({ sys }: Host, env: CniEnv, conf: OwnConf, stdin: string): void {
  if (!atLeast(conf.cniVersion, '1.1.0')) {
    const cause = `cniVersion ${conf.cniVersion} knows no GC`;
    throw new WeftError('IncompatibleVersion', { step: 'GC', cause });
  }
  const listed = readValidAttachments(parseObject(stdin, 'the configuration on standard input'));
  const deadline = sys.monotonicMs() + conf.budgets.lock;
  const bootId = readBootId(sys, conf, deadline);
  const lock = lockNode(sys, conf, deadline);
  let errors: readonly WeftError[];
  try {
    const { budgets } = conf;
    errors = collectGarbage({
      sys,
      directories: conf,
      bootId,
      budgets,
      cniPath: splitPath(env.path),
      listed,
    });
  } finally {
    lock.release();
  }
  if (errors.length > 0) throw incomplete(errors);
}

function lockNode(sys: Sys, conf: OwnConf, deadline: number): Lock {
  try {
    return lockForGc(sys, conf, deadline);
  } catch (error) {
    if (!(error instanceof WeftError) || error.reason !== 'SandboxBusy') throw error;
    const cause = 'an ADD, DEL or CHECK on this node did not end in time, and GC must run alone';
    throw new WeftError('SandboxBusy', { step: 'GC', cause, error });
  }
}

function incomplete(errors: readonly WeftError[]): WeftError {
  const [first] = errors;
  const others = errors.length === 1 ? '' : ` (and ${errors.length - 1} more)`;
  const rest = errors.length > mostDetails ? [`${errors.length - mostDetails} more`] : [];
  return new WeftError('GcIncomplete', {
    step: 'GC',
    network: first?.failure.network,
    cause: `${first?.failure.cause ?? ''}${others}`,
    details: [...errors.slice(0, mostDetails).map(line), ...rest],
  });
}

/** Without the remedy, which is the same for most of them. */
function line({ failure: { network, step, cause } }: WeftError): string {
  const where = [network === undefined ? '' : `network ${network}`, step ?? ''].filter((part) => part !== '');
  return fitMessage(`${where.join(', ')}: ${cause}`);
}
