import { type CniEnv, isVerb, parseEnv, splitPath } from '../cni/env.ts';
import { parseObject } from '../cni/json.ts';
import { runtimeVersions } from '../cni/version.ts';
import { type CniError, toCniError, toDelError } from '../errors/cni-error.ts';
import { WeftError } from '../errors/weft-error.ts';
import { DelegateNotReady } from '../executor/status.ts';
import { isErrno, type Sys } from '../executor/sys.ts';
import { add } from './add.ts';
import { Refused } from './agent-link.ts';
import { check } from './check.ts';
import { del } from './del.ts';
import { gc } from './gc.ts';
import { type Host, stdinBytes } from './host.ts';
import { hostTool } from './host-tool.ts';
import { type OwnConf, parseNamed, parseOwnConf } from './own-conf.ts';
import { status } from './status.ts';

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
    return answer(
      host,
      runVerb(host, (name) => environ[name], cniVersion),
      0,
    );
  } catch (error) {
    return answer(host, `${JSON.stringify(errorOf(error, environ['CNI_COMMAND'], cniVersion.known))}\n`, 1);
  }
}

/** The one document, or nothing; `exitStatus` unless the caller did not get it: half of one must not be followed by another. */
function answer(host: Host, document: string, exitStatus: number): number {
  try {
    if (document !== '') host.stdout(document);
    return exitStatus;
  } catch (error) {
    host.stderr(`weft: the answer cannot be written: ${String(error)}\n`);
    return 1;
  }
}

/** Order as skel has it: environment, stdin, JSON and name, a verb that there is not, version, work (CNI-037). */
function runVerb(
  host: Host,
  get: (name: string) => string | undefined,
  cniVersion: { known: string },
): string {
  if (!isVerb(get('CNI_COMMAND'))) parseNamed(readStdin(host.sys));
  const env = parseEnv(get);
  if (env.command === 'VERSION') return versionReply(host.sys);
  const stdin = readStdin(host.sys);
  const conf = parseOwnConf(stdin, env.command);
  cniVersion.known = conf.cniVersion;
  return dispatch(host, { ...env, path: searchPath(env.path, conf) }, conf, stdin);
}

/** CNI_PATH as it is, for us and for every delegate, unless our configuration adds to it. */
function searchPath(path: string, { pluginDirs }: Pick<OwnConf, 'pluginDirs'>): string {
  return pluginDirs.length === 0 ? path : [...new Set([...splitPath(path), ...pluginDirs])].join(':');
}

function dispatch(host: Host, env: CniEnv, conf: ReturnType<typeof parseOwnConf>, stdin: string): string {
  switch (env.command) {
    case 'ADD':
      return `${add(host, env, conf, stdin)}\n`;
    case 'DEL':
      del(host, env, conf, stdin);
      return '';
    case 'CHECK':
      check(host, env, conf);
      return '';
    case 'GC':
      gc(host, env, conf, stdin);
      return '';
    case 'STATUS':
      status(host, env, conf);
      return '';
    case 'VERSION':
      return versionReply(host.sys);
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

/** What the agent refused or a delegate answered to STATUS goes on as it is, but for the version: the configuration's. */
function errorOf(error: unknown, command: string | undefined, cniVersion: string): CniError {
  if (error instanceof Refused || error instanceof DelegateNotReady) return { ...error.cniError, cniVersion };
  return command === 'DEL' ? toDelError(error, cniVersion) : toCniError(error, cniVersion);
}
