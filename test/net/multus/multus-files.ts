import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What Multus and its libcni keep on the node for one container, text by file name. */
export interface MultusFiles {
  readonly scratch: string | undefined;
  readonly results: Readonly<Record<string, string>>;
  /** Where host-local has its files. */
  readonly ipamDir: string;
  /** Device information files by interface. */
  readonly deviceInfo?: Readonly<Record<string, string>>;
}

/** The files of a container in a `cniDir` of Multus. */
export function multusFiles(cniDir: string, containerId: string, ipamDir: string): MultusFiles {
  const scratch = join(cniDir, containerId);
  const dir = join(cniDir, 'results');
  const names = existsSync(dir) ? readdirSync(dir).filter((name) => name.includes(containerId)) : [];
  return {
    scratch: existsSync(scratch) ? readFileSync(scratch, 'utf8') : undefined,
    results: Object.fromEntries(names.map((name) => [name, readFileSync(join(dir, name), 'utf8')])),
    ipamDir,
  };
}
