import { Cluster } from '../cluster.ts';
import { type CliCommand, nameOption } from './command-line.ts';

/** `down`: removes a cluster. */
export const downCommand: CliCommand = {
  name: 'down',
  summary: 'End a cluster and remove everything of it',
  help: `Ends a cluster and removes everything of it, also what a killed \`up\` left. Succeeds if there is nothing.

  down [-n NAME]

  -n, --name NAME         name of the cluster (default: dev)`,
  options: nameOption,
  words: { least: 0, most: 0 },
  run: async (call) => {
    const name = call.value('name') ?? '';
    const started = performance.now();
    const removed = await Cluster.remove(name, (line) => console.log(line));
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(removed ? `cluster ${name} is gone after ${seconds} s` : `there is no cluster ${name}`);
    return 0;
  },
};
