import { type CniEnv, parseEnv } from '../cni/env.ts';
import { parseObject } from '../cni/json.ts';
import { runtimeVersions } from '../cni/version.ts';
import { type CniError, toCniError, toDelError } from '../errors/cni-error.ts';
import { WeftError } from '../errors/weft-error.ts';
import { isErrno, type Sys } from '../executor/sys.ts';
import { add } from './add.ts';
import { Refused } from './agent-link.ts';
import { check } from './check.ts';
import { del } from './del.ts';
import { type Host, stdinBytes } from './host.ts';
import { hostTool } from './host-tool.ts';
import { parseOwnConf } from './own-conf.ts';

/** A runtime writes the configuration at once. */
const stdinMs = 10_000;
/** VERSION answers without it. */
const versionStdinMs = 200;

/** The newest version we speak towards the runtime; for errors before the configuration's is known (CNI-170). */
const ownVersion = runtimeVersions[runtimeVersions.length - 1] ?? '1.0.0';

/**
 * The whole process: a CNI verb, or without CNI_COMMAND a tool for the person on the node. Prints one JSON document or
 * nothing on stdout for a verb, and returns the exit status. Never throws.
 */
export function run(host: Host): number {
  const environ = host.sys.environ();
  if ((environ['CNI_COMMAND'] ?? '') === '') return hostTool(host);
  const cniVersion = { known: ownVersion as string };
  try {
    const output = runVerb(host, (name) => environ[name], cniVersion);
    if (output !== '') host.stdout(output);
    return 0;
  } catch (error) {
    host.stdout(`${JSON.stringify(errorOf(error, environ['CNI_COMMAND'], cniVersion.known))}\n`);
    return 1;
  }
}

/** Order as skel has it: environment, stdin, JSON and name, version, work (CNI-037). */
function runVerb(
  host: Host,
  get: (name: string) => string | undefined,
  cniVersion: { known: string },
): string {
  const env = parseEnv(get);
  if (env.command === 'VERSION') return versionReply(host.sys);
  const stdin = readStdin(host.sys);
  const conf = parseOwnConf(stdin);
  cniVersion.known = conf.cniVersion;
  return dispatch(host, env, conf, stdin);
}

function dispatch(host: Host, env: CniEnv, conf: ReturnType<typeof parseOwnConf>, stdin: string): string {
  switch (env.command) {
    case 'ADD':
      return `${add(host, env, conf, stdin)}\n`;
    case 'DEL':
      del(host, env, conf);
      return '';
    case 'CHECK':
      check(host, env, conf);
      return '';
    default: {
      const cause = `${env.command} belongs to CNI 1.1.0, and weft speaks ${runtimeVersions.join(', ')}`;
      throw new WeftError('IncompatibleVersion', { step: env.command, cause });
    }
  }
}

/** Answers in the asker's version if it is told quickly and is ours; callers may leave stdin open and empty (CNI-121, 122). */
function versionReply(sys: Sys): string {
  const asked = askersVersion(sys);
  const cniVersion = runtimeVersions.find((version) => version === asked) ?? ownVersion;
  return `${JSON.stringify({ cniVersion, supportedVersions: runtimeVersions })}\n`;
}

function askersVersion(sys: Sys): unknown {
  try {
    return parseObject(sys.readStdin(stdinBytes, sys.monotonicMs() + versionStdinMs), 'stdin')['cniVersion'];
  } catch {
    return undefined;
  }
}

function readStdin(sys: Sys): string {
  try {
    return sys.readStdin(stdinBytes, sys.monotonicMs() + stdinMs);
  } catch (error) {
    const step = 'read the configuration';
    if (isErrno(error, 'EILSEQ'))
      throw new WeftError('InvalidJson', { step, cause: 'standard input is not UTF-8', error });
    const cause = isErrno(error, 'EFBIG')
      ? 'standard input is larger than 4 MiB'
      : `standard input: ${String(error)}`;
    throw new WeftError(isErrno(error, 'EFBIG') ? 'InvalidConfig' : 'ReadFailed', { step, cause, error });
  }
}

/** A refusal of the agent goes on as it is, but for the version, which is the configuration's. */
function errorOf(error: unknown, command: string | undefined, cniVersion: string): CniError {
  if (error instanceof Refused) return { ...error.cniError, cniVersion };
  return command === 'DEL' ? toDelError(error, cniVersion) : toCniError(error, cniVersion);
}
