import type { TimeBudgets } from '../../api/weft-config.ts';
import { encodeNodeFile, type NodeFileSource, nodeFileFormat } from '../../attachment/node-file.ts';
import type { NetworkList } from '../../cni/network-list.ts';
import { WeftError } from '../../errors/weft-error.ts';
import { capabilitiesOf } from '../../netconf/capabilities.ts';
import { defaultSteps } from '../../resolve/delegate-step.ts';
import { networkLabel } from '../../selection/network-selection.ts';
import { type OfferedVersion, offersStatus, ownConfText } from './own-conf.ts';

/** Where the files of an installation are. */
export interface InstallPaths {
  /** `--socket`, `--state-dir`, `--run-dir`, `--cni-bin-dir`, `--cni-conf-dir`, as the host has them. */
  readonly socket: string;
  readonly stateDir: string;
  readonly runDir: string;
  readonly binDir: string;
  readonly confDir: string;
  /** `--device-info-dir`; absent: defaultDeviceInfoDir. */
  readonly deviceInfoDir?: string;
}

/** What decides the files. */
export interface InstallInputs {
  readonly paths: InstallPaths;
  /** Version of this weft. */
  readonly version: string;
  readonly defaultNetwork: NetworkList | WeftError;
  /** The NAD that it comes from; absent where it is a file. */
  readonly defaultNad?: NodeFileSource;
  /** The directory of the file that it is in; absent where it is a NAD. */
  readonly defaultDirectory?: string;
  /** WeftConfig's. */
  readonly pluginDirs?: readonly string[];
  readonly timeBudgets: TimeBudgets;
  /** `--runtime-cni-version`. */
  readonly newestVersion: OfferedVersion;
  /** STATUS would succeed, as far as it is weft's affair: there was a ready agent since the boot. */
  readonly wasReady: boolean;
}

/** What is there before. */
export interface Present {
  /** Text of our configuration; undefined if there is none. */
  readonly ownConf: string | undefined;
  /** False: the plugin is not the one of this agent, and may speak fewer versions. */
  readonly pluginIsCurrent: boolean;
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
export function wantedFiles(inputs: InstallInputs, present: Present): WantedFiles | undefined {
  const {
    paths,
    version,
    defaultNetwork,
    defaultNad,
    defaultDirectory,
    pluginDirs = [],
    timeBudgets,
  } = inputs;
  if (defaultNetwork instanceof WeftError) return undefined;
  const label = defaultNad && networkLabel(defaultNad);
  const [step] = defaultSteps(defaultNetwork, '', timeBudgets.delegate, label);
  if (step === undefined) return undefined;
  const { socket, stateDir, runDir, binDir } = paths;
  const capabilities = capabilitiesOf(defaultNetwork);
  return {
    nodeFile: encodeNodeFile({
      format: nodeFileFormat,
      weft: version,
      cniPath: [...new Set([binDir, ...pluginDirs])],
      ...(defaultDirectory !== undefined && { confDir: defaultDirectory }),
      ...(defaultNad && { source: defaultNad }),
      defaultNetwork: step,
    }),
    ownConf: ownConfText({
      socket,
      stateDir,
      runDir,
      ...(paths.deviceInfoDir !== undefined && { deviceInfoDir: paths.deviceInfoDir }),
      capabilities,
      pluginDirs,
      timeBudgets,
      newest: newestOffered(inputs, present),
    }),
  };
}

/**
 * STATUS is offered only once it would succeed, so that an installation on a node with running pods never makes it
 * NotReady. An offer stays: after a boot the runtime is to wait for weft.
 */
function newestOffered({ newestVersion, wasReady }: InstallInputs, present: Present): OfferedVersion {
  if (offersStatus(present.ownConf ?? '')) return newestVersion;
  return wasReady && present.pluginIsCurrent ? newestVersion : '1.0.0';
}
