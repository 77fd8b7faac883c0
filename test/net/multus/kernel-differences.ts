import type { KernelLink, KernelRoute } from '../../harness/kernel-view.ts';
import type { Difference } from './status-differences.ts';

/** A pod's network namespace as the kernel has it. */
export interface PodKernel {
  readonly links: readonly KernelLink[];
  readonly routes: readonly KernelRoute[];
}

/**
 * What is not the same in two pods with the same request. Addresses and MACs that are not in `asked`, the pod's
 * annotations as text, differ by themselves: only their networks are compared. Fields are `link.…`, `link`, `route`.
 */
export function kernelDifferences(multus: PodKernel, weft: PodKernel, asked: string): readonly Difference[] {
  const links = pairs(multus.links, weft.links, ({ name }) => name).flatMap(([name, left, right]) =>
    linkDifferences(name, left, right, asked),
  );
  const routes = pairs(multus.routes, weft.routes, textOf).flatMap(([entry, left, right]) =>
    left !== undefined && right !== undefined
      ? []
      : [{ entry, field: 'route', multus: left && textOf(left), weft: right && textOf(right) }],
  );
  return [...links, ...routes].map(({ multus = null, weft = null, ...rest }) => ({ ...rest, multus, weft }));
}

function linkDifferences(
  entry: string,
  left: KernelLink | undefined,
  right: KernelLink | undefined,
  asked: string,
): readonly Difference[] {
  if (left === undefined || right === undefined)
    return [{ entry, field: 'link', multus: left?.kind, weft: right?.kind }];
  const keys = ['kind', 'mtu', 'up', 'mac', 'addresses'] as const;
  return keys.flatMap((key) => {
    const [one, other] = [loose(left[key], asked), loose(right[key], asked)];
    const isSame = JSON.stringify(one) === JSON.stringify(other);
    return isSame ? [] : [{ entry, field: `link.${key}`, multus: left[key], weft: right[key] }];
  });
}

function loose(value: KernelLink[keyof KernelLink], asked: string): unknown {
  if (Array.isArray(value)) return (value as readonly string[]).map((address) => loose(address, asked));
  if (typeof value !== 'string' || asked.includes(value.split('/')[0] ?? '')) return value;
  if (/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(value)) return 'some MAC';
  return value.replace(/[0-9a-f]+\//, '*/');
}

function textOf({ dst, gateway, dev }: KernelRoute): string {
  return `${dst} via ${gateway || 'nobody'} dev ${dev}`;
}

type Pair<T> = readonly [key: string, left: T | undefined, right: T | undefined];

function pairs<T>(left: readonly T[], right: readonly T[], keyOf: (item: T) => string): readonly Pair<T>[] {
  const keys = new Set([...left, ...right].map(keyOf));
  const find = (list: readonly T[], key: string): T | undefined => list.find((item) => keyOf(item) === key);
  return [...keys].map((key) => [key, find(left, key), find(right, key)]);
}
