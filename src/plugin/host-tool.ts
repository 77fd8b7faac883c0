import { runtimeVersions } from '../cni/version.ts';
import { asWeftError } from '../errors/weft-error.ts';
import { handover } from './handover.ts';
import type { Host } from './host.ts';
import { inspect } from './inspect.ts';
import { validate } from './validate.ts';

const help = `weft gives a Kubernetes pod several networks. A container runtime calls this program as a CNI plugin.

Usage:
  weft inspect [SANDBOX]   Show what is attached to the sandboxes of this node
  weft validate FILE...    Check whether CNI configurations can be used on this node
  weft handover multus     Leave the running pods of this node to Multus, on the way back to it
  weft version             Print the version

SANDBOX is the beginning of a container ID, or NAMESPACE/POD.

Options of inspect:
  -o, --output FORMAT   table (the default) or json
      --state-dir DIR   where records survive a reboot (default /var/lib/weft)
      --run-dir DIR     where their second copies are (default /run/weft)

Options of handover, which are all for directories other than the usual:
      --state-dir DIR, --run-dir DIR   as above
      --multus-dir DIR  Multus's cniDir (default /var/lib/cni/multus)
      --cache-dir DIR   the runtime's libcni cache (default /var/lib/cni)
      --socket PATH     the agent's socket, on which nobody must listen (default /run/weft/agent.sock)
      --force           go on although somebody does

  -h, --help            print this

Options of validate:
      --bin-dir DIRS    where plugins are, divided by colons (default /opt/cni/bin)
`;

/**
 * Without CNI_COMMAND weft is a tool for the person on the node. Called without any argument it is a runtime that
 * probes: identification on stderr, nothing on stdout (CNI-003).
 */
export function hostTool(host: Host): number {
  const [command, ...rest] = host.args;
  if (command === undefined) {
    host.stderr(
      `weft ${host.version}, a CNI plugin; CNI versions ${runtimeVersions.join(', ')}; weft --help says more\n`,
    );
    return 0;
  }
  if (host.args.includes('--help') || host.args.includes('-h') || command === 'help') {
    host.stdout(help);
    return 0;
  }
  if (command === 'version' || command === '--version') {
    host.stdout(`weft ${host.version}\n`);
    return 0;
  }
  if (command === 'inspect') return guarded(host, () => inspect(host, rest));
  if (command === 'validate') return guarded(host, () => validate(host, rest));
  if (command === 'handover') return guarded(host, () => handover(host, rest));
  host.stderr(`error: unknown command "${command}"; weft --help lists them\n`);
  return 2;
}

function guarded(host: Host, action: () => number): number {
  try {
    return action();
  } catch (error) {
    host.stderr(`error: ${asWeftError(error).message}\n`);
    return 1;
  }
}
