import { parseArgs, podOf } from '../../cni/args.ts';
import type { PluginFrame } from '../../wire/frame.ts';

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
  return frame.type === 'request' ? fromEnv(frame.verb, frame.env) : fromOutcome(frame.verb, frame.record);
}

function fromEnv(verb: string, env: Readonly<Record<string, unknown>>): RequestIdentity {
  const pod = podFrom(text(env['CNI_ARGS']));
  return { verb, ...pod, sandbox: text(env['CNI_CONTAINERID']), ifname: text(env['CNI_IFNAME']) };
}

function podFrom(args: string): { readonly pod: string; readonly uid: string } {
  try {
    const pod = podOf(parseArgs(args));
    return pod === undefined
      ? { pod: '', uid: '' }
      : { pod: `${pod.namespace}/${pod.name}`, uid: pod.uid ?? '' };
  } catch {
    return { pod: '', uid: '' };
  }
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
