import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { takeSnapshot } from '../../harness/auditor.ts';

/**
 * What bears the mark of an engine of our own (its directory) or of its container (the id): processes, which hold its
 * namespaces, mounts, control groups. Not a comparison of the whole machine, on which others work meanwhile.
 */
export function marked(dir: string, containerId: string): readonly string[] {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  return [
    ...takeSnapshot({ netns: [], dirs: {}, processMarkers: [dir, containerId] }).lines,
    ...mounts
      .filter((line) => line.includes(dir) || line.includes(containerId))
      .map((line) => `mount ${line}`),
    ...podmanGroups().filter((path) => path.includes(containerId)),
  ];
}

/** What any podman may have made, without a mark: control groups, the default network's bridge and addresses, images. */
export function podmanTraces(): readonly string[] {
  const paths = ['/var/lib/cni/networks/podman', '/var/lib/containers', '/run/libpod', '/run/containers'];
  return [
    ...podmanGroups(),
    ...readdirSync('/sys/class/net').filter((name) => /^(cni-)?podman\d+$/.test(name)),
    ...paths.filter((path) => existsSync(path)),
  ];
}

/** With cgroup v1 below each controller, with v2 at the top. */
function podmanGroups(): readonly string[] {
  return globSync([
    '/sys/fs/cgroup/*libpod*{,/*}',
    '/sys/fs/cgroup/*/*libpod*{,/*}',
    '/sys/fs/cgroup/*/*crun*',
  ]).sort();
}
