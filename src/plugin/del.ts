import type { AttachmentRecord } from '../attachment/record.ts';
import type { CniEnv } from '../cni/env.ts';
import { retryDueLeftover } from '../executor/leftover.ts';
import { AgentLink } from './agent-link.ts';
import type { Host } from './host.ts';
import type { OwnConf } from './own-conf.ts';
import { openSession } from './sandbox-session.ts';
import { Stopwatch } from './stopwatch.ts';
import { tearDown } from './teardown.ts';

/** What a DEL may spend on another sandbox's leftover, out of its own time (DESIGN §3.4). */
const leftoverMs = 2000;

/** DEL: needs nobody (DESIGN §1, rule 3). The agent hears of it afterwards if it is there. */
export function del(host: Host, env: CniEnv, conf: OwnConf): void {
  const { sys, version } = host;
  const watch = new Stopwatch(sys);
  const deadline = sys.monotonicMs() + conf.budgets.del;
  const session = openSession(sys, env, conf, version);
  watch.lap('lock');
  let gone = false;
  let record: AttachmentRecord;
  try {
    const detached = tearDown(sys, session, conf, deadline);
    record = detached.record;
    gone = true;
  } finally {
    session.end(gone);
  }
  watch.lap('steps');
  retryDueLeftover(
    sys,
    conf,
    session.bootId,
    conf.budgets,
    Math.min(deadline, sys.monotonicMs() + leftoverMs),
  );
  watch.lap('leftover');
  tellAgent(host, conf, record, watch);
}

/** Best effort, and not waited for: an agent that is away reads the records when it comes back. */
function tellAgent(host: Host, conf: OwnConf, record: AttachmentRecord, watch: Stopwatch): void {
  try {
    const link = AgentLink.connect(host.sys, conf.socket, conf.budgets, host.version);
    link.outcome('DEL', record, true, watch.ms);
    link.close();
  } catch {
    // Nobody is there to be told.
  }
}
