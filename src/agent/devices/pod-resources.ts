import type { Buffer } from 'node:buffer';
import { bytesOf, encodeTexts, type Field, fieldsOf, textOf } from './protobuf.ts';

/**
 * The messages of the kubelet's service v1.PodResourcesLister, as far as weft needs them: names and field numbers are
 * those of k8s.io/kubelet/pkg/apis/podresources/v1/api.proto.
 */

/** What one pod has. */
export interface PodResources {
  readonly name: string;
  readonly namespace: string;
  readonly containers: readonly ContainerResources[];
}

export interface ContainerResources {
  readonly devices: readonly ContainerDevices[];
  readonly claims: readonly ClaimDevices[];
}

/** Devices of a device plugin. */
export interface ContainerDevices {
  readonly resource: string;
  readonly ids: readonly string[];
}

/** Devices of a ResourceClaim (DRA). */
export interface ClaimDevices {
  /** Name of the ResourceClaim. */
  readonly claim: string;
  readonly devices: readonly ClaimDevice[];
}

/** One device of a claim. Driver, pool and device name identify it; each part is '' where an old kubelet does not tell. */
export interface ClaimDevice {
  readonly driver: string;
  readonly pool: string;
  readonly device: string;
  /** Fully qualified: `vendor.com/class=name`. */
  readonly cdi: readonly string[];
}

/** GetPodResourcesRequest. */
export function encodeGetRequest(namespace: string, name: string): Buffer {
  return encodeTexts({ 1: name, 2: namespace });
}

/** GetPodResourcesResponse. Undefined: it names no pod. Throws ProtobufFault. */
export function decodeGetResponse(message: Buffer): PodResources | undefined {
  return messagesAt(message, 1).map(podResources).at(-1);
}

/** ListPodResourcesResponse. Throws ProtobufFault. */
export function decodeListResponse(message: Buffer): readonly PodResources[] {
  return messagesAt(message, 1).map(podResources);
}

function podResources(message: Buffer): PodResources {
  return {
    name: textAt(message, 1),
    namespace: textAt(message, 2),
    containers: messagesAt(message, 3).map((container) => ({
      devices: messagesAt(container, 2).map((devices) => ({
        resource: textAt(devices, 1),
        ids: at(devices, 2).map(textOf),
      })),
      claims: messagesAt(container, 5).map((claim) => ({
        claim: textAt(claim, 2),
        devices: messagesAt(claim, 4).map(claimDevice),
      })),
    })),
  };
}

function claimDevice(message: Buffer): ClaimDevice {
  return {
    cdi: messagesAt(message, 1).map((device) => textAt(device, 1)),
    driver: textAt(message, 2),
    pool: textAt(message, 3),
    device: textAt(message, 4),
  };
}

function at(message: Buffer, number: number): readonly Field[] {
  return [...fieldsOf(message)].filter((field) => field.number === number);
}

function messagesAt(message: Buffer, number: number): readonly Buffer[] {
  return at(message, number).map(bytesOf);
}

/** Of a field that is there more than once the last counts (protobuf); an absent one is ''. */
function textAt(message: Buffer, number: number): string {
  const field = at(message, number).at(-1);
  return field === undefined ? '' : textOf(field);
}
