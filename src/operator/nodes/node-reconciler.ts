import { agentAwayTaint } from '../../api/agent-away-taint.ts';
import { DotIOperator, type OnEvent } from '../../controller/dot-i-operator.ts';
import type { EventRecorder, Said } from '../../controller/event-recorder.ts';
import type { OperatorRoom } from '../../controller/operator-room.ts';
import type { Result } from '../../controller/reconciler.ts';
import type { SharedInformer } from '../../controller/shared-informer.ts';
import type { WorkQueue } from '../../controller/work-queue.ts';
import { KubeError } from '../../kube/kube-error.ts';
import type { RawObject } from '../../kube/raw-object.ts';
import type { Writer } from '../../kube/writer.ts';
import type { CurrentConfig } from '../sources/current-config.ts';
import { kubeNodeResource } from '../sources/watched-kinds.ts';
import type { WatchedNode } from '../sources/watched-node.ts';
import type { NodeAgents } from './node-agents.ts';
import { hasOurs, taintsOf, withOurs, withoutOurs } from './node-taints.ts';
import { type TaintDecision, type TaintDelays, type TaintFacts, taintDecision } from './taint-decision.ts';

/** What the reconciler of nodes needs beside the common room. */
export interface NodeRoom extends OperatorRoom {
  readonly writer: Pick<Writer, 'get' | 'patch'>;
  readonly kubeNodes: Pick<SharedInformer<WatchedNode>, 'get' | 'entries'>;
  readonly agents: Pick<NodeAgents, 'onChange' | 'isReported' | 'awaySince' | 'thereSince' | 'seen'>;
  readonly config: Pick<CurrentConfig, 'spec' | 'onChange'>;
  readonly events: Pick<EventRecorder, 'say'>;
  readonly agentNamespace: string;
  readonly delays: TaintDelays;
}

/**
 * Keeps pods from nodes whose agent is away: there they could not start. A taint, and not a node that is NotReady: the
 * pods that run there have what they need and stay in their Services (DESIGN §3.4).
 */
export class NodeReconciler extends DotIOperator {
  readonly #room: NodeRoom;
  #queue: WorkQueue | undefined;

  constructor(room: NodeRoom) {
    super(room);
    this.#room = room;
    const { agents, config, kubeNodes } = room;
    agents.onChange((node) => this.#queue?.add(node));
    config.onChange(() => {
      for (const [node] of kubeNodes.entries()) this.#queue?.add(node);
    });
  }

  async init(): Promise<void> {
    const { group, version, plural } = kubeNodeResource;
    const reconcile: OnEvent = ({ meta }, signal) => this.#reconcile(meta.name, signal);
    this.#queue = await this.watchResource(group, version, plural, reconcile);
    this.untilEnd(() => {
      this.#queue = undefined;
    });
  }

  async #reconcile(name: string, signal: AbortSignal): Promise<Result | undefined> {
    const watched = this.#room.kubeNodes.get(name);
    if (watched === undefined) return undefined;
    const { change, ...again } = this.#decide(name, watched.tainted);
    if (change === 'none')
      return again.againInMs === undefined ? undefined : { requeueAfterMs: again.againInMs };
    try {
      await this.#write(name, signal);
    } catch (error) {
      if (!(error instanceof KubeError) || error.reason !== 'ApiNotFound') throw error;
    }
    return undefined;
  }

  #decide(name: string, tainted: boolean): TaintDecision {
    const { agents, config, clock, delays } = this.#room;
    const now = clock.monotonic();
    const sinceThen = (then: number | undefined): number | undefined =>
      then === undefined ? undefined : now - then;
    const facts: TaintFacts = {
      enabled: config.spec.agentAwayTaint,
      reported: agents.isReported(name),
      awayMs: sinceThen(agents.awaySince(name)),
      thereMs: sinceThen(agents.thereSince(name)),
      seen: agents.seen,
      tainted,
    };
    return taintDecision(facts, delays);
  }

  /** By the newest state, which decides once more. ApiConflict where it is not any more: then the key comes again. */
  async #write(name: string, signal: AbortSignal): Promise<void> {
    const { writer, events } = this.#room;
    const node = await writer.get(kubeNodeResource, { name }, { signal });
    const before = taintsOf(node);
    const { change } = this.#decide(name, hasOurs(before));
    if (change === 'none') return;
    const taints = change === 'add' ? withOurs(before) : withoutOurs(before);
    // The list as a whole, so only where nobody has changed the Node since.
    const { uid = '', resourceVersion } = node.metadata;
    const body = { metadata: { resourceVersion }, spec: { taints } };
    await writer.patch(kubeNodeResource, { name }, { kind: 'merge', body }, { signal });
    const said = this.#said(node, change);
    if (said !== undefined) events.say({ apiVersion: 'v1', kind: 'Node', name, uid }, said);
  }

  /** Where the taint goes for another reason, nothing has happened to the agent. */
  #said({ metadata }: RawObject, change: TaintDecision['change']): Said | undefined {
    const { agents, agentNamespace, delays } = this.#room;
    const { key } = agentAwayTaint;
    const away = agents.awaySince(metadata.name) !== undefined;
    if (change === 'add') {
      const look = `kubectl -n ${agentNamespace} get pods -l app.kubernetes.io/component=agent -o wide --field-selector spec.nodeName=${metadata.name}`;
      const note = `weft-agent has not run here for ${Math.round(delays.awayMs / 1000)} s, so no pod is scheduled here (taint ${key}); pods that run are not touched. Look at its pod: ${look}`;
      return { type: 'Warning', reason: 'AgentAway', action: 'Taint', note };
    }
    if (away || !agents.isReported(metadata.name)) return undefined;
    const note = `weft-agent is back, and pods are scheduled here again (taint ${key} removed)`;
    return { type: 'Normal', reason: 'AgentBack', action: 'Untaint', note };
  }
}
