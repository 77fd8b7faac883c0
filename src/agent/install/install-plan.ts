import type { TimeBudgets } from '../../api/weft-config.ts';
import { encodeNodeFile, nodeFileFormat } from '../../attachment/node-file.ts';
import type { NetworkList } from '../../cni/network-list.ts';
import { WeftError } from '../../errors/weft-error.ts';
import { capabilitiesOf } from '../../netconf/capabilities.ts';
import { defaultSteps } from '../../resolve/delegate-step.ts';
import { ownConfText } from './own-conf.ts';

/** Where the files of an installation are. */
export interface InstallPaths {
  /** `--socket`, `--state-dir`, `--run-dir`, `--cni-bin-dir`, `--cni-conf-dir`, as the host has them. */
  readonly socket: string;
  readonly stateDir: string;
  readonly runDir: string;
  readonly binDir: string;
  readonly confDir: string;
}

/** What decides the files. */
export interface InstallInputs {
  readonly paths: InstallPaths;
  /** Version of this weft. */
  readonly version: string;
  readonly defaultNetwork: NetworkList | WeftError;
  readonly timeBudgets: TimeBudgets;
}

/** The files as they must be. node.json is durable before our configuration is first written (DESIGN §3.4). */
export interface WantedFiles {
  readonly nodeFile: string;
  readonly ownConf: string;
}

/**
 * The wanted files; undefined while no default network is known: without one every pod would fail, so nothing is
 * written, and what is there stays.
 */
export function wantedFiles(inputs: InstallInputs): WantedFiles | undefined {
  const { paths, version, defaultNetwork, timeBudgets } = inputs;
  if (defaultNetwork instanceof WeftError) return undefined;
  const [step] = defaultSteps(defaultNetwork, '', timeBudgets.delegate);
  if (step === undefined) return undefined;
  const { socket, stateDir, runDir, binDir } = paths;
  const capabilities = capabilitiesOf(defaultNetwork);
  return {
    nodeFile: encodeNodeFile({
      format: nodeFileFormat,
      weft: version,
      cniPath: [binDir],
      defaultNetwork: step,
    }),
    ownConf: ownConfText({ socket, stateDir, runDir, capabilities, timeBudgets }),
  };
}
