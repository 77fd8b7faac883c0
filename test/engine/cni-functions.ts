import { family, isDefaultDst, parseAddress, parseCidr, sameAddress } from '../../src/cni/address.ts';
import { parseArgs, podOf, refuseUnknownArgs } from '../../src/cni/args.ts';
import { convertResult, serializeResult } from '../../src/cni/convert.ts';
import { argsForDelegate } from '../../src/cni/delegate-args.ts';
import { checkContainerId, checkIfname, parseEnv, splitPath } from '../../src/cni/env.ts';
import { type DelegateExit, delegateError } from '../../src/cni/error-result.ts';
import { parseJson, parseObject } from '../../src/cni/json.ts';
import { mergeResults } from '../../src/cni/merge.ts';
import { parseNetwork } from '../../src/cni/network-list.ts';
import { requestConfig } from '../../src/cni/request-config.ts';
import { parsePrevResult, parseResult } from '../../src/cni/result.ts';
import { appendMember, elements, getMember, members, removeMember, setMember } from '../../src/cni/splice.ts';
import { compareVersions, requireVersion, selectVersion } from '../../src/cni/version.ts';
import { versionsIn, versionsInFailure } from '../../src/cni/version-reply.ts';
import type { VectorFunction } from './run-vector.ts';

/** The exported functions of src/cni as vectors call them: maps go in and come out as objects. */
export const cniFunctions: Readonly<Record<string, VectorFunction>> = {
  checkContainerId: ([id]) => checkContainerId(text(id)) === undefined,
  checkIfname: ([name]) => checkIfname(text(name)) === undefined,
  compareVersions: ([a, b]) => Math.sign(compareVersions(text(a), text(b))),
  convertResult: ([json, from, to]) => convertResult(text(json), version(from), version(to)),
  delegateError: ([stdout, stderr, exit]) => delegateError(text(stdout), text(stderr), exit as DelegateExit),
  elements: ([json]) => elements(text(json)),
  family: ([address]) => family(text(address)),
  getMember: ([json, key]) => getMember(text(json), text(key)),
  isDefaultDst: ([dst]) => isDefaultDst(text(dst)),
  members: ([json]) => members(text(json)),
  mergeResults: ([previous, own, wanted]) => merged(text(previous), text(own), version(wanted)),
  parseAddress: ([address]) => parseAddress(text(address))?.bytes,
  parseArgs: ([args]) => Object.fromEntries(parseArgs(text(args))),
  parseCidr: ([cidr]) => parseCidr(text(cidr))?.prefix,
  parseEnv: ([env]) => parseEnv((name) => (env as Record<string, string>)[name]),
  /** Values may be too big to compare: only that the text is taken. */
  parseJson: ([json]) => typeof parseJson(text(json), 'the vector'),
  parseNetwork: ([json, options]) => parseNetwork(text(json), 'the vector', options ?? {}),
  parseObject: ([json]) => parseObject(text(json), 'the vector'),
  parsePrevResult: ([json, config]) => parsePrevResult(text(json), version(config)),
  parseResult: ([json, config]) => parseResult(text(json), version(config)),
  podOf: ([args]) => podOf(parseArgs(text(args))),
  refuseUnknownArgs: ([args, known]) => refuseUnknownArgs(parseArgs(text(args)), known as string[]),
  removeMember: ([json, key]) => removeMember(text(json), text(key)),
  requestConfig: ([plugin, options]) => requestOf(text(plugin), options as RequestVector),
  sameAddress: ([a, b]) => sameAddress(text(a), text(b)),
  selectVersion: ([one, several, supported]) =>
    selectVersion(
      one === null ? undefined : text(one),
      (several ?? undefined) as string[] | undefined,
      supported as string[],
    ),
  setMember: ([json, key, value]) => setMember(text(json), text(key), text(value)),
  splitPath: ([path]) => splitPath(text(path)),
  versionsIn: ([reply]) => versionsIn(text(reply)),
  versionsInFailure: ([reply]) => versionsInFailure(text(reply)),
  argsForDelegate: ([args, isDefault]) => argsForDelegate(text(args), isDefault === true),
  appendMember: ([json, key, value]) => appendMember(text(json), text(key), text(value)),
};

interface RequestVector {
  readonly name: string;
  readonly cniVersion: string;
  readonly runtimeConfig?: Readonly<Record<string, string>>;
  readonly cniArgs?: string;
  readonly prevResult?: string;
}

function requestOf(plugin: string, options: RequestVector): string {
  const [conf] = parseNetwork(plugin, 'the vector', { fallbackName: 'vector' }).plugins;
  if (conf === undefined) throw new Error('a network without a plugin');
  const runtimeConfig = new Map(Object.entries(options.runtimeConfig ?? {}));
  return requestConfig(conf, { ...options, runtimeConfig });
}

function merged(previous: string, own: string, wanted: ReturnType<typeof version>): string {
  return serializeResult(mergeResults(parsePrevResult(previous, wanted), parseResult(own, wanted)), wanted);
}

function text(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new Error(`a vector gives ${JSON.stringify(value)} where a string must stand`);
}

function version(value: unknown): ReturnType<typeof requireVersion> {
  return requireVersion(text(value), ['0.1.0', '0.2.0', '0.3.0', '0.3.1', '0.4.0', '1.0.0', '1.1.0']);
}
