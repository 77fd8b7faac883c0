import type { NetworkAttachmentDefinitionStatus } from '../../api/network-attachment-definition-status.schema.ts';
import type { WeftNode } from '../../api/weft-node.ts';
import { DotIOperator, type OnEvent } from '../../controller/dot-i-operator.ts';
import type { EventRecorder } from '../../controller/event-recorder.ts';
import type { OperatorRoom } from '../../controller/operator-room.ts';
import type { Result } from '../../controller/reconciler.ts';
import type { SharedInformer } from '../../controller/shared-informer.ts';
import type { WorkQueue } from '../../controller/work-queue.ts';
import type { KubeTimer } from '../../kube/kube-clock.ts';
import { KubeError } from '../../kube/kube-error.ts';
import { type Availability, availabilityOf, networkNeeds } from '../../netconf/network-availability.ts';
import type { CurrentConfig } from '../sources/current-config.ts';
import { networkResource } from '../sources/watched-kinds.ts';
import type { WatchedNetwork } from '../sources/watched-network.ts';
import { availabilityVerdict } from './availability-verdict.ts';
import { type JudgedNetwork, KnownNetworks } from './known-networks.ts';
import { KnownNodes } from './known-nodes.ts';
import type { NetworkKind } from './network-kind.ts';
import { knownCondition, type NetworkVerdicts, networkStatus, saysAlready } from './network-status.ts';
import type { NetworkUserIndex } from './network-users.ts';
import { networkVerdict } from './network-verdict.ts';
import { type Use, UseDamper } from './use-damper.ts';

/** What the reconciler of networks needs beside the common room. */
export interface NetworkRoom extends OperatorRoom {
  /** Whether the kind of networks has a status at all. */
  readonly kind: Pick<NetworkKind, 'hasStatus'>;
  readonly nads: SharedInformer<WatchedNetwork>;
  readonly nodes: SharedInformer<WeftNode>;
  readonly users: Pick<NetworkUserIndex, 'onUse' | 'useOf'>;
  readonly config: Pick<CurrentConfig, 'spec' | 'onChange'>;
  readonly events: Pick<EventRecorder, 'say'>;
}

/**
 * Nodes come and go, in a growing cluster by the dozen, and each changes the status of every network, which every agent
 * watches. So a change of nodes is looked at after this time at the earliest, and after as much for each network,
 * milliseconds: 5,000 networks are written at 100 a second on average at most.
 */
const nodesPauseMs = 1_000;
const nodesPausePerNetworkMs = 10;

/** How long a network whose kind has no status is left alone while there is nothing new to say, milliseconds. */
const statuslessMs = 600_000;

/** What was said of a network that has no status. */
interface Told {
  /** What would be in its status, without times. */
  readonly status: string;
  /** `monotonic()`. */
  readonly at: number;
  /** The event that tells of a fault; '': none. */
  readonly event: string;
}

/**
 * Writes what is to be said of each network into its status. Where the kind has none, because its CustomResourceDefinition
 * is another product's, it becomes an event of the network (DESIGN §3.7).
 */
export class NetworkReconciler extends DotIOperator {
  readonly #room: NetworkRoom;
  readonly #networks: KnownNetworks;
  readonly #nodes: KnownNodes;
  readonly #damper = new UseDamper();
  /** By uid. */
  readonly #told = new Map<string, Told>();
  /** By what a network needs, of the nodes as they are now. */
  readonly #availability = new Map<string, Availability>();
  #queue: WorkQueue | undefined;
  #nodesTimer: KubeTimer | undefined;

