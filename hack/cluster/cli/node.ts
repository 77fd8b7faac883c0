import { Cluster } from '../cluster.ts';
import { ClusterError } from '../cluster-error.ts';
import type { ClusterNode } from '../node.ts';
import { type CliCommand, nameOption } from './command-line.ts';

const actions: Readonly<Record<string, (node: ClusterNode) => Promise<void>>> = {
  stop: (node) => node.stop(),
  kill: (node) => node.kill(),
  start: (node) => node.start(),
  reboot: (node) => node.reboot(),
};

/** `node`: what happens to the nodes of a running cluster. */
export const nodeCommand: CliCommand = {
  name: 'node',
  summary: 'Add, stop, kill, start or reboot a node',
  help: `Adds a node to a running cluster, or stops, kills, starts or reboots one.

  node add [-n NAME]
  node stop|kill|start|reboot NODE [-n NAME]

  stop                    orderly: processes get SIGTERM and 5 s
  kill                    a power cut
  start                   boots it; returns when its kubelet answers
  reboot                  kill and start
  -n, --name NAME         name of the cluster (default: dev)`,
  options: nameOption,
  words: { least: 1, most: 2 },
  run: async (call) => {
    const [action = '', name] = call.words;
    const act = actions[action];
    if (action !== 'add' && act === undefined)
      throw new ClusterError(`unknown action "${action}"; see: node --help`);
    if ((action === 'add') !== (name === undefined))
      throw new ClusterError('wrong number of words; see: node --help');
    const cluster = await Cluster.open(call.value('name') ?? '');
    const started = performance.now();
    let node: ClusterNode;
    if (act === undefined || name === undefined) {
      node = await cluster.addNode();
    } else {
      node = cluster.node(name);
      await act(node);
    }
    cluster.close();
    console.log(`${node.name}: ${action} took ${((performance.now() - started) / 1000).toFixed(1)} s`);
    return 0;
  },
};
