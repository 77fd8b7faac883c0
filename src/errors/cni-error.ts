import { asWeftError } from './weft-error.ts';

/** The error document of the CNI spec, section 5, as it goes to standard output and over the wire. */
export interface CniError {
  /** Version of the configuration in question; a supported one (CNI-170). */
  readonly cniVersion: string;
  /** Above 0. 1 to 99 as in the spec, 100 and above are weft's. */
  readonly code: number;
  /** Under 300 characters: network, step, cause, remedy. */
  readonly msg: string;
  /** `reason=<name of the registry>`, and where several things failed what each of them was; libcni shows it as well. */
  readonly details: string;
}

/** Turns whatever was thrown into the document. Never throws. */
export function toCniError(error: unknown, cniVersion: string): CniError {
  const ours = asWeftError(error);
  const details = [`reason=${ours.reason}`, ...(ours.failure.details ?? [])].join('; ');
  return { cniVersion, code: ours.code, msg: ours.message, details };
}

/** The name that `details` carries; '' where a plugin of another version, or another program, wrote none. */
export function reasonIn({ details }: Pick<CniError, 'details'>): string {
  // Records and frames come from outside, and a field may be missing there.
  return /(?:^|\s)reason=([A-Za-z]+)/.exec(details ?? '')?.[1] ?? '';
}

/**
 * The same for DEL. go-cni takes a DEL error with "not found" or "no such file or directory" in it for success and
 * never calls again (CNI-078), so these words are spelled differently there.
 */
export function toDelError(error: unknown, cniVersion: string): CniError {
  const document = toCniError(error, cniVersion);
  const msg = document.msg.replace(/not found/gi, 'missing').replace(/no such file or directory/gi, 'ENOENT');
  return { ...document, msg };
}
