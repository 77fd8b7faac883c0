/**
 * The taint of a node whose agent is away, so that no pod is scheduled where it cannot start. The operator puts it on and
 * takes it off; the scheduler and `kubectl weft nodes` read it. It has no value.
 */
export const agentAwayTaint: { readonly key: string; readonly effect: 'NoSchedule' } = {
  key: 'weft.dev/agent-away',
  effect: 'NoSchedule',
};
