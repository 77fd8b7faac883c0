import type { Plan } from '../attachment/plan.ts';
import { checkPlan } from '../attachment/plan-check.ts';
import type { CniEnv } from '../cni/env.ts';
import { cniVariables } from './add.ts';
import { AgentLink } from './agent-link.ts';
import type { Host } from './host.ts';
import type { OwnConf } from './own-conf.ts';
import type { Session } from './sandbox-session.ts';

/**
 * What the sandbox's pod would get now, for a DEL whose attachments nobody on the node remembers; undefined where the
 * agent is away, does not know the pod, or plans for another one. Never throws: a DEL needs nobody (DESIGN §1, rule 3).
 */
export function planNow(
  host: Host,
  env: CniEnv,
  conf: OwnConf,
  session: Session,
  stdin: string,
): Plan | undefined {
  try {
    const link = AgentLink.connect(host.sys, conf.socket, conf.budgets, host.version);
    try {
      link.request(cniVariables(env), stdin, 'DEL');
      const plan = link.plan();
      checkPlan(plan, { sandbox: session.head.sandbox, ownType: conf.type });
      return plan;
    } finally {
      link.close();
    }
  } catch {
    return undefined;
  }
}
