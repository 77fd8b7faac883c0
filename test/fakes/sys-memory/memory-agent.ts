import type { Plan } from '../../../src/attachment/plan.ts';

/** A frame as the plugin sent it. */
export type SentFrame = Readonly<Record<string, unknown>>;

/** Sends a frame, or an exact line, after so many milliseconds; `undefined` closes the connection. */
export type Reply = (frame: Readonly<Record<string, unknown>> | string | undefined, afterMs?: number) => void;

/** An agent behind MemorySys's sockets. */
export interface MemoryAgent {
  /** Frames received, in order. */
  readonly received: SentFrame[];
  /** Called for each. */
  readonly script: (frame: SentFrame, reply: Reply) => void;
}

/** Answers every request with the plan and every outcome of an ADD with `done`. */
export function agentWith(plan: Plan): MemoryAgent {
  return {
    received: [],
    script: (frame, reply) => {
      if (frame['type'] === 'request') reply({ type: 'plan', plan, requires: [] });
      else if (frame['verb'] === 'ADD') reply({ type: 'done' });
    },
  };
}
