import { networkStatusOf } from '../attachment/network-status.ts';
import { WeftError } from '../errors/weft-error.ts';
import { listSandboxes, type SandboxView } from '../executor/sandbox-list.ts';
import type { Host } from './host.ts';
import { type InspectOptions, parseInspectOptions } from './inspect-options.ts';
import { formatTable } from './inspect-table.ts';

/** `weft inspect`: the records of this node, for a person or, with `-o json`, for a script. Returns the exit status. */
export function inspect(host: Host, args: readonly string[]): number {
  const options = parseInspectOptions(args);
  const views = listSandboxes(host.sys, options).filter((view) => isWanted(view, options));
  if (views.length === 0 && options.sandbox !== undefined) {
    const cause = `no record matches "${options.sandbox.slice(0, 80)}"`;
    throw new WeftError('NotAttached', {
      step: 'weft inspect',
      cause,
      remedy: 'weft inspect without a name lists all',
    });
  }
  if (options.output === 'json') host.stdout(`${JSON.stringify(views.map(documentOf), null, 2)}\n`);
  else if (views.length === 0) host.stderr('No sandbox is attached on this node.\n');
  else host.stdout(formatTable(views, host.sys.wallMs()));
  return 0;
}

function isWanted(view: SandboxView, options: InspectOptions): boolean {
  if (options.sandbox === undefined) return true;
  if (view.kind === 'damaged') return view.file.startsWith(options.sandbox);
  const { sandbox, pod } = view.record;
  return (
    sandbox.containerId.startsWith(options.sandbox) || `${pod?.namespace}/${pod?.name}` === options.sandbox
  );
}

/** The record as it is, and the network-status that follows from it. A damaged one is shown as such. */
function documentOf(view: SandboxView): object {
  if (view.kind === 'damaged') return { damaged: view.file, damage: view.damage };
  return { ...view.record, networkStatus: networkStatusOf(view.record) };
}
