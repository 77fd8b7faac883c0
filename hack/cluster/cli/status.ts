import { ClusterError } from '../cluster-error.ts';
import { type ClusterStatus, clusterStatus, knownClusters } from '../status.ts';
import type { CliCommand } from './command-line.ts';

/** `status`: clusters of this checkout and their nodes. */
export const statusCommand: CliCommand = {
  name: 'status',
  summary: 'Show clusters and their nodes',
  help: `Shows the clusters of this checkout and their nodes.

  status [-n NAME] [-o json]

  -n, --name NAME         only this cluster
  -o, --output json       as JSON: {"clusters": [...]}`,
  options: { name: { type: 'string', short: 'n' }, output: { type: 'string', short: 'o' } },
  words: { least: 0, most: 0 },
  run: async (call) => {
    const output = call.value('output') ?? 'table';
    if (output !== 'table' && output !== 'json') throw new ClusterError(`--output ${output}: must be json`);
    const name = call.value('name');
    const names = name === undefined ? knownClusters() : [name];
    const clusters = await Promise.all(names.map((entry) => clusterStatus(entry)));
    if (output === 'json') console.log(JSON.stringify({ clusters }, null, 2));
    else if (clusters.length === 0) console.log('no clusters; make one: make cluster-up');
    else console.log(clusters.map(describeStatus).join('\n\n'));
    return 0;
  },
};

/** A cluster as people read it. */
export function describeStatus(status: ClusterStatus): string {
  const rows = [
    ['NODE', 'RUNNING', 'READY', 'ADDRESS', 'PODS', 'PID'],
    ...status.nodes.map((node) => [
      node.name,
      node.running ? 'yes' : 'no',
      node.ready ?? 'unknown',
      node.address,
      node.podCidr,
      node.pid === undefined ? '-' : String(node.pid),
    ]),
  ];
  return [
    `cluster ${status.name} (${status.id}): ${status.state}`,
    `  API server  ${status.server}${status.apiReady ? '' : ' (does not answer)'}`,
    `  kubeconfig  ${status.kubeconfig}`,
    ...table(rows).map((line) => `  ${line}`),
  ].join('\n');
}

/** Columns as wide as their widest cell. */
export function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
