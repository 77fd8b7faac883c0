import { Command, Option } from 'commander';
import { WeftError } from '../../errors/weft-error.ts';
import { columns } from '../columns.ts';
import type { Terminal } from '../terminal.ts';
import type { LintRow } from './lint.ts';
import { lintInputs } from './lint-input.ts';

/** The command line of `kubectl weft lint`. */
interface LintOptions {
  readonly output: 'table' | 'json';
  readonly failOn: 'error' | 'warning';
}

const notes = `
Examples:
  # Everything that a pipeline is about to apply
  kubectl weft lint deploy/*.yaml

  # What kustomize makes, as JSON
  kubectl kustomize overlays/prod | kubectl weft lint -o json -

  # A configuration of a node
  kubectl weft lint /etc/cni/net.d/10-bridge.conflist

No cluster is needed, and none is asked. Objects of other kinds are passed over. What the codes mean is in docs/findings.md.
Exit status: 0; 1 if there are errors; 2 if a file cannot be read.
`;

/** `lint`, which ends by WeftError where there are errors, or a file cannot be read. */
export function lintCommand(terminal: Terminal): Command {
  return new Command('lint')
    .summary('check networks and pods in files')
    .description(
      'Check NetworkAttachmentDefinitions, the network annotations of pods and of templates of pods, WeftConfig, and ' +
        'CNI configurations (.conf, .conflist) in files, as the operator does in a cluster.',
    )
    .usage('[options] FILE...')
    .argument('<file...>', 'YAML or JSON, with one or several objects; "-" is standard input')
    .addOption(
      new Option('-o, --output <format>', 'form of the findings').choices(['table', 'json']).default('table'),
    )
    .addOption(
      new Option('--fail-on <severity>', 'the least severity that makes the exit status 1')
        .choices(['error', 'warning'])
        .default('error'),
    )
    .addHelpText('after', notes)
    .action((files: readonly string[], options: LintOptions) => runLint(files, options, terminal));
}

async function runLint(files: readonly string[], options: LintOptions, terminal: Terminal): Promise<void> {
  const inputs = await lintInputs(files, terminal);
  // Loaded now, because the schemas of the plugins are of no use to the other commands.
  const { lint } = await import('./lint.ts');
  const rows = lint(inputs);
  if (options.output === 'json') terminal.out(`${JSON.stringify(rows, null, 2)}\n`);
  else if (rows.length > 0) terminal.out(table(rows));
  terminal.err(`${summary(rows, inputs.length)}\n`);
  const failing = rows.filter(
    ({ severity }) => severity === 'error' || (severity === 'warning' && options.failOn === 'warning'),
  );
  if (failing.length === 0) return;
  throw new WeftError('LintErrors', {
    step: 'lint',
    cause: `${counted(failing.length, 'finding')} of severity ${options.failOn}${options.failOn === 'error' ? '' : ' or worse'}`,
  });
}

function table(rows: readonly LintRow[]): string {
  return columns([
    ['FILE', 'OBJECT', 'SEVERITY', 'CODE', 'PATH', 'MESSAGE'],
    ...rows.map(({ file, object, severity, code, path, message }) => [
      file,
      object,
      severity,
      code,
      path || '.',
      message,
    ]),
  ]);
}

function summary(rows: readonly LintRow[], objects: number): string {
  const count = (wanted: LintRow['severity']): number =>
    rows.filter(({ severity }) => severity === wanted).length;
  const found = [
    counted(count('error'), 'error'),
    counted(count('warning'), 'warning'),
    counted(count('note'), 'note'),
  ];
  return `${counted(objects, 'object')} checked: ${found.join(', ')}`;
}

function counted(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
