import type { DelegateStep } from '../../attachment/plan.ts';

/** The format that this version writes. */
export const nodeFileFormat = 1;

/** What a DEL without a record runs (DESIGN §3.4). */
export interface NodeFile {
  readonly format: number;
  /** Version of the agent that wrote it. */
  readonly weft: string;
  /** Directories of the delegates, where the runtime's own CNI_PATH is gone. */
  readonly cniPath: readonly string[];
  /** The default network's attachment; its `ifname` is '' and comes from the request. */
  readonly defaultNetwork: DelegateStep;
}

/** The text of node.json. */
export function nodeFileText(weft: string, binDir: string, defaultNetwork: DelegateStep): string {
  const file: NodeFile = { format: nodeFileFormat, weft, cniPath: [binDir], defaultNetwork };
  return `${JSON.stringify(file)}\n`;
}
