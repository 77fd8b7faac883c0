import type { PodRef } from '../../attachment/plan.ts';
import { parseArgs, podOf } from '../../cni/args.ts';
import type { PluginFrame, RequestFrame } from '../../wire/frame.ts';

/** Who a request is for, as the log names it. '' where the request does not tell. */
export interface RequestIdentity {
  readonly verb: string;
  /** `namespace/name`. */
  readonly pod: string;
  readonly uid: string;
  /** Container ID. */
  readonly sandbox: string;
  readonly ifname: string;
}

/** Reads the identity from what is there. Never throws: a broken request must be logged as well. */
export function identityOf(frame: PluginFrame): RequestIdentity {
  return frame.type === 'request' ? fromRequest(frame) : fromOutcome(frame.verb, frame.record);
}

/** The pod of a request; undefined where the runtime names none, or in a way that cannot be read. Never throws. */
export function podRefOf(frame: RequestFrame): PodRef | undefined {
  const args = frame.env['CNI_ARGS'];
  try {
    const pod = podOf(parseArgs(typeof args === 'string' ? args : ''));
    return pod && { namespace: pod.namespace, name: pod.name, uid: pod.uid ?? '' };
  } catch {
    return undefined;
  }
}

function fromRequest(frame: RequestFrame): RequestIdentity {
  const { verb, env } = frame;
  const pod = podRefOf(frame);
  return {
    verb,
    pod: pod === undefined ? '' : text(`${pod.namespace}/${pod.name}`),
    uid: text(pod?.uid),
    sandbox: text(env['CNI_CONTAINERID']),
    ifname: text(env['CNI_IFNAME']),
  };
}

function fromOutcome(verb: string, record: unknown): RequestIdentity {
  const { sandbox, pod } = record as {
    sandbox?: Partial<Record<string, unknown>>;
    pod?: Partial<Record<string, unknown>>;
  };
  const name = pod === undefined ? '' : `${text(pod['namespace'])}/${text(pod['name'])}`;
  return {
    verb,
    pod: name,
    uid: text(pod?.['uid']),
    sandbox: text(sandbox?.['containerId']),
    ifname: text(sandbox?.['ifname']),
  };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 256) : '';
}
