import { mustRun } from './run.ts';

/** One link of a sandbox as the kernel has it. */
export interface KernelLink {
  readonly name: string;
  readonly mac: string;
  readonly mtu: number;
  readonly up: boolean;
  readonly kind: string;
  /** With prefix length, without link-local ones, sorted. */
  readonly addresses: readonly string[];
}

export interface KernelRoute {
  readonly family: 4 | 6;
  /** CIDR; a default route is 0.0.0.0/0 or ::/0. */
  readonly dst: string;
  readonly gateway: string;
  readonly dev: string;
}

interface IpAddr {
  readonly ifname: string;
  readonly address: string;
  readonly mtu: number;
  readonly flags: readonly string[];
  readonly linkinfo?: { readonly info_kind?: string };
  readonly addr_info: readonly {
    readonly local: string;
    readonly prefixlen: number;
    readonly scope: string;
  }[];
}

interface IpRoute {
  readonly dst: string;
  readonly gateway?: string;
  readonly dev: string;
}

/** Every link but `lo` of the namespace that `ip` looks at: words before its options, `ip -n NAME` for example. */
export function linksBy(ip: readonly string[]): readonly KernelLink[] {
  const links = JSON.parse(mustRun([...ip, '-j', '-d', 'addr', 'show'])) as IpAddr[];
  return links
    .filter((link) => link.ifname !== 'lo')
    .map((link) => ({
      name: link.ifname,
      mac: link.address,
      mtu: link.mtu,
      up: link.flags.includes('UP'),
      kind: link.linkinfo?.info_kind ?? '',
      addresses: link.addr_info
        .filter((address) => address.scope !== 'link')
        .map((address) => `${address.local}/${address.prefixlen}`)
        .sort(),
    }));
}

/** Routes of the main table with a gateway, and default routes; `ip` as for linksBy. */
export function routesBy(ip: readonly string[]): readonly KernelRoute[] {
  return ([4, 6] as const).flatMap((family) => {
    const text = mustRun([...ip, '-j', `-${family}`, 'route', 'show', 'table', 'main']);
    const routes = (text.trim() === '' ? [] : JSON.parse(text)) as IpRoute[];
    return routes
      .filter((route) => route.dst === 'default' || route.gateway !== undefined)
      .map((route) => ({
        family,
        dst: route.dst === 'default' ? (family === 4 ? '0.0.0.0/0' : '::/0') : withPrefix(route.dst, family),
        gateway: route.gateway ?? '',
        dev: route.dev,
      }));
  });
}

/** `ip` leaves the prefix of a host route out. */
function withPrefix(dst: string, family: 4 | 6): string {
  return dst.includes('/') ? dst : `${dst}/${family === 4 ? 32 : 128}`;
}
