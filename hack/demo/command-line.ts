import { parseArgs } from 'node:util';
import { ClusterError } from '../cluster/cluster-error.ts';

/** How `node hack/demo/main.ts` was called. */
export interface DemoOptions {
  readonly help: boolean;
  /** Name of its cluster. */
  readonly name: string;
  /** Remove the cluster at the end, also after a failure. */
  readonly down: boolean;
}

/** Name of the demo's cluster unless another one is given. Whatever stands under this name is the demo's to remove. */
export const defaultClusterName = 'demo';

export const helpText: string = `weft at work on a real Kubernetes that this makes on this machine, without Docker (root).

  make demo
  node hack/demo/main.ts [--name=NAME] [--down]

It builds what is missing, makes a cluster of two nodes, puts weft on it, makes two networks and three pods, lets them
reach each other, and deletes them while weft's agents are away. Each line with a tick was checked; the first that is
not true ends it with exit status 1, with what was expected, what was seen, and where to look.

  --name=NAME   its cluster (default: ${defaultClusterName}). One of that default name is removed first; under another
                name a cluster that stands is refused
  --down        remove the cluster at the end. Without it the cluster stays, to be looked at;
                \`make cluster-down NAME=${defaultClusterName}\` removes it, also after Ctrl-C and kill -9
  --help        this text
`;

/** Throws ClusterError on a mistake. */
export function parseCommandLine(argv: readonly string[]): DemoOptions {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        name: { type: 'string', default: defaultClusterName },
        down: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    return values;
  } catch (error) {
    const [told = ''] = (error as Error).message.split('. ', 1);
    throw new ClusterError(`${told}; see: node hack/demo/main.ts --help`, { cause: error });
  }
}
