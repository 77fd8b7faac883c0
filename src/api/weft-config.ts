import { WeftError } from '../errors/weft-error.ts';
import { violation } from './schema-validator.ts';
import { validateWeftConfig } from './weft-config.generated.js';
import { brokenRule } from './weft-config-rules.ts';

/** `weft.dev/v1alpha1` WeftConfig: how weft behaves in this cluster, or on this node in standalone mode. */
export interface WeftConfig {
  readonly apiVersion: 'weft.dev/v1alpha1';
  readonly kind: 'WeftConfig';
  /** Cluster scope; the one that counts is called `default`. A file may leave it out. */
  readonly metadata?: { readonly name?: string };
  readonly spec: WeftConfigSpec;
}

/** `spec` of WeftConfig with every default filled in. */
export interface WeftConfigSpec {
  /** The cluster default network, a NetworkReference of any kind; absent: the only candidate (DESIGN §3.6). */
  readonly defaultNetwork?: string;
  /**
   * What every pod outside `systemNamespaces` gets after the default network, in this order: a NAD, or the CNI name of a
   * file of `--network-conf-dir`.
   */
  readonly defaultNetworks: readonly string[];
  /** Where the default-network annotation looks up a name without namespace: Multus's `multusNamespace` (NPWG-241). */
  readonly defaultNetworkNamespace: string;
  /** Pods of these get none of `defaultNetworks` (NPWG-328). */
  readonly systemNamespaces: readonly string[];
  /** Absolute path, as the agent sees it; while it is not there no pod is attached (NPWG-104). */
  readonly readinessIndicatorFile?: string;
  /** Absolute paths without ":", searched for plugins after CNI_PATH: Multus's `binDir`. */
  readonly pluginDirs: readonly string[];
  readonly isolation: Isolation;
  readonly tenancy: Tenancy;
  /** The operator taints nodes whose agent is away, so that no pod is scheduled where it cannot start. */
  readonly agentAwayTaint: boolean;
  readonly timeBudgets: TimeBudgets;
}

/** Which namespaces' networks a pod may use. */
export interface Isolation {
  /** False: any (NPWG-230). */
  readonly enabled: boolean;
  /** With isolation, pods of all namespaces may use networks of these, and of their own. */
  readonly globalNamespaces: readonly string[];
}

/** What the networks that a namespace defines for itself may name on the node. Nothing that is not listed. */
export interface Tenancy {
  /** False: everything, as in Multus. */
  readonly enabled: boolean;
  /** The administrator's: neither their networks nor their pods are bound. */
  readonly exemptNamespaces: readonly string[];
  /** Bare file names of plugins, IPAM plugins included. */
  readonly pluginTypes: readonly string[];
  /** Globs with `*`, for the names of links, bridges, PCI addresses and whatever else a plugin finds a device by. */
  readonly parentInterfaces: readonly string[];
  /** Absolute, without `.` and `..`. Every path that a network names must lie in one of them, or be one. */
  readonly ipamDirectories: readonly string[];
}

/** DESIGN §3.1. All in whole milliseconds. */
export interface TimeBudgets {
  /** Plugin to agent: connecting to the socket. */
  readonly connect: number;
  /** Plugin to agent: from the last frame to the plan. */
  readonly plan: number;
  /** Waiting for the lock of the sandbox. */
  readonly lock: number;
  /** One delegate step. */
  readonly delegate: number;
  /** ADD with its rollback, from the plan on. */
  readonly add: number;
  /** One DEL call. */
  readonly del: number;
  /** One STATUS call. */
  readonly status: number;
  /** Waiting for the agent's status write after ADD; 0: not at all. */
  readonly done: number;
}

/**
 * Checks one parsed document and fills in the defaults. InvalidFlag names the field; unknown keys are refused.
 * The document itself is left as it is.
 */
export function parseWeftConfig(document: unknown): WeftConfigSpec {
  const copy: unknown = structuredClone(document);
  const fault = violation(validateWeftConfig, copy) ?? brokenRule((copy as WeftConfig).spec);
  if (fault !== undefined) {
    throw new WeftError('InvalidFlag', {
      step: 'read WeftConfig',
      cause: fault,
      remedy: 'correct the WeftConfig',
    });
  }
  return (copy as WeftConfig).spec;
}

/** What holds where there is no WeftConfig. */
export function defaultWeftConfig(): WeftConfigSpec {
  return parseWeftConfig({ apiVersion: 'weft.dev/v1alpha1', kind: 'WeftConfig' });
}
