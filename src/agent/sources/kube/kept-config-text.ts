import { parseObject } from '../../../cni/json.ts';
import { asWeftError } from '../../../errors/weft-error.ts';
import { absentConfig, type FoundConfig, foundConfig } from './found-config.ts';

/** Of the text. One that is not known is of a later weft, which may mean something else by the same fields. */
const format = 1;

/** JSON for a file. `version`: the weft that writes it, for whoever reads the file. */
export function keptConfigText({ spec }: FoundConfig, version: string): string {
  const present = spec !== undefined;
  return `${JSON.stringify({ format, weft: version, present, ...(present && { spec }) }, null, 2)}\n`;
}

/** With the defaults of this weft; or why the text cannot be used, the end of a sentence. Never throws. */
export function readKeptConfig(text: string): FoundConfig | string {
  try {
    const document = parseObject(text, 'its content');
    if (document['format'] !== format) return `its format is not ${format}, the only one that is known`;
    if (document['present'] === false) return absentConfig();
    const { spec } = document;
    return document['present'] === true && spec !== undefined
      ? foundConfig(spec)
      : 'fields are missing in it';
  } catch (error) {
    return asWeftError(error).failure.cause;
  }
}
