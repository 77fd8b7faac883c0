import { family, isDefaultDst, sameAddress } from '../cni/address.ts';
import { serializeResult } from '../cni/convert.ts';
import { type CniResult, type CniRoute, parseResult } from '../cni/result.ts';
import { delegateVersions, requireVersion } from '../cni/version.ts';
import type { DelegateStep } from './plan.ts';
import type { AttachmentRecord, RecordedRoute, RouteEdit, StepRecord } from './record.ts';

/**
 * A delegate's result as the sandbox has it now: what its chain returned, with the default routes moved as the
 * record's default-route steps did (NPWG-092). Without such a step it is the chain's text byte for byte. Undefined for
 * a step without result. In the chain's version.
 */
export function effectiveResult(record: AttachmentRecord, step: StepRecord): string | undefined {
  if (step.result === undefined || step.step.kind !== 'delegate') return undefined;
  const edits = record.steps.flatMap(({ routes }) => (routes === undefined ? [] : [routes]));
  if (!edits.some((edit) => touches(edit, step.step.ifname))) return step.result;
  const version = requireVersion(step.step.cniVersion, delegateVersions);
  const { ifname } = step.step;
  const result = edits.reduce(
    (before, edit) => edited(before, edit, ifname),
    parseResult(step.result, version),
  );
  return serializeResult(result, version);
}

/** The same, read. */
export function effectiveResultOf(record: AttachmentRecord, step: StepRecord): CniResult | undefined {
  const text = effectiveResult(record, step);
  if (text === undefined) return undefined;
  return parseResult(text, requireVersion((step.step as DelegateStep).cniVersion, delegateVersions));
}

function touches(edit: RouteEdit, ifname: string): boolean {
  return [...edit.removed, ...edit.added].some((route) => route.ifname === ifname);
}

function edited(result: CniResult, edit: RouteEdit, ifname: string): CniResult {
  const removed = edit.removed.filter((route) => route.ifname === ifname);
  const added = edit.added.filter((route) => route.ifname === ifname);
  const kept = result.routes.filter((route) => !removed.some((gone) => isSame(route, gone)));
  return { ...result, routes: [...kept, ...added.map(asRoute)] };
}

/** A default route without `gw` in the result got its gateway from the address; the kernel's one stands for it. */
function isSame(route: CniRoute, gone: RecordedRoute): boolean {
  if (!isDefaultDst(route.dst) || family(route.dst) !== gone.family) return false;
  return route.gw === undefined || gone.gateway === '' || sameAddress(route.gw, gone.gateway);
}

function asRoute(route: RecordedRoute): CniRoute {
  const dst = route.family === 4 ? '0.0.0.0/0' : '::/0';
  return route.gateway === '' ? { dst } : { dst, gw: route.gateway };
}
