import { Command } from 'commander';
import { WeftError } from '../../errors/weft-error.ts';
import { optionalList } from '../cluster-reads.ts';
import { podResource, weftNodeResource } from '../kinds.ts';
import { reportedNode } from '../nodes/node-view.ts';
import { documentText } from '../print-views.ts';
import type { Terminal } from '../terminal.ts';
import { weftVersion } from '../version.ts';
import { readCluster } from '../view-command.ts';
import { type ClusterOptions, withClusterOptions } from '../view-options.ts';
import { operatorVersion, type VersionView, versionText, versionView } from './version-view.ts';

/** The command line of `kubectl weft version`. */
interface VersionOptions extends ClusterOptions {
  readonly client: boolean;
  readonly namespace: string;
}

const operatorPods = 'app.kubernetes.io/name=weft,app.kubernetes.io/component=operator';

const notes = `
Examples:
  # Of this program, the operator and the agents, and whether they go together
  kubectl weft version

  # Of this program alone; no cluster is asked
  kubectl weft version --client

Client, operator and agents may be one minor version apart, and agents among each other too, so that nodes can be upgraded
one by one. The operator's version is the tag of its image; one that is no version is not judged.
Exit status: 0; 1 if versions are too far apart, or the API server failed; 2 if the command line or the kubeconfig cannot
be used.
`;

/** `version`, which ends by WeftError where versions do not go together. */
export function versionCommand(terminal: Terminal): Command {
  return withClusterOptions(
    new Command('version')
      .summary('print the versions of this program, the operator and the agents')
      .description(
        'Print the versions of this program, the operator and the agents, and whether they go together.',
      )
      .option('--client', 'only that of this program, without asking a cluster', false)
      .option('-n, --namespace <namespace>', 'namespace of the operator', 'weft-system'),
    ['table', 'json', 'yaml'],
  )
    .addHelpText('after', notes)
    .action((options: VersionOptions) => runVersion(options, terminal));
}

async function runVersion(options: VersionOptions, terminal: Terminal): Promise<void> {
  const view: Pick<VersionView, 'client'> | VersionView = options.client
    ? { client: weftVersion }
    : await readVersions(options, terminal);
  const { output } = options;
  if (output === 'json' || output === 'yaml') terminal.out(await documentText(view, output));
  else terminal.out('skew' in view ? versionText(view) : `Client Version: ${view.client}\n`);
  const [first, ...others] = 'skew' in view ? view.skew : [];
  if (first === undefined) return;
  for (const complaint of others) terminal.err(`${complaint}\n`);
  throw new WeftError('VersionSkew', { step: 'compare versions', cause: first });
}

function readVersions(options: VersionOptions, terminal: Terminal): Promise<VersionView> {
  return readCluster(options, terminal, 'versions', async (cluster) => {
    const reads = { cluster, terminal };
    const { namespace } = options;
    const pods = { resource: podResource, namespace, labelSelector: operatorPods };
    const operators = await optionalList(reads, pods, operatorVersion, "the operator's version is not known");
    const nodes = { resource: weftNodeResource };
    const agents = await optionalList(reads, nodes, reportedNode, "the agents' versions are not known");
    return versionView(
      weftVersion,
      operators?.map(({ version }) => version),
      agents?.map(({ status }) => status?.version ?? 'unknown'),
    );
  });
}
