import { sleep } from '../harness/run.ts';

/** Between two attempts, milliseconds. Most ask kubectl, which costs a tenth of a second of the processor. */
const firstPauseMs = 100;
const longestPauseMs = 1_000;

/**
 * Repeats `attempt` until it does not throw, and returns its value; after `timeoutMs` it throws the last error. For
 * what Kubernetes makes true by and by: endpoints, rules, names.
 */
export async function eventually<T>(what: string, timeoutMs: number, attempt: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 1.5, longestPauseMs)) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > deadline) {
        throw new Error(`${what}: not within ${timeoutMs} ms`, { cause: error });
      }
    }
    await sleep(pauseMs);
  }
}
