import { apiReasons } from './api-reasons.ts';
import { cliReasons } from './cli-reasons.ts';
import { requestReasons } from './request-reasons.ts';

/**
 * Every reason for which weft refuses or fails, as one table. docs/errors.md is generated from it.
 *
 * A reason's name is stable: users match on it, so a row is never renamed and its meaning never changes.
 */

/**
 * What the caller may do with the same request.
 * `never`: it fails again until somebody changes something. `later`: the cause may pass by itself.
 */
export type RetryClass = 'never' | 'later';

/** One row of the table. */
export interface ReasonEntry {
  /** CNI error code (CNI spec, section 5). 100 and above are weft's own. */
  readonly code: number;
  readonly retry: RetryClass;
  /** What happened, one plain sentence without a full stop. Used in docs/errors.md. */
  readonly summary: string;
  /** What the reader should do. Ends the message unless the thrower gives a better one. */
  readonly remedy: string;
}

const ownReasons = {
  // — what the runtime handed over —
  IncompatibleVersion: {
    code: 1,
    retry: 'never',
    summary:
      'a configuration asks for a CNI version, or a verb, that this version of weft or the plugin does not speak',
    remedy: 'set "cniVersion" to a supported version',
  },
  UnsupportedField: {
    code: 2,
    retry: 'never',
    summary: "weft's own configuration has a key by which Multus chooses networks, and weft does not",
    remedy: 'remove the key; WeftConfig and annotations choose networks',
  },
  InvalidEnvironment: {
    code: 4,
    retry: 'never',
    summary: 'a CNI_ variable is missing or malformed',
    remedy: 'check the runtime that calls the plugin',
  },
  InvalidNetns: {
    code: 8,
    retry: 'never',
    summary: "CNI_NETNS is the host's own network namespace, or cannot be entered",
    remedy: 'check the runtime that calls the plugin',
  },
  ReadFailed: {
    code: 5,
    retry: 'later',
    summary: 'reading the configuration from standard input failed',
    remedy: 'check the runtime that calls the plugin',
  },
  InvalidJson: {
    code: 6,
    retry: 'never',
    summary: 'a text that must be JSON is not, is not UTF-8, or is nested too deeply',
    remedy: 'correct the JSON text',
  },
  InvalidConfig: {
    code: 7,
    retry: 'never',
    summary: "weft's own configuration is well-formed but wrong",
    remedy: 'let weft-agent write the configuration again, or correct it',
  },

  // — agent and wire —
  AgentUnreachable: {
    code: 11,
    retry: 'later',
    summary: 'the agent does not listen on its socket',
    remedy: 'check that weft-agent runs on this node',
  },
  AgentPresent: {
    code: 4,
    retry: 'never',
    summary:
      'the agent is still there and would attach new pods, while the node is being left to another plugin',
    remedy: 'take the agents off the cluster first: kubectl delete -k config/default',
  },
  AgentTimeout: {
    code: 11,
    retry: 'later',
    summary: 'the agent did not answer in time',
    remedy: "look into weft-agent's log on this node",
  },
  AgentProtocol: {
    code: 11,
    retry: 'later',
    summary: 'the agent and the plugin do not understand each other',
    remedy: 'bring weft and weft-agent on this node to the same version',
  },
  AgentStopping: {
    code: 11,
    retry: 'later',
    summary: 'the agent is stopping',
    remedy: 'wait until the new agent is up',
  },
  PlanRefused: {
    code: 7,
    retry: 'never',
    summary: "the agent's plan does not fit this request, so nothing of it was run",
    remedy: 'check who may write to the agent socket, and report this',
  },

  // — on the host —
  InterfaceTaken: {
    code: 7,
    retry: 'never',
    summary: 'an interface of the wanted name is in the sandbox already',
    remedy: 'ask for another interface name or remove the one that is there',
  },
  PluginMissing: {
    code: 7,
    retry: 'later',
    summary: "a network's CNI plugin is not installed on the node",
    remedy: 'install the plugin on the node or correct "type"',
  },
  PluginNotRunnable: {
    code: 5,
    retry: 'later',
    summary: 'a CNI plugin could not be started',
    remedy: 'check the file, its mode and its architecture',
  },
  DelegateFailed: {
    code: 100,
    retry: 'later',
    summary: "a network's CNI plugin refused; weft's error carries the plugin's own code",
    remedy: 'follow what the plugin says',
  },
  DelegateTimeout: {
    code: 11,
    retry: 'later',
    summary: 'a CNI plugin did not end in time and was killed',
    remedy: 'look at what the plugin waits for',
  },
  DelegateOutput: {
    code: 6,
    retry: 'never',
    summary: 'a CNI plugin succeeded but printed no usable result',
    remedy: 'check the plugin and its version',
  },
  DefaultRouteFailed: {
    code: 101,
    retry: 'later',
    summary: 'the default route could not be moved to the requested attachment',
    remedy: 'check that the requested gateway is reachable over that interface',
  },
  AttachmentExists: {
    code: 7,
    retry: 'never',
    summary: 'the sandbox has live attachments already',
    remedy: 'DEL the sandbox before adding it again',
  },
  SandboxBusy: {
    code: 11,
    retry: 'later',
    summary: 'another operation on the same sandbox did not end in time',
    remedy: 'wait; the runtime tries again',
  },
  StateUnwritable: {
    code: 5,
    retry: 'later',
    summary: "weft's state directory cannot be written, so nothing was attached",
    remedy: 'free space on the disk or make the directory writable',
  },
  StateUnreadable: {
    code: 5,
    retry: 'later',
    summary: "weft's state directory cannot be read",
    remedy: 'repair the file system or the permissions of the directory',
  },
  TeardownFailed: {
    code: 102,
    retry: 'later',
    summary: 'part of the sandbox could not be torn down; the runtime will call again',
    remedy: 'follow what the plugin says; weft keeps what it needs to try again',
  },
  CheckFailed: {
    code: 103,
    retry: 'later',
    summary: 'an attachment is no longer what ADD made',
    remedy: 'delete the pod so that it is attached anew',
  },
  GcIncomplete: {
    code: 104,
    retry: 'later',
    summary:
      'GC could not remove everything that is stale; details name each failure, and everything else was done',
    remedy: 'follow what the plugins say; the next GC tries again',
  },
  NotAttached: {
    code: 3,
    retry: 'never',
    summary: 'CHECK was called for a sandbox that weft does not know',
    remedy: 'nothing needs to be cleaned up',
  },

  // — the agent itself —
  InvalidFlag: {
    code: 7,
    retry: 'never',
    summary: 'a flag, its environment variable or the configuration file has a value that cannot be used',
    remedy: 'see --help',
  },
  InstallFailed: {
    code: 5,
    retry: 'later',
    summary: 'the plugin, its configuration or node.json could not be written to the host',
    remedy: 'check the mount, its permissions and the free space',
  },
  Internal: {
    code: 999,
    retry: 'later',
    summary: 'weft met a condition that it does not know',
    remedy: 'report this',
  },
} as const;

export const reasons: typeof ownReasons & typeof requestReasons & typeof apiReasons & typeof cliReasons = {
  ...ownReasons,
  ...requestReasons,
  ...apiReasons,
  ...cliReasons,
};

/** The stable name of a reason, as users see it in `details`. */
export type Reason = keyof typeof reasons;
