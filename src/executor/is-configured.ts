import { isObject } from '../cni/json.ts';
import { isErrno, type Sys } from './sys.ts';

/** libcni reads no others. */
const extensions = ['.conflist', '.conf', '.json'];

/** Far larger than any configuration. */
const limitBytes = 2 * 1024 * 1024;

/** How often a directory is looked at before a network is called gone, and the pause between. */
const looks = 3;
const pauseMs = 100;

/**
 * True if a file in the directory has a network of this name. Who replaces a file may leave it out or half written for a
 * moment, and that must not make a node NotReady: it looks again, up to the deadline on the monotonic clock. A directory
 * that cannot be read at all proves nothing, so it counts as true.
 */
export function isConfigured(
  sys: Pick<Sys, 'readdir' | 'readText' | 'monotonicMs' | 'sleepMs'>,
  directory: string,
  network: string,
  deadline: number,
): boolean {
  for (let look = 1; ; look += 1) {
    if (holds(sys, directory, network)) return true;
    if (look === looks || sys.monotonicMs() + pauseMs >= deadline) return false;
    sys.sleepMs(pauseMs);
  }
}

function holds(sys: Pick<Sys, 'readdir' | 'readText'>, directory: string, network: string): boolean {
  try {
    const names = sys.readdir(directory).filter((name) => extensions.some((end) => name.endsWith(end)));
    return names.some((name) => nameIn(sys, `${directory}/${name}`) === network);
  } catch (error) {
    return !isErrno(error, 'ENOENT', 'ENOTDIR');
  }
}

/** The network's name in a configuration; undefined where it cannot be read. */
function nameIn(sys: Pick<Sys, 'readText'>, path: string): unknown {
  try {
    const document: unknown = JSON.parse(sys.readText(path, limitBytes));
    return isObject(document) ? document['name'] : undefined;
  } catch {
    return undefined;
  }
}
