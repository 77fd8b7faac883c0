import type { Plan } from '../attachment/plan.ts';
import type { AttachmentRecord } from '../attachment/record.ts';
import type { CniError } from '../errors/cni-error.ts';

/** Version of the frames. A breaking change raises it (DESIGN §3.1). */
export const wireVersion = 1;

/** Longest frame in bytes, its line feed included. */
export const maxFrameBytes: number = 4 * 1024 * 1024;

/** What every frame carries. */
export interface FrameHead {
  readonly v: number;
  /** The conversation; `cni` is the only one so far. */
  readonly op: 'cni';
  /** Version of the sender, for messages and logs. */
  readonly sender: string;
}

/** Plugin to agent: asks for a plan. Only ADD asks. */
export interface RequestFrame extends FrameHead {
  readonly type: 'request';
  /** DEL: what another runtime of delegates attached is to be undone, and its files are lost (DESIGN §3.4). */
  readonly verb: 'ADD' | 'DEL';
  /** The CNI_ variables as the runtime set them. */
  readonly env: Readonly<Record<string, string>>;
  /** The configuration from standard input, as text. */
  readonly stdin: string;
  /** What this plugin can do beyond version 1's core. */
  readonly features: readonly string[];
}

/** Agent to plugin, once a second, while it holds the plan back. The plan's time starts again with each. */
export interface HeldFrame extends FrameHead {
  readonly type: 'held';
}

/** Agent to plugin: run this. */
export interface PlanFrame extends FrameHead {
  readonly type: 'plan';
  readonly plan: Plan;
  /** Features without which the plan must not be run. */
  readonly requires: readonly string[];
}

/** Agent to plugin: there will be no plan. */
export interface RefuseFrame extends FrameHead {
  readonly type: 'refuse';
  readonly cniError: CniError;
}

/** Plugin to agent: what became of it. After an ADD the plugin waits for `done`, after a DEL it does not. */
export interface OutcomeFrame extends FrameHead {
  readonly type: 'outcome';
  readonly verb: 'ADD' | 'DEL';
  /** The record's final body. */
  readonly record: AttachmentRecord;
  /** True if the verb succeeds towards the runtime. */
  readonly ok: boolean;
  /** Milliseconds by phase: lock, plan, record, steps … For the agent's log line. */
  readonly ms: Readonly<Record<string, number>>;
}

/** Agent to plugin: the status is written. */
export interface DoneFrame extends FrameHead {
  readonly type: 'done';
}

export type PluginFrame = RequestFrame | OutcomeFrame;
export type AgentFrame = HeldFrame | PlanFrame | RefuseFrame | DoneFrame;
export type Frame = PluginFrame | AgentFrame;
