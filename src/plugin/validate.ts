import { type NetworkList, parseNetwork } from '../cni/network-list.ts';
import { asWeftError, WeftError } from '../errors/weft-error.ts';
import { probeVersions } from '../executor/version-probe.ts';
import type { Host } from './host.ts';
import { invalidFlag, readArguments } from './tool-arguments.ts';

const command = 'weft validate';
/** A plugin answers VERSION without doing anything. */
const probeMs = 5000;
/** More than any configuration that an API server takes. */
const fileBytes = 4 * 1024 * 1024;

/**
 * `weft validate FILE...`: whether each network can be used on this node, that is, whether its configuration is right,
 * every plugin is there, and each knows the network's version (CNI-215). Prints a line for each network that can, and
 * all problems. Returns the exit status.
 */
export function validate(host: Host, args: readonly string[]): number {
  const { options, words } = readArguments(args, new Map([['--bin-dir', 'bin-dir']]), command);
  if (words.length === 0) throw invalidFlag(command, 'no file is named');
  const binDirs = (options.get('bin-dir') ?? '/opt/cni/bin').split(':').filter((part) => part !== '');
  if (binDirs.length === 0) throw invalidFlag(command, '--bin-dir names no directory');
  let bad = 0;
  for (const file of words) {
    const problems = problemsOf(host, file, binDirs);
    for (const problem of problems) host.stderr(`error: ${file}: ${problem.message}\n`);
    if (problems.length > 0) bad += 1;
  }
  return bad === 0 ? 0 : 1;
}

function problemsOf(host: Host, file: string, binDirs: readonly string[]): readonly WeftError[] {
  let network: NetworkList;
  try {
    network = parseNetwork(host.sys.readText(file, fileBytes), 'the configuration');
  } catch (error) {
    return [unreadable(error)];
  }
  const problems = network.plugins.flatMap(({ type }) => pluginProblem(host, type, network, binDirs) ?? []);
  if (problems.length === 0) {
    const types = network.plugins.map(({ type }) => type).join(', ');
    host.stdout(`${file}: network ${network.name}, version ${network.cniVersion}, plugins ${types}\n`);
  }
  return problems;
}

function unreadable(error: unknown): WeftError {
  if (error instanceof WeftError) return error;
  return new WeftError('NetworkInvalid', {
    cause: `it cannot be read: ${String(error)}`,
    remedy: 'name a configuration that is there',
  });
}

function pluginProblem(
  host: Host,
  type: string,
  { name, cniVersion }: NetworkList,
  binDirs: readonly string[],
): WeftError | undefined {
  try {
    const versions = probeVersions(host.sys, type, binDirs, host.sys.monotonicMs() + probeMs);
    if (versions.includes(cniVersion)) return undefined;
    throw new WeftError('IncompatibleVersion', {
      cause: `plugin ${type} does not speak ${cniVersion}, only ${versions.join(', ').slice(0, 100)}`,
    });
  } catch (error) {
    return asWeftError(error).within({ network: name });
  }
}
