import type { CniError } from '../errors/cni-error.ts';
import type { PodRef, Sandbox, Step } from './plan.ts';

/**
 * What is attached to one sandbox, or may be. Written before the first delegate runs; the only source for DEL, CHECK,
 * GC, status and metrics (DESIGN §3.3).
 *
 * Core fields, whose meaning never changes in any format: `format`, `sequence`, `bootId`, `sandbox`, `cniArgs`,
 * `cniPath`, and of each step `step` with `kind`, `network`, `networkName`, `ifname`, `cniVersion`, `plugins`, and
 * `state` and `result`. A reader that meets a newer format tears down from these alone.
 */
export interface AttachmentRecord {
  /** Format of the record. */
  readonly format: number;
  /** Grows by one with each write; of two copies the higher one counts. */
  readonly sequence: number;
  /** Version of the weft that wrote it. */
  readonly weft: string;
  /** The boot during which it was written; in any other boot the sandbox is gone. */
  readonly bootId: string;
  readonly sandbox: Sandbox;
  readonly pod?: PodRef;
  /** CNI_ARGS of the ADD, verbatim. */
  readonly cniArgs: string;
  /** CNI_PATH of the ADD: where the delegates are searched. */
  readonly cniPath: string;
  /** Version of our own configuration, hence of the result to the runtime. */
  readonly cniVersion: string;
  /** Wall clock of ADD, milliseconds. */
  readonly createdAt: number;
  /** As in the plan, same order. Empty: an ADD that was refused before its first delegate. */
  readonly steps: readonly StepRecord[];
  /** Interface names that the sandbox had before ADD; absent once ADD has succeeded, and where it ran nothing. */
  readonly linksBefore?: readonly string[];
  /** Why ADD was refused or failed; absent after success. */
  readonly failure?: CniError;
  /** Present once a DEL failed. */
  readonly teardown?: TeardownTries;
  /**
   * File name of the damaged record that this one stands for. Nobody knows what it held beyond the default network,
   * so it stays until a person has looked at it.
   */
  readonly damaged?: string;
  /** Where device information files were at ADD; absent: defaultDeviceInfoDir. */
  readonly deviceInfoDir?: string;
  /** Files of libcni or Multus that stood for the sandbox before this record, and end with it. Absolute paths. */
  readonly sources?: readonly string[];
}

/**
 * - `pending`: nothing of it exists: not begun, or undone completely.
 * - `running`: begun; anything may exist.
 * - `attached`: its result is known.
 * - `deleting`: its undo has begun; anything may still exist.
 * - `leftover`: its undo failed for good; weft tries again from time to time.
 */
export type StepState = 'pending' | 'running' | 'attached' | 'deleting' | 'leftover';

export interface StepRecord {
  readonly step: Step;
  readonly state: StepState;
  /** Final result of the chain, in the chain's version, as text. Only for delegates that succeeded. */
  readonly result?: string;
  /** What is known about its device, as the file said it after ADD (device-info.ts); absent where there was none. */
  readonly deviceInfo?: string;
  /** What ADD met that is no reason to fail, in plain sentences. */
  readonly warnings?: readonly string[];
  /**
   * CNI_ARGS of this attachment alone, where another runtime of delegates made it and gave each its own; absent: the
   * record's.
   */
  readonly cniArgs?: string;
  /** What a default-route step changed. */
  readonly routes?: RouteEdit;
  /** Why the step, or its undo, failed last. */
  readonly error?: CniError;
  /** Milliseconds the step took. */
  readonly tookMs?: number;
  /**
   * How many of the chain's plugins ADD has run, from the first on; absent where all, or where it is not known. An undo
   * need not reach those behind.
   */
  readonly begun?: number;
  /** The delegate that runs now; journal only, never in a durable copy that was written at rest. */
  readonly process?: ProcessRef;
}

/** A process group as the journal remembers it. */
export interface ProcessRef {
  /** Process id of its leader, which is the group's id. */
  readonly pgid: number;
  /** Start of the leader in clock ticks since boot, as /proc/PID/stat has it. */
  readonly startTicks: string;
}

export interface RouteEdit {
  readonly removed: readonly RecordedRoute[];
  readonly added: readonly RecordedRoute[];
}

export interface RecordedRoute {
  readonly family: 4 | 6;
  readonly ifname: string;
  /** '' for a route without gateway. */
  readonly gateway: string;
  readonly priority: number;
}

export interface TeardownTries {
  /** Failed DEL calls of the runtime so far. */
  readonly calls: number;
  /** Wall clock of the first, milliseconds. */
  readonly firstAt: number;
  /** For a leftover: failed tries of our own since, and when the next is due; 0 while it is none. */
  readonly retries: number;
  readonly nextAt: number;
}

/** The format that this version writes. */
export const recordFormat = 1;
