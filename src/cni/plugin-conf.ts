import { type Fields, objectOf, pathOf, textOf, textsOf } from './json-fields.ts';

/** One plugin of a chain. */
export interface PluginConf {
  /** A bare file name, to be looked for in CNI_PATH (CNI-209). */
  readonly type: string;
  /** The exact bytes of the plugin's object in its source. */
  readonly text: string;
  /** The capabilities that it declares as true, in the order of the text (CNI-223). */
  readonly capabilities: readonly string[];
}

/** Checks a plugin's object as libcni does when it reads a list (CNI-207), and what CNI-209 and NPWG-082 add. */
export function pluginConf(fields: Fields, text: string): PluginConf {
  const type = textOf(fields, 'type') ?? '';
  if (type === '') throw fields.refuse(`${pathOf(fields, 'type')} is missing`);
  checkType(fields, type);
  checkIpam(fields);
  checkDns(fields);
  objectOf(fields, 'prevResult');
  const args = objectOf(fields, 'args');
  if (args !== undefined) objectOf(args, 'cni');
  return { type, text, capabilities: capabilitiesOf(fields) };
}

function capabilitiesOf(fields: Fields): readonly string[] {
  const capabilities = objectOf(fields, 'capabilities');
  if (capabilities === undefined) return [];
  return Object.keys(capabilities.object).filter((key) => {
    // null is false for Go.
    const value = capabilities.object[key] ?? false;
    if (typeof value === 'boolean') return value;
    throw fields.refuse(`${pathOf(capabilities, key)} must be true or false`);
  });
}

function checkIpam(fields: Fields): void {
  const ipam = objectOf(fields, 'ipam');
  const type = ipam === undefined ? undefined : textOf(ipam, 'type');
  if (ipam !== undefined && type !== undefined && type !== '') checkType(ipam, type);
}

function checkDns(fields: Fields): void {
  const dns = objectOf(fields, 'dns');
  if (dns === undefined) return;
  textOf(dns, 'domain');
  for (const key of ['nameservers', 'search', 'options']) textsOf(dns, key);
}

/** A type becomes a path: nothing in it may leave the plugin directory, and no NUL may cut it short in C. */
function checkType(fields: Fields, type: string): void {
  const path = pathOf(fields, 'type');
  if (type.includes('/')) throw fields.refuse(`${path} must be a file name without "/"`);
  if (type === '.' || type === '..') throw fields.refuse(`${path} must be a file name, not a directory`);
  if (/[\x00-\x1f\x7f]/.test(type)) throw fields.refuse(`${path} has a control character in it`);
}
