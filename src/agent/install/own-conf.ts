import type { TimeBudgets } from '../../api/weft-config.ts';
import { defaultDeviceInfoDir } from '../../attachment/device-info-paths.ts';

/** Our file in the runtime's configuration directory: first in byte order, unless somebody knows the trick as well. */
export const ownConfName = '00-weft.conflist';

/**
 * The version of our configuration for a runtime that knows no choice: every supported one speaks it; with 1.1.0 an older
 * one would not start any pod (DESIGN §3.6).
 */
const baseVersion = '1.0.0';

/** With this one the runtime asks STATUS and may call GC. */
const statusVersion = '1.1.0';

/** The newest versions that our configuration can offer. */
export const offeredVersions: readonly ['1.0.0', '1.1.0'] = [baseVersion, statusVersion];

/** One of them. */
export type OfferedVersion = (typeof offeredVersions)[number];

/** What our configuration is made from. Paths are the host's. */
export interface OwnConf {
  readonly socket: string;
  readonly stateDir: string;
  readonly runDir: string;
  /** Where device information files are; absent: defaultDeviceInfoDir. */
  readonly deviceInfoDir?: string;
  /** What the default network's chain declares. */
  readonly capabilities: readonly string[];
  /** Searched for plugins after CNI_PATH. */
  readonly pluginDirs?: readonly string[];
  readonly timeBudgets: TimeBudgets;
  /** The newest version that the runtime may choose. */
  readonly newest: OfferedVersion;
}

/** The text of `00-weft.conflist`: the same for the same inputs, because each write stalls the runtime. */
export function ownConfText(conf: OwnConf): string {
  // Declared so that the runtime hands over the pod's annotations: they are the request (DESIGN §3.5).
  const capabilities = [...new Set([...conf.capabilities, 'io.kubernetes.cri.pod-annotations'])].toSorted();
  const plugin = {
    type: 'weft',
    socket: conf.socket,
    stateDir: conf.stateDir,
    runDir: conf.runDir,
    capabilities: Object.fromEntries(capabilities.map((capability) => [capability, true])),
    // Only where it says something: each other text than before is a write, which stalls the runtime.
    ...((conf.pluginDirs ?? []).length > 0 && { pluginDirs: conf.pluginDirs }),
    ...((conf.deviceInfoDir ?? defaultDeviceInfoDir) !== defaultDeviceInfoDir && {
      deviceInfoDir: conf.deviceInfoDir,
    }),
    timeBudgets: conf.timeBudgets,
  };
  // A runtime that speaks 1.1.0 takes the newest of `cniVersions` that it knows, one before it knows no such key (ADR 0007).
  const versions = {
    cniVersion: baseVersion,
    ...(conf.newest === baseVersion ? {} : { cniVersions: offeredVersions }),
  };
  return `${JSON.stringify({ ...versions, name: 'weft', plugins: [plugin] }, null, 2)}\n`;
}

/** True if a runtime that reads this text may ask STATUS. False for what is no configuration. */
export function offersStatus(text: string): boolean {
  try {
    const conf = JSON.parse(text) as { cniVersion?: unknown; cniVersions?: unknown } | null;
    const offered: unknown = conf?.cniVersions ?? [];
    return conf?.cniVersion === statusVersion || (Array.isArray(offered) && offered.includes(statusVersion));
  } catch {
    return false;
  }
}
