import type { PodRef } from '../../attachment/plan.ts';
import { annotationsKey, knownArgs, parseArgs, podOf, refuseUnknownArgs } from '../../cni/args.ts';
import { parseEnv } from '../../cni/env.ts';
import { type JsonObject, parseObject } from '../../cni/json.ts';
import { getMember, members } from '../../cni/splice.ts';
import { WeftError } from '../../errors/weft-error.ts';
import type { AddRequest, Snapshot } from '../../resolve/snapshot.ts';
import type { RequestFrame } from '../../wire/frame.ts';

/** The capability under which containerd hands over the pod's annotations (DESIGN §3.5). */
export const podAnnotationsCapability = 'io.kubernetes.cri.pod-annotations';

/** What a request itself says; the other inputs of a plan are the node's. */
export interface RequestInput extends Pick<Snapshot, 'request' | 'pod'> {
  /** The pod's annotations; undefined where the runtime does not hand them over, so that somebody else has to be asked. */
  readonly handed: Snapshot['annotations'] | undefined;
}

/**
 * Reads environment and standard input of an ADD. The annotations come from the runtime, or, where it does not hand
 * them over, from K8S_ANNOT in CNI_ARGS. Throws InvalidEnvironment, InvalidJson, InvalidConfig or InvalidAnnotation.
 */
export function readRequest(frame: RequestFrame): RequestInput {
  const env = parseEnv((name) => (name === 'CNI_COMMAND' ? frame.verb : variable(frame.env, name)));
  const args = parseArgs(env.args);
  refuseUnknownArgs(args, knownArgs);
  const conf = parseObject(frame.stdin, 'the configuration on standard input');
  const runtimeConfig = runtimeConfigOf(conf, frame.stdin);
  const request: AddRequest = {
    containerId: env.containerId,
    netns: env.netns,
    ifname: env.ifname,
    cniVersion: versionOf(conf),
    runtimeConfig,
  };
  const pod = podRef(args);
  const handed = annotationsOf(runtimeConfig, args);
  return pod === undefined ? { request, handed } : { request, pod, handed };
}

function variable(env: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = env[name];
  if (value === undefined || typeof value === 'string') return value;
  throw new WeftError('AgentProtocol', { cause: `${name} of the request is no string` });
}

function podRef(args: ReadonlyMap<string, string>): PodRef | undefined {
  const pod = podOf(args);
  return pod === undefined ? undefined : { namespace: pod.namespace, name: pod.name, uid: pod.uid ?? '' };
}

function versionOf(conf: JsonObject): string {
  const version = conf['cniVersion'];
  if (typeof version === 'string' && version !== '') return version;
  throw new WeftError('InvalidConfig', {
    cause: 'cniVersion of the configuration on standard input is missing',
  });
}

function runtimeConfigOf(conf: JsonObject, text: string): ReadonlyMap<string, string> {
  const value = conf['runtimeConfig'] ?? null;
  if (value === null) return new Map();
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw new WeftError('InvalidConfig', { cause: 'runtimeConfig on standard input is no object' });
  }
  // As text, so that numbers above 2^53 reach the delegates as they came.
  const raw = members(getMember(text, 'runtimeConfig') ?? '{}');
  return new Map(raw.map((member) => [member.key, member.value]));
}

function annotationsOf(
  runtimeConfig: ReadonlyMap<string, string>,
  args: ReadonlyMap<string, string>,
): Readonly<Record<string, string>> | undefined {
  const given = runtimeConfig.get(podAnnotationsCapability);
  if (given !== undefined && given !== 'null') return strings(given, podAnnotationsCapability);
  const fallback = args.get(annotationsKey) ?? '';
  if (fallback !== '') return strings(fallback, annotationsKey);
  // null: the runtime knows the pod's annotations, and there are none.
  return given === undefined ? undefined : {};
}

function strings(text: string, what: string): Readonly<Record<string, string>> {
  const annotations = parseObject(text, what);
  for (const [key, value] of Object.entries(annotations)) {
    if (typeof value === 'string') continue;
    throw new WeftError('InvalidAnnotation', {
      cause: `annotation "${key.slice(0, 80)}" in ${what} is no string`,
    });
  }
  return annotations as Readonly<Record<string, string>>;
}
