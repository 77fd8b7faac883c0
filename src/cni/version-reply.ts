import { WeftError } from '../errors/weft-error.ts';
import { type JsonObject, parseObject } from './json.ts';
import { fieldsOf, filledOf, textsOf } from './json-fields.ts';

/** What a plugin of CNI 0.1.0, which has no VERSION, says to it (CNI-262). */
const unknownVerb = 'unknown CNI_COMMAND: VERSION';

/**
 * The versions that a plugin's answer to VERSION lists, as libcni reads it: without a list a plugin of 0.2.0 speaks that
 * and 0.1.0. DelegateOutput for what is no answer.
 */
export function versionsIn(text: string): readonly string[] {
  const refuse = (complaint: string): WeftError => new WeftError('DelegateOutput', { cause: complaint });
  const reply = objectIn(text);
  if (reply === undefined) throw refuse('what it printed is no JSON object');
  const fields = fieldsOf(reply, '', refuse);
  const cniVersion = filledOf(fields, 'cniVersion');
  if (cniVersion === undefined) throw refuse('cniVersion is missing');
  const versions = textsOf(fields, 'supportedVersions');
  if (versions.length > 0) return versions;
  if (cniVersion === '0.2.0') return ['0.1.0', '0.2.0'];
  throw refuse('supportedVersions is missing');
}

/** The versions of a plugin that printed this and failed; undefined if it failed for another reason (CNI-262). */
export function versionsInFailure(text: string): readonly string[] | undefined {
  return objectIn(text)?.['msg'] === unknownVerb ? ['0.1.0'] : undefined;
}

function objectIn(text: string): JsonObject | undefined {
  try {
    return parseObject(text, 'the answer to VERSION');
  } catch {
    return undefined;
  }
}
