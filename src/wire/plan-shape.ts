import type { Plan } from '../attachment/plan.ts';
import { WeftError } from '../errors/weft-error.ts';

/**
 * The plan of a `plan` frame with every field's type checked, so that nothing mistyped is found half-way through an
 * ADD. Unknown keys are ignored; an unknown kind of step is refused, because leaving it out would be a silently missing
 * network. Throws AgentProtocol.
 */
export function checkPlanShape(value: unknown): Plan {
  const plan = objectAt(value, 'plan');
  const sandbox = objectAt(plan['sandbox'], 'plan.sandbox');
  stringsAt(sandbox, 'plan.sandbox', ['containerId', 'ifname', 'netns']);
  if (plan['pod'] !== undefined)
    stringsAt(objectAt(plan['pod'], 'plan.pod'), 'plan.pod', ['namespace', 'name', 'uid']);
  for (const [index, step] of arrayAt(plan['steps'], 'plan.steps').entries())
    checkStep(step, `plan.steps[${index}]`);
  return value as Plan;
}

function checkStep(value: unknown, path: string): void {
  const step = objectAt(value, path);
  stringsAt(step, path, ['id', 'kind', 'ifname']);
  if (typeof step['deadlineMs'] !== 'number' || !(step['deadlineMs'] > 0))
    throw mistyped(`${path}.deadlineMs`);
  if (step['kind'] === 'delegate') checkDelegate(step, path);
  else if (step['kind'] === 'default-route') checkGateways(step['gateways'], `${path}.gateways`);
  else throw mistyped(`${path}.kind`);
}

function checkGateways(value: unknown, path: string): void {
  if (!arrayAt(value, path).every((gateway) => typeof gateway === 'string')) throw mistyped(path);
}

function checkDelegate(step: Readonly<Record<string, unknown>>, path: string): void {
  stringsAt(step, path, ['network', 'networkName', 'cniVersion']);
  if (typeof step['isDefault'] !== 'boolean') throw mistyped(`${path}.isDefault`);
  if (typeof step['disableCheck'] !== 'boolean') throw mistyped(`${path}.disableCheck`);
  if (!['boolean', 'undefined'].includes(typeof step['disableGC'])) throw mistyped(`${path}.disableGC`);
  for (const [index, call] of arrayAt(step['plugins'], `${path}.plugins`).entries()) {
    const callPath = `${path}.plugins[${index}]`;
    const plugin = objectAt(call, callPath);
    stringsAt(plugin, callPath, ['type', 'config']);
    if (plugin['gcConfig'] !== undefined) stringsAt(plugin, callPath, ['gcConfig']);
    if (!['boolean', 'undefined'].includes(typeof plugin['deviceInfoFile']))
      throw mistyped(`${callPath}.deviceInfoFile`);
  }
  optionalAt(step, path, 'nad', ['namespace', 'name', 'hash']);
  optionalAt(step, path, 'device', ['resource', 'id']);
}

function optionalAt(
  step: Readonly<Record<string, unknown>>,
  path: string,
  field: string,
  texts: readonly string[],
): void {
  if (step[field] === undefined) return;
  stringsAt(objectAt(step[field], `${path}.${field}`), `${path}.${field}`, texts);
}

function objectAt(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw mistyped(path);
  return value as Readonly<Record<string, unknown>>;
}

function arrayAt(value: unknown, path: string): readonly unknown[] {
  if (!Array.isArray(value)) throw mistyped(path);
  return value;
}

function stringsAt(value: Readonly<Record<string, unknown>>, path: string, fields: readonly string[]): void {
  for (const field of fields) if (typeof value[field] !== 'string') throw mistyped(`${path}.${field}`);
}

function mistyped(path: string): WeftError {
  return new WeftError('AgentProtocol', { step: 'read the plan', cause: `${path} is missing or mistyped` });
}
