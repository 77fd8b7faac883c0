import type { NodeFile } from '../attachment/node-file.ts';
import type { DelegateStep } from '../attachment/plan.ts';
import type { AttachmentRecord } from '../attachment/record.ts';
import { splitPath } from '../cni/env.ts';
import { editObject } from '../cni/splice.ts';
import { type ValidAttachment, validAttachmentKeys } from '../cni/valid-attachments.ts';
import { atLeast, parseVersion } from '../cni/version.ts';

/** One network that is asked to collect. */
export interface GcNetwork {
  /** As the user knows it. */
  readonly network: string;
  /** The chain in the order of ADD, each plugin with the network's own configuration. */
  readonly plugins: readonly GcPlugin[];
  /** Where they are searched. */
  readonly cniPath: readonly string[];
}

export interface GcPlugin {
  readonly type: string;
  readonly config: string;
}

interface Candidate {
  readonly step: DelegateStep;
  readonly cniPath: readonly string[];
}

/**
 * The networks that GC goes to, the default network first. Others are those of the records, also of stale ones: each
 * network with the configuration of its newest record, because nobody else knows its configuration on this node. A
 * network is its name for the user and the plugins that it calls: one that became another chain has the old one's
 * remains, and of two with the same CNI name each has its own. None for chains below 1.1.0 (CNI-312); none for a CNI
 * name for which a list says disableGC, whatever another list of that name says (CNI-311).
 *
 * `others` false: only the default network, and not even that where another one has its CNI name.
 */
export function gcNetworks(
  node: NodeFile | undefined,
  records: readonly AttachmentRecord[],
  others: boolean,
): readonly GcNetwork[] {
  const candidates = newestOfEach(node, records);
  const silent = new Set(
    candidates.filter(({ step }) => step.disableGC === true).map(({ step }) => step.networkName),
  );
  const own = node?.defaultNetwork;
  const shared = candidates.some(({ step }) => !step.isDefault && step.networkName === own?.networkName);
  const asked = candidates
    .filter(({ step }) => others || (step === own && !shared))
    .filter(({ step }) => knowsGc(step) && !silent.has(step.networkName))
    .map(networkOf);
  return asked.filter((network, index) => asked.findIndex((other) => isSame(network, other)) === index);
}

/** The standard input of one plugin: its configuration and the list, under both keys (CNI-227, 352). */
export function gcStdin(config: string, valid: readonly ValidAttachment[]): string {
  const list = JSON.stringify(valid);
  const set = new Map<string, string>(validAttachmentKeys.map((key) => [key, list]));
  // Of records that were made from others' caches the configuration is one sandbox's.
  return editObject(config, { set, remove: (key) => key === 'runtimeConfig' || key === 'prevResult' });
}

function newestOfEach(
  node: NodeFile | undefined,
  records: readonly AttachmentRecord[],
): readonly Candidate[] {
  const found = new Map<string, Candidate>();
  const add = (candidate: Candidate): void => {
    const name = identityOf(candidate.step);
    if (!found.has(name)) found.set(name, candidate);
  };
  if (node !== undefined) add({ step: node.defaultNetwork, cniPath: node.cniPath });
  const newestFirst = [...records].sort((left, right) => right.createdAt - left.createdAt);
  for (const record of newestFirst) {
    for (const { step } of record.steps) {
      if (step.kind === 'delegate') add({ step, cniPath: splitPath(record.cniPath) });
    }
  }
  return [...found.values()];
}

function identityOf({ network, networkName, plugins }: DelegateStep): string {
  return JSON.stringify([network, networkName, plugins.map(({ type }) => type)]);
}

function networkOf({ step, cniPath }: Candidate): GcNetwork {
  const plugins = step.plugins.map(({ type, config, gcConfig }) => ({ type, config: gcConfig ?? config }));
  return { network: step.network, cniPath, plugins };
}

/** Two NADs may say the same. */
function isSame(left: GcNetwork, right: GcNetwork): boolean {
  return JSON.stringify(left.plugins) === JSON.stringify(right.plugins);
}

/** A record of a later weft may have a version that is none to us. */
function knowsGc({ cniVersion }: DelegateStep): boolean {
  return parseVersion(cniVersion) !== undefined && atLeast(cniVersion, '1.1.0');
}