  constructor(room: NetworkRoom) {
    super(room);
    this.#room = room;
    const { nads, nodes, users, config } = room;
    const look = (network: string): void => this.#queue?.add(network);
    // In every replica from the start: the next leader knows everything already.
    this.#networks = new KnownNetworks(config.spec.tenancy, look);
    this.#nodes = new KnownNodes(() => this.#nodesChanged());
    const put = (network: WatchedNetwork, key: string): void => this.#networks.put(key, network);
    nads.subscribe({ added: put, changed: put, removed: (network, key) => this.#forget(network, key) });
    const putNode = (node: WeftNode): void => this.#nodes.put(node);
    nodes.subscribe({ added: putNode, changed: putNode, removed: (node) => this.#nodes.remove(node) });
    users.onUse(look);
    config.onChange(() => {
      this.#networks.configure(config.spec.tenancy);
      this.#lookAtAll();
    });
  }

  async init(): Promise<void> {
    const { group, version, plural } = networkResource;
    this.#queue = await this.watchResource(group, version, plural, (event) => this.#reconcile(event));
    this.untilEnd(() => {
      this.#nodesTimer?.cancel();
      this.#nodesTimer = undefined;
      this.#queue = undefined;
    });
  }

  async #reconcile({ meta }: Parameters<OnEvent>[0]): Promise<Result | undefined> {
    const key = `${meta.namespace}/${meta.name}`;
    const judged = this.#networks.get(key);
    if (judged === undefined) return undefined;
    const { clock } = this.#room;
    const use = this.#use(key, judged);
    const verdicts = this.#verdicts(judged, use);
    const status = networkStatus(judged.network, verdicts, clock.now());
    const again = use.againInMs === undefined ? undefined : { requeueAfterMs: use.againInMs };
    if (saysAlready(judged.network, status)) return again;
    const told = this.#told.get(judged.network.metadata.uid);
    const said = withoutTimes(status);
    const left = told?.status === said ? told.at + statuslessMs - clock.monotonic() : 0;
    if (left > 0) return { requeueAfterMs: left };
    try {
      await this.setResourceStatus(meta, status);
      this.#told.delete(judged.network.metadata.uid);
      return again;
    } catch (error) {
      if (!(error instanceof KubeError) || error.reason !== 'ApiNotFound') throw error;
      // The API server answers the same for an object that is gone and for a status that its kind does not have.
      if (this.#networks.get(key) === undefined || (await this.#room.kind.hasStatus())) return undefined;
      this.#tell(judged.network, said, verdicts);
      return { requeueAfterMs: statuslessMs };
    }
  }

  #use(key: string, { network }: JudgedNetwork): Use {
    const { users, clock } = this.#room;
    const said = knownCondition(network, 'InUse')?.status;
    return this.#damper.judge(key, users.useOf(key), said, clock.monotonic());
  }

  #verdicts(judged: JudgedNetwork, inUse: Use): NetworkVerdicts {
    const { check } = judged;
    const valid = networkVerdict(judged);
    const nodes = this.#nodes.all();
    const availability = check.facts && this.#availabilityOf(check.facts, nodes);
    return { check, valid, available: availabilityVerdict(valid, availability, nodes.length), inUse };
  }

  /** Of thousands of networks most need the same. */
  #availabilityOf(
    facts: Parameters<typeof networkNeeds>[0],
    nodes: Parameters<typeof availabilityOf>[1],
  ): Availability {
    const needs = networkNeeds(facts);
    const key = JSON.stringify(needs);
    const known = this.#availability.get(key);
    if (known !== undefined) return known;
    const made = availabilityOf(needs, nodes);
    this.#availability.set(key, made);
    return made;
  }

  #nodesChanged(): void {
    this.#availability.clear();
    if (this.#queue === undefined || this.#nodesTimer !== undefined) return;
    const { clock, nads } = this.#room;
    this.#nodesTimer = clock.after(nodesPauseMs + nads.size * nodesPausePerNetworkMs, () => {
      this.#nodesTimer = undefined;
      this.#lookAtAll();
    });
  }

  #lookAtAll(): void {
    for (const [key] of this.#room.nads.entries()) this.#queue?.add(key);
  }

  #forget({ metadata }: WatchedNetwork, key: string): void {
    this.#networks.remove(key);
    this.#damper.forget(key);
    this.#told.delete(metadata.uid);
  }

  /** Each fault once; that there is none any more only where one was told. */
  #tell(
    { apiVersion, kind, metadata }: WatchedNetwork,
    status: string,
    verdicts: Pick<NetworkVerdicts, 'valid' | 'available'>,
  ): void {
    const { name, namespace, uid } = metadata;
    const fault = faultOf(verdicts);
    const event = fault === undefined ? '' : `${fault.reason} ${fault.note}`;
    const before = this.#told.get(uid)?.event ?? '';
    this.#told.set(uid, { status, at: this.#room.clock.monotonic(), event });
    if (before === event) return;
    const regarding = { apiVersion, kind, name, namespace, uid };
    const said = fault ?? {
      type: 'Normal' as const,
      reason: 'NetworkValid',
      note: 'the network can be used now',
    };
    this.#room.events.say(regarding, { action: 'Check', ...said });
  }
}

interface Fault {
  readonly type: 'Warning';
  readonly reason: 'NetworkInvalid' | 'NetworkUnavailable';
  readonly note: string;
}

/** What keeps pods from the network; undefined: nothing, on some nodes at least. */
function faultOf({ valid, available }: Pick<NetworkVerdicts, 'valid' | 'available'>): Fault | undefined {
  if (valid.status === 'False') {
    return { type: 'Warning', reason: 'NetworkInvalid', note: `${valid.reason}: ${valid.message}` };
  }
  if (available.status === 'False') {
    return {
      type: 'Warning',
      reason: 'NetworkUnavailable',
      note: `${available.reason}: ${available.message}`,
    };
  }
  return undefined;
}

function withoutTimes(status: NetworkAttachmentDefinitionStatus): string {
  return JSON.stringify(status, (key, value: unknown) => (key === 'lastTransitionTime' ? undefined : value));
}
