import type { DefaultRouteStep } from '../attachment/plan.ts';
import type { RouteEdit } from '../attachment/record.ts';
import { family, sameAddress } from '../cni/address.ts';
import { WeftError } from '../errors/weft-error.ts';
import { type DefaultRoute, type RouteChange, SysError, type SysNetns } from './sys.ts';

/**
 * Gives the default route to the attachment that asked (NPWG-088 to 092) and reads it back. Only the families that
 * were asked for are touched; with an empty list, those in which the attachment's own delegate made a default route.
 */
export function moveDefaultRoute(
  sys: SysNetns,
  netns: string,
  step: DefaultRouteStep,
  deadline: number,
): RouteEdit {
  try {
    const edit = editOf(sys.defaultRoutes(netns, deadline), step);
    const changes = [
      ...edit.removed.map((route): RouteChange => ({ op: 'delete', route })),
      ...edit.added.map((route): RouteChange => ({ op: 'add', route })),
    ];
    if (changes.length === 0) return edit;
    sys.changeDefaultRoutes(netns, changes, deadline);
    readBack(sys.defaultRoutes(netns, deadline), step);
    return edit;
  } catch (error) {
    if (error instanceof WeftError) throw error;
    throw failed(step, error instanceof SysError ? `the kernel says ${error.errno}` : String(error), error);
  }
}

/** What has to change, from what is there. Pure. */
export function editOf(routes: readonly DefaultRoute[], step: DefaultRouteStep): RouteEdit {
  const families = wantedFamilies(routes, step);
  const keeps = (route: DefaultRoute): boolean =>
    route.ifname === step.ifname && (step.gateways.length === 0 || hasGateway(route, step.gateways));
  const removed = routes.filter((route) => families.includes(route.family) && !keeps(route));
  const added = step.gateways
    .filter(
      (gateway) => !routes.some((route) => route.ifname === step.ifname && hasGateway(route, [gateway])),
    )
    .map(
      (gateway): DefaultRoute => ({
        family: family(gateway) ?? 4,
        ifname: step.ifname,
        gateway,
        priority: 0,
      }),
    );
  return { removed, added };
}

function wantedFamilies(
  routes: readonly DefaultRoute[],
  step: DefaultRouteStep,
): readonly (4 | 6 | undefined)[] {
  if (step.gateways.length > 0) return step.gateways.map(family);
  return routes.filter((route) => route.ifname === step.ifname).map((route) => route.family);
}

function hasGateway(route: DefaultRoute, gateways: readonly string[]): boolean {
  return route.gateway !== '' && gateways.some((gateway) => sameAddress(gateway, route.gateway));
}

/** The kernel's word counts: another actor, or a route of another kind, may have been quicker. */
function readBack(routes: readonly DefaultRoute[], step: DefaultRouteStep): void {
  const left = editOf(routes, step);
  if (left.removed.length === 0 && left.added.length === 0) return;
  const still = left.removed.map((route) => `${route.ifname} ${route.gateway}`).join(', ');
  throw failed(step, still === '' ? 'the new route is not there' : `default routes stay on ${still}`);
}

function failed(step: DefaultRouteStep, cause: string, error?: unknown): WeftError {
  return new WeftError('DefaultRouteFailed', { step: `default route over ${step.ifname}`, cause, error });
}
