import { defaultWeftConfig, parseWeftConfig, type WeftConfigSpec } from '../../../api/weft-config.ts';
import { asWeftError, WeftError } from '../../../errors/weft-error.ts';
import type { RawObject } from '../../../kube/raw-object.ts';

/** The one WeftConfig that counts. */
export const configName = 'default';

/** A usable WeftConfig of the cluster, or that there is none. */
export interface FoundConfig {
  /** With the defaults filled in. */
  readonly config: WeftConfigSpec;
  /** As it is written in the object, without what is left out; undefined: there is no WeftConfig. */
  readonly spec: unknown;
}

/** What is in force where there is no WeftConfig. */
export function absentConfig(): FoundConfig {
  return { config: defaultWeftConfig(), spec: undefined };
}

/** Throws InvalidFlag that names the field. */
export function foundConfig(spec: unknown): FoundConfig {
  // Not the whole object: the file format is strict about what the API server adds, such as a status.
  const document = {
    apiVersion: 'weft.dev/v1alpha1',
    kind: 'WeftConfig',
    metadata: { name: configName },
    spec,
  };
  return { config: parseWeftConfig(document), spec };
}

/** What the object says, or what is wrong with it. Never throws. */
export function projectConfig(object: RawObject): FoundConfig | WeftError {
  const { spec = {} } = object;
  try {
    return foundConfig(spec);
  } catch (error) {
    const { reason, failure } = asWeftError(error);
    return new WeftError(reason, {
      step: 'read WeftConfig',
      cause: `WeftConfig ${object.metadata.name}: ${failure.cause}`,
      remedy: 'correct it',
    });
  }
}
