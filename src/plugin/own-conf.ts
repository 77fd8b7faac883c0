import { checkContainerId } from '../cni/env.ts';
import { isObject, type JsonObject, parseObject } from '../cni/json.ts';
import { type CniVersion, requireVersion, runtimeVersions } from '../cni/version.ts';
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
  readonly budgets: Budgets;
  readonly hasPrevResult: boolean;
}

const defaults = {
  type: 'weft',
  socket: '/run/weft/agent.sock',
  stateDir: '/var/lib/weft',
  runDir: '/run/weft',
  cacheDirs: ['/var/lib/cni', '/var/lib/cni/multus'],
};

/**
 * Reads it. Keys of the runtime (`runtimeConfig`, `capabilities`, `args` …) are tolerated, and so are unknown ones
 * (CNI-038). InvalidJson, InvalidConfig naming the field, IncompatibleVersion before anything else is looked at.
 */
export function parseOwnConf(text: string): OwnConf {
  const conf = parseObject(text, 'the configuration on standard input');
  const name = textAt(conf, 'name', '');
  const complaint = checkContainerId(name);
  if (complaint !== undefined) throw invalid('name', complaint);
  return {
    name,
    cniVersion: requireVersion(textAt(conf, 'cniVersion', ''), runtimeVersions),
    type: textAt(conf, 'type', defaults.type),
    socket: pathAt(conf, 'socket', defaults.socket),
    stateDir: pathAt(conf, 'stateDir', defaults.stateDir),
    runDir: pathAt(conf, 'runDir', defaults.runDir),
    cacheDirs: cacheDirsOf(conf),
    budgets: budgetsOf(conf['timeBudgets']),
    hasPrevResult: isObject(conf['prevResult']),
  };
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

function cacheDirsOf(conf: JsonObject): readonly string[] {
  const value: unknown = conf['cacheDirs'] ?? defaults.cacheDirs;
  if (Array.isArray(value) && value.every(isAbsolutePath)) return value;
  throw invalid('cacheDirs', 'is not a list of absolute paths');
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
