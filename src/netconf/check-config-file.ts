import { parseNetwork } from '../cni/network-list.ts';
import { asWeftError } from '../errors/weft-error.ts';
import { configFindings } from './config-findings.ts';
import { type Finding, finding, hasErrors } from './finding.ts';

/** Checks a file of a CNI configuration directory, a single configuration or a list. Paths start at its top. */
export function checkConfigFile(text: string): readonly Finding[] {
  const found = configFindings(text, '', { hasDevice: false });
  if (hasErrors(found)) return found;
  try {
    parseNetwork(text, 'the configuration');
    return found;
  } catch (error) {
    const { cause } = asWeftError(error).failure;
    const [, field, complaint] = /^the configuration: ([A-Za-z0-9_.[\]]+) (.*)$/.exec(cause) ?? [];
    if (field === undefined || complaint === undefined) {
      return [...found, finding('InvalidConfig', '', `${cause}; correct that`)];
    }
    if (complaint === 'is missing') {
      return [
        ...found,
        finding('MissingKey', field, `${field} is missing; write it, such as "${field}": "net-a"`),
      ];
    }
    return [...found, finding('InvalidConfig', field, `${field} ${complaint}; correct that`)];
  }
}
