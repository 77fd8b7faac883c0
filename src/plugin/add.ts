import { effectiveResult } from '../attachment/effective-result.ts';
import { checkPlan } from '../attachment/plan-check.ts';
import type { AttachmentRecord } from '../attachment/record.ts';
import { isHalfAdded, isLive, isUndone } from '../attachment/teardown.ts';
import { convertResult, serializeResult } from '../cni/convert.ts';
import type { CniEnv } from '../cni/env.ts';
import { mergeResults } from '../cni/merge.ts';
import { type CniResult, parsePrevResult, parseResult } from '../cni/result.ts';
import { delegateVersions, requireVersion } from '../cni/version.ts';
import { asWeftError, WeftError } from '../errors/weft-error.ts';
import { attach, RolledBack, refusalOf } from '../executor/attach.ts';
import { namesIn } from '../executor/names-free.ts';
import { checkPluginsThere } from '../executor/plugins-there.ts';
import { AgentLink, Refused } from './agent-link.ts';
import type { Host } from './host.ts';
import type { OwnConf } from './own-conf.ts';
import { openSession, type Session } from './sandbox-session.ts';
import { Stopwatch } from './stopwatch.ts';
import { tearDown } from './teardown.ts';

/** ADD (DESIGN §3.4). Returns the default network's result, in our configuration's version. */
export function add(host: Host, env: CniEnv, conf: OwnConf, stdin: string): string {
  const { sys, version } = host;
  const watch = new Stopwatch(sys);
  // First of all, so that the agent takes the connection while we take the locks.
  const connection = AgentLink.attempt(sys, conf.socket, conf.budgets, version);
  try {
    const session = openSession(sys, env, conf, version);
    watch.lap('lock');
    try {
      const sequence = clearTheWay(host, env, conf, session);
      watch.lap('load');
      return attachNew(host, env, conf, session, connection, stdin, sequence, watch);
    } finally {
      session.end(false);
    }
  } finally {
    if (connection instanceof AgentLink) connection.close();
  }
}

/**
 * Ends what an earlier call left unfinished, and refuses over what is live. Returns the new record's first sequence.
 * Throws AttachmentExists, TeardownFailed, StateUnreadable, StateUnwritable.
 */
function clearTheWay(host: Host, env: CniEnv, conf: OwnConf, session: Session): number {
  const loaded = session.store.load();
  if (loaded.kind === 'none') return 1;
  const deadline = host.sys.monotonicMs() + conf.budgets.del;
  if (loaded.kind === 'damaged') return tearDown(host.sys, session, conf, deadline).record.sequence + 1;
  const { record } = loaded;
  if (isLive(record) && record.bootId === session.bootId) {
    const cause = `container ${env.containerId.slice(0, 12)} has ${record.steps.length} attachments of an earlier ADD`;
    throw new WeftError('AttachmentExists', { step: 'ADD', cause });
  }
  const done = isUndone(record) && !isHalfAdded(record);
  if (!done && tearDown(host.sys, session, conf, deadline).how === 'leftover') {
    const cause = 'an earlier attempt left something behind that cannot be removed yet';
    throw new WeftError('TeardownFailed', { step: 'ADD', cause });
  }
  return record.sequence + 1;
}

function attachNew(
  host: Host,
  env: CniEnv,
  conf: OwnConf,
  session: Session,
  connection: AgentLink | WeftError,
  stdin: string,
  sequence: number,
  watch: Stopwatch,
): string {
  try {
    const previous = previousOf(conf);
    const link = usable(connection);
    link.request(cniVariables(env), stdin);
    // While the agent thinks.
    const taken = namesIn(host.sys, env.netns);
    const plan = link.plan();
    watch.lap('plan');
    const { head } = session;
    const operation = session.operation(head);
    const lookForPlugins = (): void => checkPluginsThere(host.sys, operation.context.cniPath, plan);
    checkPlan(plan, { sandbox: head.sandbox, ownType: conf.type, lookForPlugins });
    const request = { plan, head, sequence, taken };
    const { record, conclusion } = attach(operation, request, (done) =>
      mergedWith(previous, resultOf(done, conf), conf),
    );
    watch.lap('steps');
    link.outcome('ADD', record, true, watch.ms);
    link.awaitDone();
    return conclusion;
  } catch (error) {
    watch.lap('steps');
    if (error instanceof RolledBack && connection instanceof AgentLink) {
      connection.outcome('ADD', error.record, false, watch.ms);
    }
    if (error instanceof RolledBack) throw error.failure;
    refuse(session, host, sequence, error);
    throw error;
  }
}

/** What the plugins before weft in its chain made. InvalidConfig, or UnsupportedField for a key that asks for the impossible. */
function previousOf({ prevResult, cniVersion, unsupported }: OwnConf): CniResult | undefined {
  if (unsupported !== undefined) {
    throw new WeftError('UnsupportedField', {
      step: 'ADD',
      cause: `${unsupported} is not supported by weft`,
    });
  }
  return prevResult === undefined ? undefined : parsePrevResult(prevResult, cniVersion);
}

/** The answer to the runtime: nothing of what came before weft is dropped (CNI-051). */
function mergedWith(previous: CniResult | undefined, result: string, { cniVersion }: OwnConf): string {
  if (previous === undefined) return result;
  return serializeResult(mergeResults(previous, parseResult(result, cniVersion)), cniVersion);
}

function usable(connection: AgentLink | WeftError): AgentLink {
  if (connection instanceof AgentLink) return connection;
  throw connection;
}

/** Nothing was run: the DEL that follows must run nothing either (DESIGN §3.4). */
function refuse(session: Session, host: Host, sequence: number, error: unknown): void {
  const failure =
    error instanceof Refused ? new WeftError('PlanRefused', { cause: error.message }) : asWeftError(error);
  try {
    session.store.refuse(refusalOf(session.head, sequence + 1, host.sys.wallMs(), failure));
  } catch {
    // Without it the DEL that follows calls the default network's DEL once, which finds nothing. The refusal itself is
    // what the user has to hear of.
  }
}

function resultOf(record: AttachmentRecord, conf: OwnConf): string {
  const first = record.steps[0];
  const result = first === undefined ? undefined : effectiveResult(record, first);
  if (first?.step.kind !== 'delegate' || result === undefined) {
    throw new WeftError('Internal', { cause: 'the record has no default network' });
  }
  // A result of the same version is in its final form already, and reading it again takes an interpreter a while.
  if (first.step.cniVersion === conf.cniVersion) return result;
  return convertResult(result, requireVersion(first.step.cniVersion, delegateVersions), conf.cniVersion);
}

/** The variables of the request, for the agent. */
export function cniVariables(env: CniEnv): Readonly<Record<string, string>> {
  return {
    CNI_COMMAND: env.command,
    CNI_CONTAINERID: env.containerId,
    CNI_NETNS: env.netns,
    CNI_IFNAME: env.ifname,
    CNI_ARGS: env.args,
    CNI_PATH: env.path,
  };
}
