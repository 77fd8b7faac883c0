import { type Command, Option } from 'commander';
import { requestTimeoutOption } from './request-timeout.ts';

/** Forms in which a view is printed. */
export type OutputForm = 'table' | 'wide' | 'json' | 'yaml' | 'name';

/** Which cluster a command looks at, and how it prints. */
export interface ClusterOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  /** Milliseconds. */
  readonly requestTimeout: number;
  readonly output: OutputForm;
}

/** Of a command that looks at objects in namespaces. */
export interface NamespacedOptions extends ClusterOptions {
  /** Absent: that of the context. */
  readonly namespace?: string;
  readonly allNamespaces: boolean;
  /** In kubectl's syntax; the API server reads it. */
  readonly selector?: string;
}

/** Adds the options of ClusterOptions. */
export function withClusterOptions(command: Command, forms: readonly OutputForm[]): Command {
  return command
    .addOption(
      new Option('-o, --output <format>', 'form of the output')
        .choices(forms)
        .default('table', 'a table for people'),
    )
    .option('--kubeconfig <file>', 'kubeconfig, as kubectl takes it')
    .option('--context <name>', 'context of the kubeconfig')
    .addOption(requestTimeoutOption());
}

/** Adds the options of NamespacedOptions. */
export function withNamespaceOptions(command: Command): Command {
  return withClusterOptions(
    command
      .option('-n, --namespace <namespace>', 'namespace to look at; default: that of the context')
      .option('-A, --all-namespaces', 'look at all namespaces', false)
      .option('-l, --selector <selector>', 'only objects with these labels, such as app=web,tier!=db'),
    ['table', 'wide', 'json', 'yaml', 'name'],
  );
}
