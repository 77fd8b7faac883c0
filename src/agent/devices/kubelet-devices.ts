import { Buffer } from 'node:buffer';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PodRef } from '../../attachment/plan.ts';
import { WeftError } from '../../errors/weft-error.ts';
import type { Devices } from '../../resolve/devices.ts';
import { allocatedDevices } from './allocated-devices.ts';
import { type GrpcAnswer, type GrpcCall, grpcCall, grpcStatus } from './grpc-call.ts';
import {
  decodeGetResponse,
  decodeListResponse,
  encodeGetRequest,
  type PodResources,
} from './pod-resources.ts';

/** Tells which devices a pod has. */
export interface DeviceSource {
  /** Throws DevicesUnknown. `timeoutMs`: for everything together. */
  devicesOf(pod: PodRef, timeoutMs: number): Promise<Devices>;
}

const service = '/v1.PodResourcesLister';

/** The kubelet lets ten calls through at once, then a hundred a second. */
const rejectedPauseMs = 50;

/** Asks the kubelet over its pod-resources socket, once for each pod that needs devices, and remembers nothing. */
export class KubeletDevices implements DeviceSource {
  readonly #socket: string;
  readonly #call: (call: GrpcCall) => Promise<GrpcAnswer>;

  /** `call` stands for the network in tests. */
  constructor(socket: string, call: (call: GrpcCall) => Promise<GrpcAnswer> = grpcCall) {
    this.#socket = socket;
    this.#call = call;
  }

  async devicesOf(pod: PodRef, timeoutMs: number): Promise<Devices> {
    const deadline = performance.now() + timeoutMs;
    try {
      const found = (await this.#get(pod, deadline)) ?? (await this.#fromList(pod, deadline));
      // A pod without any device is in the list, too.
      if (found === undefined) throw new Error(`the kubelet knows no pod ${pod.namespace}/${pod.name}`);
      return allocatedDevices(found);
    } catch (error) {
      throw new WeftError('DevicesUnknown', {
        step: 'ask the kubelet for devices',
        cause: `${this.#socket}: ${error instanceof Error ? error.message : String(error)}`,
        error,
      });
    }
  }

  /** One pod instead of all of the node; undefined where the kubelet lacks the method or has it switched off. */
  async #get({ namespace, name }: PodRef, deadline: number): Promise<PodResources | undefined> {
    const answer = await this.#ask('Get', encodeGetRequest(namespace, name), deadline);
    if (answer.ok) return decodeGetResponse(answer.message);
    if (answer.status === grpcStatus.unimplemented) return undefined;
    // Kubelets before 1.34 have it behind a gate and say so under no code of its own.
    if (answer.status === grpcStatus.unknown && answer.text.includes('disabled')) return undefined;
    throw refusal('Get', answer);
  }

  async #fromList({ namespace, name }: PodRef, deadline: number): Promise<PodResources | undefined> {
    const answer = await this.#ask('List', Buffer.alloc(0), deadline);
    if (!answer.ok) throw refusal('List', answer);
    return decodeListResponse(answer.message).find((pod) => pod.namespace === namespace && pod.name === name);
  }

  async #ask(method: string, request: Buffer, deadline: number): Promise<GrpcAnswer> {
    for (;;) {
      const timeoutMs = Math.max(1, deadline - performance.now());
      const answer = await this.#call({
        socket: this.#socket,
        method: `${service}/${method}`,
        request,
        timeoutMs,
      });
      const busy = !answer.ok && answer.status === grpcStatus.resourceExhausted;
      if (!busy || performance.now() + rejectedPauseMs >= deadline) return answer;
      await sleep(rejectedPauseMs);
    }
  }
}

function refusal(method: string, answer: GrpcAnswer & { ok: false }): Error {
  return new Error(`${method} failed with status ${answer.status}: ${answer.text}`);
}
