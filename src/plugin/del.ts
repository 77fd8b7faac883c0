import type { AttachmentRecord } from '../attachment/record.ts';
import type { CniEnv } from '../cni/env.ts';
import { asWeftError } from '../errors/weft-error.ts';
import type { Detached } from '../executor/detach.ts';
import { retryDueLeftover } from '../executor/leftover.ts';
import { AgentLink } from './agent-link.ts';
import type { Host } from './host.ts';
import type { OwnConf } from './own-conf.ts';
import { planNow } from './plan-now.ts';
import { openSession, type Session } from './sandbox-session.ts';
import { Stopwatch } from './stopwatch.ts';
import { tearDown } from './teardown.ts';

/** What a DEL may spend on another sandbox's leftover, out of its own time (DESIGN §3.4). */
const leftoverMs = 2000;

/** DEL: needs nobody (DESIGN §1, rule 3). The agent hears of it afterwards if it is there. */
export function del(host: Host, env: CniEnv, conf: OwnConf, stdin: string): void {
  const { sys, version } = host;
  const watch = new Stopwatch(sys);
  const deadline = sys.monotonicMs() + conf.budgets.del;
  const session = openSession(sys, env, conf, version);
  watch.lap('lock');
  let detached: Detached;
  try {
    detached = tearDown(sys, session, conf, deadline, () => planNow(host, env, conf, session, stdin));
  } catch (error) {
    const left = recordLeft(session);
    session.end(false);
    watch.lap('steps');
    if (left !== undefined) tellAgent(host, conf, left, false, watch);
    throw asWeftError(error);
  }
  session.end(true);
  watch.lap('steps');
  retryDueLeftover(
    sys,
    conf,
    session.bootId,
    conf.budgets,
    Math.min(deadline, sys.monotonicMs() + leftoverMs),
  );
  watch.lap('leftover');
  tellAgent(host, conf, detached.record, true, watch);
}

/** The record as a failed teardown left it; undefined where it cannot be read, which the failure says already. */
function recordLeft(session: Session): AttachmentRecord | undefined {
  try {
    const loaded = session.store.load();
    return loaded.kind === 'record' ? loaded.record : undefined;
  } catch {
    return undefined;
  }
}

/** Best effort, and not waited for: an agent that is away reads the records when it comes back. */
function tellAgent(host: Host, conf: OwnConf, record: AttachmentRecord, ok: boolean, watch: Stopwatch): void {
  try {
    const link = AgentLink.connect(host.sys, conf.socket, conf.budgets, host.version);
    link.outcome('DEL', record, ok, watch.ms);
    link.close();
  } catch {
    // Nobody is there to be told.
  }
}
