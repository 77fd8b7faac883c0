import { Command, InvalidArgumentError, Option } from 'commander';
import { WeftError } from '../../errors/weft-error.ts';
import { processClock } from '../process-clock.ts';
import { withProgress } from '../progress.ts';
import { requestTimeoutOption } from '../request-timeout.ts';
import type { Terminal } from '../terminal.ts';
import { writeOutputFile } from '../write-output-file.ts';
import type { ImportedDocument } from './documents.ts';
import { fileSources, neighbourNames } from './file-sources.ts';
import type { FirstDelegate } from './import-context.ts';
import { importMultus, isUnsupported, type MultusImport, namedNetworks } from './import-multus.ts';
import { combined, type Source } from './read-source.ts';
import { keysOf, reportJson, reportSummary, reportTable } from './report.ts';

/** The command line of `kubectl weft import multus`. */
interface ImportOptions {
  readonly filename?: readonly string[];
  readonly output: 'yaml' | 'json';
  readonly outputFile?: string;
  readonly dryRun: 'none' | 'client' | 'server';
  readonly allowUnsupported: boolean;
  readonly defaultNetwork?: string;
  readonly firstDelegate?: FirstDelegate;
  readonly namespace: string;
  readonly daemonset: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  /** Milliseconds. */
  readonly requestTimeout: number;
}

const examples = `
Examples:
  # What becomes of the Multus of this cluster; nothing is written
  kubectl weft import multus --dry-run

  # The same, and whether the API server would take it
  kubectl weft import multus --dry-run=server

  # From files of a node
  kubectl weft import multus -f /etc/cni/net.d/00-multus.conf -f daemon-config.json

  # From Multus's manifests, into a file
  kubectl weft import multus -f multus-daemonset-thick.yml --output-file weft-config.yaml
`;

const notes = `
Standard output has the objects, standard error a line for every key of the configuration. Nothing in the cluster is
changed. Exit status: 0; 1 if a key is not supported or the API server failed; 2 if the input cannot be used.
`;

/** `import multus`, which ends by WeftError where it cannot do what it is told. */
export function importMultusCommand(terminal: Terminal): Command {
  return new Command('multus')
    .summary('turn a Multus configuration into a WeftConfig')
    .description(
      'Read the configuration of Multus, from the cluster or from files, and print the WeftConfig that does the same, ' +
        'with a report of what every key becomes.',
    )
    .usage('[-f FILE]... [options]')
    .option(
      '-f, --filename <file>',
      '00-multus.conf, daemon-config.json or manifests of Multus; "-" is standard input; may be repeated',
      (file: string, before: readonly string[] | undefined) => [...(before ?? []), file],
    )
    .addOption(
      new Option('-o, --output <format>', 'form of the objects').choices(['yaml', 'json']).default('yaml'),
    )
    .option('--output-file <file>', 'write the objects to this file instead of standard output')
    .addOption(
      new Option('--dry-run [mode]', 'print the report only; "server": ask the API server too')
        .choices(['none', 'client', 'server'])
        .preset('client')
        .default('none'),
    )
    .option('--allow-unsupported', 'go on where a key is not supported or not known', false)
    .addOption(
      new Option(
        '--default-network <ref>',
        "WeftConfig's defaultNetwork: NAME, NAMESPACE/NAME or a path",
      ).argParser(filled),
    )
    .addOption(
      new Option(
        '--first-delegate <form>',
        'the default network written out in Multus\'s configuration: "network" makes a NetworkAttachmentDefinition, ' +
          '"file" names a file that the nodes have',
      ).choices(['network', 'file']),
    )
    .option('-n, --namespace <namespace>', "namespace of Multus's DaemonSet", 'kube-system')
    .option('--daemonset <name>', "name of Multus's DaemonSet", 'kube-multus-ds')
    .option('--kubeconfig <file>', 'kubeconfig, as kubectl takes it')
    .option('--context <name>', 'context of the kubeconfig')
    .addOption(requestTimeoutOption())
    .addHelpText('after', `${examples}${notes}`)
    .action((options: ImportOptions) => runImport(options, terminal));
}

