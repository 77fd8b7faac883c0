import { shown } from '../../api/schema-validator.ts';
import { WeftError } from '../../errors/weft-error.ts';
import type { Setting } from './setting.ts';

/** The value as text. Throws MultusConfigInvalid where it is another kind: Multus would not start with it either. */
export function textOf(setting: Setting): string {
  if (typeof setting.value === 'string') return setting.value;
  throw wrongKind(setting, 'a text');
}

/** The value as true or false. */
export function switchOf(setting: Setting): boolean {
  if (typeof setting.value === 'boolean') return setting.value;
  throw wrongKind(setting, 'true or false');
}

/** The value as a whole number. */
export function integerOf(setting: Setting): number {
  if (Number.isSafeInteger(setting.value)) return setting.value as number;
  throw wrongKind(setting, 'a whole number');
}

/** The value as a list of texts. */
export function textsOf(setting: Setting): readonly string[] {
  const { value } = setting;
  if (Array.isArray(value) && value.every((entry) => typeof entry === 'string')) return value;
  throw wrongKind(setting, 'a list of texts');
}

/** Something that cannot be in a configuration with which Multus works. */
export function wrongKind(setting: Setting, wanted: string): WeftError {
  return new WeftError('MultusConfigInvalid', {
    step: `read ${setting.origin}`,
    cause: `${setting.key} must be ${wanted}, not ${shown(setting.value)}`,
  });
}
