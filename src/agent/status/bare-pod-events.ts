import type { Clock } from '../../daemon/clock.ts';
import type { Log } from '../../daemon/log.ts';
import { asWeftError, type WeftError } from '../../errors/weft-error.ts';
import type { Resource } from '../../kube/resource.ts';
import type { Writer } from '../../kube/writer.ts';
import type { NodePod } from '../sources/kube/node-pod.ts';
import type { WriteTurns } from './write-turns.ts';

const events: Resource = { group: 'events.k8s.io', version: 'v1', plural: 'events' };
const eventMs = 5_000;
/** An event lives for an hour in the API. */
const repeatMs = 3_600_000;

/** Who tells it. */
interface Room {
  readonly writer: Pick<Writer, 'create'>;
  readonly turns: WriteTurns;
  readonly clock: Clock;
  readonly log: Log;
  readonly nodeName: string;
}

/** The event `NetworksNotAttached` of pods that run without their networks: at once, then once an hour. */
export class BarePodEvents {
  readonly #room: Room;
  /** By `metadata.uid`: `monotonic()` from which on it is told again. */
  readonly #next = new Map<string, number>();
  /** Why the last one could not be written; '' if it could. */
  #complaint = '';

  constructor(room: Room) {
    this.#room = room;
  }

  /**
   * Tells it if it is time. An agent that was restarted knows from the condition that somebody told it less than an hour
   * ago. What cannot be told now is told by a later call.
   */
  async tell(pod: NodePod, note: string): Promise<void> {
    const { clock, turns } = this.#room;
    const now = clock.monotonic();
    const next = this.#next.get(pod.uid) ?? now + toldFor(pod, clock.now());
    this.#next.set(pod.uid, next);
    if (now < next) return;
    this.#next.set(pod.uid, now + repeatMs);
    if (turns.away || !(await turns.take(() => false))) {
      this.#later(pod);
      return;
    }
    try {
      await this.#create(pod, note);
      this.#complaint = '';
    } catch (error) {
      this.#later(pod);
      this.#complain(asWeftError(error), pod);
    } finally {
      turns.done(undefined);
    }
  }

  /** The pod is no more. */
  forget(uid: string): void {
    this.#next.delete(uid);
  }

  #later({ uid }: NodePod): void {
    if (this.#next.has(uid)) this.#next.set(uid, this.#room.clock.monotonic() + 10_000);
  }

  #complain({ reason, message }: WeftError, { namespace, name }: NodePod): void {
    if (reason === this.#complaint) return;
    this.#complaint = reason;
    this.#room.log.warn({ namespace, name, error: message }, 'events are not written');
  }

  #create(pod: NodePod, note: string): Promise<unknown> {
    const { writer, clock, nodeName } = this.#room;
    const body = barePodEvent(pod, note, nodeName, clock.now());
    return writer.create(events, pod.namespace, body, { timeoutMs: eventMs });
  }
}

/** For how long the event counts as told: what is left of the hour since the condition says so. */
function toldFor({ condition }: NodePod, now: number): number {
  if (condition?.status !== 'False' || condition.reason !== 'NotAttached') return 0;
  const since = now - Date.parse(condition.lastTransitionTime);
  return since >= 0 && since < repeatMs ? repeatMs - since : 0;
}

/** `now`: wall clock, milliseconds. */
export function barePodEvent(pod: NodePod, note: string, nodeName: string, now: number): object {
  const { namespace, name, uid } = pod;
  return {
    // Of 253 characters at most; the server appends five, and takes no prefix that ends with a dot.
    metadata: { generateName: `${name.slice(0, 200).replace(/[-.]+$/, '')}-`, namespace },
    eventTime: new Date(now).toISOString().replace('Z', '000Z'),
    type: 'Warning',
    reason: 'NetworksNotAttached',
    action: 'Attach',
    regarding: { apiVersion: 'v1', kind: 'Pod', namespace, name, uid },
    note,
    reportingController: 'weft.dev/agent',
    reportingInstance: `weft-agent-${nodeName}`.slice(0, 128),
  };
}