/** Reads, says what becomes of it, and hands out what was asked for. */
async function runImport(options: ImportOptions, terminal: Terminal): Promise<void> {
  const files = options.filename ?? [];
  const source: ReadMultus =
    files.length > 0 ? combined(await fileSources(files, terminal)) : await fromCluster(options, terminal);
  const result = importMultus(source, {
    mounts: source.mounts,
    networks: source.networks,
    neighbours: neighbourNames(files),
    firstDelegate: options.firstDelegate,
    defaultNetwork: options.defaultNetwork,
  });
  const isDry = options.dryRun !== 'none';
  if (!isDry) terminal.err(reportTable(result));
  else if (options.output === 'json') terminal.out(`${JSON.stringify(reportJson(result), null, 2)}\n`);
  else terminal.out(reportTable(result));
  for (const line of reportSummary(result)) terminal.err(`${line}\n`);
  refuseUnsupported(result, options);
  if (options.dryRun === 'server') await askServer(options, terminal, result.documents);
  if (isDry) return;
  const text = await documentText(result.documents, options.output);
  if (options.outputFile === undefined) terminal.out(text);
  else writeOutputFile(options.outputFile, text);
}

/** Nothing is handed out then: whoever pipes it into kubectl would not see the status. */
function refuseUnsupported({ rows }: MultusImport, { allowUnsupported }: ImportOptions): void {
  const lost = rows.filter(isUnsupported);
  if (lost.length === 0 || allowUnsupported) return;
  throw new WeftError('MultusConfigUnsupported', {
    step: 'import multus',
    cause: `weft cannot do the same: ${keysOf(lost)}`,
  });
}

async function documentText(documents: readonly ImportedDocument[], form: 'yaml' | 'json'): Promise<string> {
  if (form === 'yaml') return (await import('../yaml-documents.ts')).yamlText(documents);
  const [only, ...others] = documents;
  const document = others.length === 0 ? only : { apiVersion: 'v1', kind: 'List', items: documents };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** Multus's configuration, and, where a cluster was asked, which of the networks that it names there are. */
interface ReadMultus extends Source {
  readonly networks?: ReadonlySet<string>;
}

async function fromCluster(options: ImportOptions, terminal: Terminal): Promise<ReadMultus> {
  const { openCluster } = await import('../cluster.ts');
  const { clusterSource, existingNetworks } = await import('./cluster-source.ts');
  const cluster = await openCluster({ ...options, env: terminal.env }, options.requestTimeout);
  const read = async (): Promise<ReadMultus> => {
    const source = await clusterSource(cluster.reader, {
      namespace: options.namespace,
      daemonSet: options.daemonset,
    });
    return { ...source, networks: await existingNetworks(cluster.reader, namedNetworks(source)) };
  };
  try {
    const what = `Reading Multus from ${cluster.transport.server}`;
    return await withProgress(terminal, processClock, what, read());
  } finally {
    cluster.transport.close();
  }
}

async function askServer(
  options: ImportOptions,
  terminal: Terminal,
  documents: readonly ImportedDocument[],
): Promise<void> {
  const { openCluster } = await import('../cluster.ts');
  const { checkOnServer } = await import('./server-check.ts');
  const { transport } = await openCluster({ ...options, env: terminal.env }, options.requestTimeout);
  try {
    for (const document of documents) {
      const asking = checkOnServer(transport, processClock, document, options.requestTimeout);
      terminal.err(`${await withProgress(terminal, processClock, `Asking ${transport.server}`, asking)}\n`);
    }
  } finally {
    transport.close();
  }
}

function filled(text: string): string {
  if (text !== '') return text;
  throw new InvalidArgumentError('It must not be empty.');
}
