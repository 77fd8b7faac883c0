import { cniVersions } from '../cni/version.ts';
import { versionsIn, versionsInFailure } from '../cni/version-reply.ts';
import { asWeftError } from '../errors/weft-error.ts';
import { type DelegateCall, delegateFailure, endOfDelegate } from './delegate.ts';
import type { Sys } from './sys.ts';

/**
 * The CNI versions that a plugin says it speaks. VERSION is about no sandbox; what libcni sends in the place of one is
 * sent here too (CNI-262). Throws what a delegate that cannot be found, run or understood throws, naming the plugin.
 */
export function probeVersions(
  sys: Sys,
  type: string,
  cniPath: readonly string[],
  deadline: number,
): readonly string[] {
  const stdin = JSON.stringify({ cniVersion: cniVersions[cniVersions.length - 1] });
  const call: DelegateCall = { verb: 'VERSION', type, stdin, ifname: 'dummy', deadline, onFork: () => {} };
  const end = endOfDelegate(sys, { containerId: '', netns: 'dummy', cniArgs: '', cniPath }, call);
  try {
    if (end.how === 'exit' && end.value === 0) return versionsIn(end.stdout);
  } catch (error) {
    throw asWeftError(error).within({ step: `ask plugin ${type} for its versions` });
  }
  const legacy = end.how === 'exit' ? versionsInFailure(end.stdout) : undefined;
  if (legacy === undefined) throw delegateFailure(call, end);
  return legacy;
}
