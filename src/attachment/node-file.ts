import { parseObject } from '../cni/json.ts';
import { WeftError } from '../errors/weft-error.ts';
import type { DelegateStep } from './plan.ts';

/**
 * `/var/lib/weft/node.json`: what a DEL needs that finds no record. Written by the agent, durable before our
 * configuration is first written (DESIGN §3.4).
 */
export interface NodeFile {
  readonly format: number;
  /** Version of the weft that wrote it. */
  readonly weft: string;
  /** Directories of the plugins, searched after those of CNI_PATH. */
  readonly cniPath: readonly string[];
  /** The runtime's directory of configurations, if the default network is a file in it; for STATUS. */
  readonly confDir?: string;
  /** The NAD that the default network comes from, for an agent that starts while the API server is away. */
  readonly source?: NodeFileSource;
  /** The default network without runtimeConfig; its `ifname` is '' and comes from the request. */
  readonly defaultNetwork: DelegateStep;
}

/** A NAD: whose it is, and its configuration as it stands. */
export interface NodeFileSource {
  readonly namespace: string;
  readonly name: string;
  /** '': that of a file of the node. */
  readonly config: string;
}

/** The format that this version writes. */
export const nodeFileFormat = 1;

export function encodeNodeFile(file: NodeFile): string {
  return `${JSON.stringify(file)}\n`;
}

/** Throws StateUnreadable naming the field. A newer format is read as far as its known fields go. */
export function decodeNodeFile(text: string): NodeFile {
  const file = parseObject(text, 'node.json');
  const step = file['defaultNetwork'] as Readonly<Record<string, unknown>> | undefined;
  if (typeof step !== 'object' || step === null) throw unreadable('defaultNetwork');
  for (const field of ['id', 'network', 'networkName', 'cniVersion']) {
    if (typeof step[field] !== 'string') throw unreadable(`defaultNetwork.${field}`);
  }
  const plugins: unknown = step['plugins'];
  if (!Array.isArray(plugins) || plugins.length === 0 || !plugins.every(isCall))
    throw unreadable('defaultNetwork.plugins');
  const path: unknown = file['cniPath'];
  if (!Array.isArray(path) || !path.every((item) => typeof item === 'string')) throw unreadable('cniPath');
  const confDir: unknown = file['confDir'];
  if (confDir !== undefined && typeof confDir !== 'string') throw unreadable('confDir');
  const source: unknown = file['source'];
  if (source !== undefined && !isSource(source)) throw unreadable('source');
  return file as unknown as NodeFile;
}

function isSource(value: unknown): boolean {
  const source = value as Partial<Record<keyof NodeFileSource, unknown>> | null;
  return (['namespace', 'name', 'config'] as const).every((field) => typeof source?.[field] === 'string');
}

function isCall(value: unknown): boolean {
  const call = value as { type?: unknown; config?: unknown } | null;
  return typeof call?.type === 'string' && typeof call.config === 'string';
}

function unreadable(field: string): WeftError {
  const remedy = 'restart weft-agent on this node, which writes it again';
  return new WeftError('StateUnreadable', {
    step: 'read node.json',
    cause: `${field} is missing or mistyped`,
    remedy,
  });
}
