/** Where weft keeps what it knows. Both absolute. */
export interface Directories {
  /** Survives a reboot: `/var/lib/weft`. */
  readonly stateDir: string;
  /** Gone after a reboot: `/run/weft`. */
  readonly runDir: string;
}

/** Every file of one record. */
export interface RecordPaths {
  /** The durable copy. */
  readonly durable: string;
  /** The second copy, without fsync. */
  readonly volatile: string;
  readonly journal: string;
  /** Stands in place of `durable` once an undo failed for good. */
  readonly leftover: string;
}

export const leftoverSuffix = '.leftover.json';

export function attachmentsDir(directories: Directories): string {
  return `${directories.stateDir}/attachments`;
}

export function recordPaths(directories: Directories, key: string): RecordPaths {
  const durable = `${attachmentsDir(directories)}/${key}`;
  const volatile = `${directories.runDir}/attachments/${key}`;
  return {
    durable: `${durable}.json`,
    volatile: `${volatile}.json`,
    journal: `${volatile}.journal`,
    leftover: `${durable}${leftoverSuffix}`,
  };
}

/** The default network's step for a DEL without a record; written by the agent. */
export function nodeFile(directories: Directories): string {
  return `${directories.stateDir}/node.json`;
}

export function bootIdFile(directories: Directories): string {
  return `${directories.runDir}/boot-id`;
}

export function lockFile(directories: Directories, name: string): string {
  return `${directories.runDir}/locks/${name}.lock`;
}
