import { agentAwayTaint } from '../../api/agent-away-taint.ts';
import { parseWeftNode, type WeftNodeStatus } from '../../api/weft-node.ts';
import { isObject } from '../../cni/json.ts';
import { asWeftError } from '../../errors/weft-error.ts';
import type { RawObject } from '../../kube/raw-object.ts';

/** What weft is and has on a node. */
export interface NodeView {
  readonly name: string;
  /** RFC 3339; of the node, or where it is not known of its WeftNode. */
  readonly created: string;
  /** Of the agent; '': it has not reported. */
  readonly version: string;
  /** The CNI name; '': there is none. */
  readonly defaultNetwork: string;
  /** `True`, `False`; '': the agent has not reported. */
  readonly ready: string;
  readonly reason: string;
  readonly message: string;
  /** As the agent has written it; absent: it has not. */
  readonly status?: WeftNodeStatus;
}

/** A Node, cut down. */
export interface ListedNode {
  readonly name: string;
  readonly created: string;
  /** The operator says that its agent is away. */
  readonly away: boolean;
}

/** A WeftNode, or why it cannot be read. */
export interface ReportedNode {
  readonly name: string;
  readonly created: string;
  readonly status?: WeftNodeStatus;
  readonly fault?: string;
}

/** Never throws. */
export function listedNode({ metadata, spec }: RawObject): ListedNode {
  const taints =
    isObject(spec) && Array.isArray(spec['taints']) ? (spec['taints'] as readonly unknown[]) : [];
  const away = taints.some((taint) => isObject(taint) && taint['key'] === agentAwayTaint.key);
  return { name: metadata.name, created: textOf(metadata['creationTimestamp']), away };
}

/** Never throws. */
export function reportedNode(object: RawObject): ReportedNode {
  const { name, creationTimestamp } = object.metadata;
  const known = { name, created: textOf(creationTimestamp) };
  try {
    const { status } = parseWeftNode(object);
    return { ...known, ...(status && { status }) };
  } catch (error) {
    return { ...known, fault: asWeftError(error).failure.cause };
  }
}

/**
 * A view for each node and for each WeftNode without one, by name. `nodes` undefined: they may not be read, so that nodes
 * without an agent are not shown.
 */
export function nodeViews(
  nodes: readonly ListedNode[] | undefined,
  reports: readonly ReportedNode[],
): readonly NodeView[] {
  const byName = new Map(reports.map((report) => [report.name, report]));
  const known = (nodes ?? []).map((node) => nodeView(byName.get(node.name), node));
  const names = new Set(known.map(({ name }) => name));
  const others = reports.filter(({ name }) => !names.has(name)).map((report) => nodeView(report, undefined));
  return [...known, ...others].sort((left, right) => (left.name < right.name ? -1 : 1));
}

function nodeView(report: ReportedNode | undefined, node: ListedNode | undefined): NodeView {
  const { status } = report ?? {};
  return {
    name: node?.name ?? report?.name ?? '',
    created: node?.created ?? report?.created ?? '',
    version: status?.version ?? '',
    defaultNetwork: status?.defaultNetwork?.name ?? '',
    ...readiness(report, node),
    ...(status && { status }),
  };
}

/** What the agent said last is of no worth where it is away. */
function readiness(
  report: ReportedNode | undefined,
  node: ListedNode | undefined,
): Pick<NodeView, 'ready' | 'reason' | 'message'> {
  if (node?.away === true) {
    const message = `the node has the taint ${agentAwayTaint.key}; look at the agent there`;
    return { ready: 'Unknown', reason: 'AgentAway', message };
  }
  if (report?.fault !== undefined)
    return { ready: 'Unknown', reason: 'InvalidObject', message: report.fault };
  const conditions = report?.status?.conditions ?? [];
  const ready = conditions.find(({ type }) => type === 'Ready');
  if (ready === undefined) {
    return { ready: '', reason: 'NotReported', message: 'no agent has reported from this node' };
  }
  const degraded = conditions.find(({ type, status }) => type === 'Degraded' && status === 'True');
  // Where pods cannot be attached, that is what counts.
  const shown = ready.status === 'True' && degraded !== undefined ? degraded : ready;
  return { ready: ready.status, reason: shown.reason, message: shown.message };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
