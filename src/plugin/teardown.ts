import type { AttachmentRecord } from '../attachment/record.ts';
import { type Detached, detach } from '../executor/detach.ts';
import { rebuild, removeSources } from '../executor/rebuild.ts';
import type { Sys } from '../executor/sys.ts';
import { killRemains } from '../executor/takeover.ts';
import type { OwnConf } from './own-conf.ts';
import type { Session } from './sandbox-session.ts';

/**
 * Tears the session's sandbox down from its record; without one from what others remember; a damaged one is set aside
 * and stands as a leftover afterwards (DESIGN §3.3, 3.4). Throws TeardownFailed, StateUnreadable, StateUnwritable,
 * SandboxBusy. Delegates are stopped at the deadline.
 */
export function tearDown(sys: Sys, session: Session, conf: OwnConf, deadline: number): Detached {
  const record = recordOf(sys, session, conf);
  const detached = detach(session.operation(record), record, deadline);
  removeSources(sys, record);
  return detached;
}

function recordOf(sys: Sys, session: Session, conf: OwnConf): AttachmentRecord {
  const loaded = session.store.load();
  if (loaded.kind === 'record') {
    killRemains(sys, loaded.record, session.bootId);
    return loaded.record;
  }
  const rebuilt = rebuild(sys, conf, conf.cacheDirs, session.head);
  return loaded.kind === 'none' ? rebuilt : session.store.setAside((damaged) => ({ ...rebuilt, damaged }));
}
