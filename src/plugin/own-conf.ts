import { defaultDeviceInfoDir } from '../attachment/device-info-paths.ts';
import { checkContainerId, type Verb } from '../cni/env.ts';
import { isObject, type JsonObject, parseObject } from '../cni/json.ts';
import { getMember } from '../cni/splice.ts';
import { type CniVersion, parseVersion, requireVersion, runtimeVersions } from '../cni/version.ts';
import { WeftError } from '../errors/weft-error.ts';
import { type Budgets, defaultBudgets } from '../executor/budgets.ts';

/** Our own configuration, as the runtime derives it from 00-weft.conflist and hands it to standard input. */
export interface OwnConf {
  /** The network's name towards the runtime. */
  readonly name: string;
  readonly cniVersion: CniVersion;
  /** Name of our own binary: never a delegate. */
  readonly type: string;
  readonly socket: string;
  readonly stateDir: string;
  readonly runDir: string;
  /** Where other users of libcni keep their caches; for a DEL without a record. */
  readonly cacheDirs: readonly string[];
  /** Searched for plugins after the directories of CNI_PATH. */
  readonly pluginDirs: readonly string[];
  /** Where device plugins and delegates write device information files, in `dp` and `cni`. */
  readonly deviceInfoDir: string;
  readonly budgets: Budgets;
  /** The text of `prevResult` where it is an object; nobody has looked into it. */
  readonly prevResult?: string;
  /** `"key": value` of a key that an ADD must not pass over in silence (CNI-039). */
  readonly unsupported?: string;
}

const defaults = {
  type: 'weft',
  socket: '/run/weft/agent.sock',
  stateDir: '/var/lib/weft',
  runDir: '/run/weft',
  cacheDirs: ['/var/lib/cni', '/var/lib/cni/multus'],
  pluginDirs: [],
};

/** Multus takes networks from these: without them a pod would not get what somebody wrote. */
const unsupported: readonly string[] = ['delegates', 'clusterNetwork', 'defaultNetworks'];

/** Verbs for which the reference compares the version before it looks it up, so that one it cannot read is a broken text. */
const comparing: readonly Verb[] = ['CHECK', 'STATUS', 'GC'];

/**
 * Reads it. Keys of the runtime (`runtimeConfig`, `capabilities`, `args` …) are tolerated, and so are unknown ones
 * (CNI-038). InvalidJson, InvalidConfig naming the field, IncompatibleVersion before anything else is looked at; a
 * version that is none is InvalidJson for some verbs (CNI-036).
 */
export function parseOwnConf(text: string, verb: Verb = 'ADD'): OwnConf {
  const { conf, name } = parseNamed(text);
  const prevResult = isObject(conf['prevResult']) ? getMember(text, 'prevResult') : undefined;
  const key = unsupported.find((field) => isFilled(conf[field]));
  return {
    name,
    cniVersion: versionOf(conf, verb),
    type: textAt(conf, 'type', defaults.type),
    socket: pathAt(conf, 'socket', defaults.socket),
    stateDir: pathAt(conf, 'stateDir', defaults.stateDir),
    runDir: pathAt(conf, 'runDir', defaults.runDir),
    cacheDirs: pathsAt(conf, 'cacheDirs', defaults.cacheDirs),
    pluginDirs: pathsAt(conf, 'pluginDirs', defaults.pluginDirs),
    deviceInfoDir: pathAt(conf, 'deviceInfoDir', defaultDeviceInfoDir),
    budgets: budgetsOf(conf['timeBudgets']),
    ...(prevResult === undefined ? {} : { prevResult }),
    ...(key === undefined ? {} : { unsupported: `"${key}": ${JSON.stringify(conf[key]).slice(0, 80)}` }),
  };
}

/** What every call needs, also one with a verb that there is not (CNI-037): a JSON object with a name. */
export function parseNamed(text: string): { readonly conf: JsonObject; readonly name: string } {
  const conf = parseObject(text, 'the configuration on standard input');
  const name = textAt(conf, 'name', '');
  const complaint = checkContainerId(name);
  if (complaint !== undefined) throw invalid('name', complaint);
  return { conf, name };
}

function versionOf(conf: JsonObject, verb: Verb): CniVersion {
  const version = textAt(conf, 'cniVersion', '');
  if (comparing.includes(verb) && parseVersion(version) === undefined) {
    const cause = `"cniVersion" ${JSON.stringify(version.slice(0, 20))} is no version`;
    throw new WeftError('InvalidJson', { step: 'read the configuration', cause });
  }
  return requireVersion(version, runtimeVersions);
}

/** An empty one says nothing, and programs write such. */
function isFilled(value: unknown): boolean {
  return value !== undefined && !['null', '""', '[]', '{}'].includes(JSON.stringify(value));
}

function budgetsOf(value: unknown): Budgets {
  if (value === undefined) return defaultBudgets;
  if (!isObject(value)) throw invalid('timeBudgets', 'is not an object');
  const budgets: Record<keyof Budgets, number> = { ...defaultBudgets };
  for (const key of Object.keys(defaultBudgets) as (keyof Budgets)[]) {
    const given = value[key];
    if (given === undefined) continue;
    if (typeof given !== 'number' || !(given >= 0))
      throw invalid(`timeBudgets.${key}`, 'is not a number of milliseconds');
    budgets[key] = given;
  }
  return budgets;
}

function pathsAt(conf: JsonObject, field: string, fallback: readonly string[]): readonly string[] {
  const value: unknown = conf[field] ?? fallback;
  if (Array.isArray(value) && value.every(isAbsolutePath)) return value;
  throw invalid(field, 'is not a list of absolute paths');
}

function isAbsolutePath(value: unknown): value is string {
  return typeof value === 'string' && value.startsWith('/');
}

function textAt(conf: JsonObject, field: string, fallback: string): string {
  const value = conf[field] ?? fallback;
  if (typeof value === 'string') return value;
  throw new WeftError('InvalidJson', { step: 'read the configuration', cause: `"${field}" is not a string` });
}

function pathAt(conf: JsonObject, field: string, fallback: string): string {
  const value = textAt(conf, field, fallback);
  if (value.startsWith('/') && !value.includes('\0')) return value.replace(/\/+$/, '');
  throw invalid(field, 'is not an absolute path');
}

function invalid(field: string, complaint: string): WeftError {
  return new WeftError('InvalidConfig', { step: 'read the configuration', cause: `"${field}" ${complaint}` });
}
