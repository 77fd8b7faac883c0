import { ClusterError } from '../cluster/cluster-error.ts';
import { CommandError, run } from '../cluster/command.ts';
import type { ClusterNode } from '../cluster/node.ts';

/** Where the agent answers on its node's loopback. */
const agentPort = 9464;

/** What the agent of a node answers to a GET. */
export interface AgentAnswer {
  readonly status: number;
  readonly text: string;
}

const script = `
try {
  const answer = await fetch(process.argv[1], { signal: AbortSignal.timeout(3000) });
  process.stdout.write(JSON.stringify({ status: answer.status, text: await answer.text() }));
} catch (error) {
  console.error(String(error.cause ?? error));
  process.exitCode = 1;
}
`;

/** Asks the agent of a node for /healthz, /readyz or /metrics. Rejects with ClusterError when nobody answers. */
export async function askAgent(node: ClusterNode, path: string): Promise<AgentAnswer> {
  // Only the network of the node: its busybox drops the text of an answer that is no 200.
  const enter = ['nsenter', `--net=/proc/${node.pid}/ns/net`];
  const ask = [process.execPath, '--input-type=module', '-e', script, `http://127.0.0.1:${agentPort}${path}`];
  try {
    return JSON.parse(await run([...enter, ...ask], { timeoutMs: 10_000 })) as AgentAnswer;
  } catch (error) {
    const said = error instanceof CommandError ? error.stderr.trim() || error.message : String(error);
    throw new ClusterError(`the agent of ${node.name} does not answer ${path}: ${said}`, { cause: error });
  }
}
