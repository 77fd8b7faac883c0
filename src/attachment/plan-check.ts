import { checkContainerId, checkIfname } from '../cni/env.ts';
import { WeftError } from '../errors/weft-error.ts';
import {
  type DefaultRouteStep,
  type DeviceRef,
  delegatesOf,
  maxAttachments,
  type Plan,
  type PluginCall,
  type Sandbox,
  type Step,
} from './plan.ts';

/** What the plugin knows by itself and holds against the plan. */
export interface PlanContext {
  /** From the plugin's own environment. */
  readonly sandbox: Sandbox;
  /** `type` of our own configuration: a plan that calls it would call us for ever (CNI-453). */
  readonly ownType: string;
  /** Throws where a plugin is not on the node. Without it nobody looks. */
  readonly lookForPlugins?: () => void;
}

/**
 * Refuses a plan that does not fit this request (DESIGN §3.2). In libcni's order (CNI-281): the programs first, then
 * whether they are there, then the sandbox and the names.
 */
export function checkPlan(plan: Plan, context: PlanContext): void {
  checkPrograms(plan, context.ownType);
  context.lookForPlugins?.();
  checkNames(plan, context.sandbox);
}

/** None or more than 32 attachments, a plugin that is not a bare file name, ourselves as a plugin. */
function checkPrograms(plan: Plan, ownType: string): void {
  const delegates = delegatesOf(plan.steps);
  if (delegates.length === 0) throw refused('it has no default network');
  if (delegates.length > maxAttachments)
    throw refused(`it has ${delegates.length} attachments, the limit is 32`);
  for (const step of delegates) {
    if (step.plugins.length === 0) throw refused(`step ${step.id} calls no plugin`, step.network);
    for (const call of step.plugins) checkCall(call, ownType, step.network);
  }
}

/**
 * Another sandbox, a network name that CNI does not take, an interface name that is none or is there twice, a default
 * network that is not first, a device without a name.
 */
function checkNames(plan: Plan, sandbox: Sandbox): void {
  checkSandbox(plan.sandbox, sandbox);
  const delegates = delegatesOf(plan.steps);
  for (const { networkName, network } of delegates) {
    const complaint = checkContainerId(networkName);
    if (complaint !== undefined) throw refused(`its CNI name ${complaint}`, network);
  }
  checkSteps(plan, sandbox.ifname);
  for (const step of delegates) if (step.device !== undefined) checkDevice(step.device, step.network);
}

function checkSandbox(planned: Sandbox, own: Sandbox): void {
  for (const field of ['containerId', 'ifname', 'netns'] as const) {
    if (planned[field] === own[field]) continue;
    throw refused(`it is for another sandbox (${field} "${planned[field].slice(0, 20)}")`);
  }
}

function checkSteps(plan: Plan, ifname: string): void {
  const ids = new Set<string>();
  const names = new Set<string>();
  for (const step of plan.steps) {
    if (ids.has(step.id)) throw refused(`step ${step.id} appears twice`);
    ids.add(step.id);
    const complaint = checkIfname(step.ifname);
    if (complaint !== undefined) throw refused(`interface of step ${step.id} ${complaint}`);
    if (step.kind === 'default-route') checkRoute(step, names);
    else if (names.has(step.ifname)) throw duplicate(step.ifname, step.network);
    else names.add(step.ifname);
  }
  checkDefault(plan.steps, ifname);
}

function checkRoute(step: DefaultRouteStep, names: ReadonlySet<string>): void {
  if (names.has(step.ifname)) return;
  throw refused(`step ${step.id} routes over ${step.ifname}, which no step before makes`);
}

/** The first step is the default network, with the interface that the runtime asked for, and no other is (NPWG-101). */
function checkDefault(steps: readonly Step[], ifname: string): void {
  for (const [index, step] of steps.entries()) {
    const isDefault = step.kind === 'delegate' && step.isDefault;
    if (isDefault !== (index === 0)) throw refused('its default network is not its first step');
    if (isDefault && step.ifname !== ifname) throw refused('its default network has another interface name');
  }
}

function checkCall(call: PluginCall, ownType: string, network: string): void {
  const bare = call.type !== '' && call.type !== '.' && call.type !== '..' && !call.type.includes('/');
  if (!bare || call.type.includes('\0'))
    throw refused(`"${call.type.slice(0, 40)}" is no bare file name`, network);
  if (call.type === ownType) throw refused('it calls weft itself as a delegate', network);
}

/** Resource and ID become a file name. */
function checkDevice({ resource, id }: DeviceRef, network: string): void {
  for (const text of [resource, id]) {
    if (text === '' || /[\x00-\x1f\x7f]/.test(text))
      throw refused(`its device "${`${resource} ${id}`.slice(0, 60)}" is no name`, network);
  }
}

function refused(cause: string, network?: string): WeftError {
  return new WeftError('PlanRefused', { cause, network, step: 'check the plan' });
}

function duplicate(ifname: string, network: string): WeftError {
  return new WeftError('DuplicateInterface', {
    cause: `interface ${ifname} is taken by an earlier attachment`,
    network,
  });
}
