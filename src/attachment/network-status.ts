import { isDefaultDst } from '../cni/address.ts';
import type { CniDns, CniInterface, CniIp, CniResult } from '../cni/result.ts';
import { type DeviceInfo, readDeviceInfo } from './device-info.ts';
import { effectiveResultOf } from './effective-result.ts';
import type { DefaultRouteStep, DelegateStep } from './plan.ts';
import type { AttachmentRecord, StepRecord } from './record.ts';

/** One entry of the annotation `k8s.v1.cni.cncf.io/network-status` (NPWG section 5). */
export interface NetworkStatus {
  /** `namespace/name` of the NAD, or the CNI name of a network from a file (NPWG-142). */
  readonly name: string;
  /** Its name inside the pod; absent where the chain made none. */
  readonly interface?: string;
  /** Addresses without prefix (NPWG-145). */
  readonly ips?: readonly string[];
  readonly mac?: string;
  readonly mtu?: number;
  /** True on exactly one entry of a pod; always written (NPWG-147, 321). */
  readonly default: boolean;
  readonly dns: CniDns;
  /** Gateways of the default routes that the attachment has now (NPWG-149, 157). */
  readonly gateway?: readonly string[];
  /** The gateways that the pod asked for; present if it had the key (NPWG-322). */
  readonly 'default-route'?: readonly string[];
  /** What device plugin or delegate wrote about the attachment's device, all of it (NPWG-150, 192). */
  readonly 'device-info'?: DeviceInfo;
}

/** Status of every attachment, default network first, then in order (NPWG-161). Empty while not all are attached. */
export function networkStatusOf(record: AttachmentRecord): readonly NetworkStatus[] {
  if (!record.steps.every((step) => step.state === 'attached')) return [];
  return record.steps.flatMap((step) => statusOf(record, step));
}

function statusOf(record: AttachmentRecord, step: StepRecord): readonly NetworkStatus[] {
  const result = effectiveResultOf(record, step);
  if (result === undefined || step.step.kind !== 'delegate') return [];
  const requested = requestedRoute(record, step.step.ifname);
  const inside = result.interfaces.flatMap((item, index) =>
    (item.sandbox ?? '') === '' ? [] : [{ item, index }],
  );
  const main = mainInterface(result, inside, step.step);
  return (inside.length === 0 ? [undefined] : inside).map((one): NetworkStatus => {
    const isMain = one === undefined || one.index === main;
    return {
      name: step.step.kind === 'delegate' ? step.step.network : '',
      ...interfaceFields(result, step.step as DelegateStep, one, isMain),
      default: (step.step as DelegateStep).isDefault && isMain,
      dns: result.dns,
      ...(isMain ? routeFields(result, requested) : {}),
      ...(isMain ? deviceFields(step) : {}),
    };
  });
}

interface Inside {
  readonly item: CniInterface;
  readonly index: number;
}

/** The entry that stands for the attachment: the wanted interface, else one whose address has a gateway, else the first (NPWG-154). */
function mainInterface(result: CniResult, inside: readonly Inside[], step: DelegateStep): number | undefined {
  const wanted = inside.find(({ item }) => item.name === step.ifname);
  const routed = inside.find(({ index }) =>
    result.ips.some((ip) => ip.interface === index && ip.gateway !== undefined),
  );
  return (wanted ?? routed ?? inside[0])?.index;
}

function interfaceFields(
  result: CniResult,
  step: DelegateStep,
  one: Inside | undefined,
  isMain: boolean,
): Pick<NetworkStatus, 'interface' | 'ips' | 'mac' | 'mtu'> {
  const ips = result.ips
    .filter((ip) => belongs(result, ip, one, isMain))
    .map((ip) => ip.address.split('/')[0] ?? '');
  const listed = ips.length === 0 ? {} : { ips };
  if (one === undefined) return ips.length === 0 ? {} : { interface: step.ifname, ...listed };
  const { name, mac, mtu } = one.item;
  return {
    interface: name,
    ...listed,
    ...(mac === undefined ? {} : { mac }),
    ...(mtu === undefined ? {} : { mtu }),
  };
}

/** Addresses bound to no interface are the main one's (NPWG-155, 156); those of host interfaces are nobody's (NPWG-144). */
function belongs(result: CniResult, ip: CniIp, one: Inside | undefined, isMain: boolean): boolean {
  if (ip.interface === undefined || result.interfaces[ip.interface] === undefined) return isMain;
  return one !== undefined && ip.interface === one.index;
}

function routeFields(
  result: CniResult,
  requested: readonly string[] | undefined,
): Pick<NetworkStatus, 'gateway' | 'default-route'> {
  const gateway = result.routes.flatMap(({ dst, gw }) => (isDefaultDst(dst) && gw !== undefined ? [gw] : []));
  return {
    ...(gateway.length === 0 ? {} : { gateway }),
    ...(requested === undefined ? {} : { 'default-route': requested }),
  };
}

function deviceFields({ deviceInfo }: StepRecord): Pick<NetworkStatus, 'device-info'> {
  if (deviceInfo === undefined) return {};
  const read = readDeviceInfo(deviceInfo);
  // The record has only what could be read; one by another version of weft may differ.
  return read.ok ? { 'device-info': read.info } : {};
}

function requestedRoute(record: AttachmentRecord, ifname: string): readonly string[] | undefined {
  const steps = record.steps.map(({ step }) => step);
  return steps.find(
    (step): step is DefaultRouteStep => step.kind === 'default-route' && step.ifname === ifname,
  )?.gateways;
}
