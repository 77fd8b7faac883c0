import { expect } from 'vitest';
import type { KernelLink, KernelRoute } from '../harness/kernel-view.ts';
import type { CniResult } from '../harness/runtime.ts';
import type { Pod } from '../harness/sandbox.ts';
import { kernelLinks, kernelRoutes, type NetworkStatus } from './fixture.ts';

/** A sandbox as the kernel had it at one moment. */
export interface SandboxView {
  readonly netns: string;
  readonly links: readonly KernelLink[];
  readonly routes: readonly KernelRoute[];
}

/** As it is now. */
export function viewOf(pod: Pod): SandboxView {
  return { netns: pod.netns, links: kernelLinks(pod), routes: kernelRoutes(pod) };
}

/** Fails unless each entry of the status says of its interface what the kernel says, field by field. */
export function expectStatusIsTrue(status: readonly NetworkStatus[], pod: Pod): void {
  expectStatusAgrees(status, viewOf(pod));
}

/** As expectStatusIsTrue, for a sandbox that may be gone. */
export function expectStatusAgrees(status: readonly NetworkStatus[], { links, routes }: SandboxView): void {
  expect(status.map((entry) => entry.interface).sort()).toEqual(links.map((link) => link.name).sort());
  for (const entry of status) {
    const link = linkOf(links, entry.interface ?? '');
    expect(entry.mac, entry.name).toBe(link.mac);
    // The annotation has bare addresses.
    expect([...(entry.ips ?? [])].sort(), entry.name).toEqual(
      link.addresses.map((address) => address.split('/')[0]).sort(),
    );
    if (entry.mtu !== undefined) expect(entry.mtu, entry.name).toBe(link.mtu);
    expect(link.up, entry.name).toBe(true);
    expectGatewaysAgree(entry, routes);
  }
  expect(status.filter((entry) => entry.default === true)).toHaveLength(1);
}

function expectGatewaysAgree(entry: NetworkStatus, routes: readonly KernelRoute[]): void {
  if (entry.gateway === undefined) return;
  const gateways = routes
    .filter((route) => route.dev === entry.interface && (route.dst === '0.0.0.0/0' || route.dst === '::/0'))
    .map((route) => route.gateway);
  expect([...entry.gateway].sort(), entry.name).toEqual(gateways.sort());
}

/** Fails unless the result to the runtime says of the pod's own interface what the kernel says. */
export function expectResultIsTrue(result: CniResult | undefined, pod: Pod): void {
  expectResultAgrees(result, viewOf(pod));
}

/** As expectResultIsTrue, for a sandbox that may be gone. */
export function expectResultAgrees(
  result: CniResult | undefined,
  { netns, links, routes }: SandboxView,
): void {
  const inside = (result?.interfaces ?? []).filter(
    (item) => item.sandbox !== undefined && item.sandbox !== '',
  );
  expect(inside.map((item) => ({ name: item.name, sandbox: item.sandbox }))).toEqual([
    { name: 'eth0', sandbox: netns },
  ]);
  const link = linkOf(links, 'eth0');
  expect(inside[0]?.mac).toBe(link.mac);
  if (inside[0]?.mtu !== undefined) expect(inside[0].mtu).toBe(link.mtu);
  const ours = (result?.ips ?? []).filter(
    (ip) => ip.interface === undefined || result?.interfaces?.[ip.interface]?.name === 'eth0',
  );
  expect(ours.map((ip) => ip.address).sort()).toEqual([...link.addresses]);
  for (const route of result?.routes ?? []) {
    const gateway = route.gw ?? result?.ips?.[0]?.gateway ?? '';
    expect(routes).toContainEqual(expect.objectContaining({ dst: route.dst, gateway, dev: 'eth0' }));
  }
}

export function linkOf(links: readonly KernelLink[], name: string): KernelLink {
  const link = links.find((candidate) => candidate.name === name);
  if (link === undefined)
    throw new Error(`no link ${name} in the sandbox, only ${links.map((one) => one.name).join(', ')}`);
  return link;
}
