import { Buffer } from 'node:buffer';
import { type FileStat, SysError } from '../../../src/executor/sys.ts';

/** A file or directory. `synced` is what a disk is sure to have of it. */
export interface Inode {
  readonly ino: number;
  readonly kind: 'file' | 'directory';
  mtimeMs: number;
  /** A file's bytes now, and as of its last fsync; undefined if there was none. */
  bytes: Buffer;
  synced: Buffer | undefined;
  /** A directory's entries now, as of its last fsync, and what was done in between, in order. */
  readonly entries: Map<string, Inode>;
  syncedEntries: Map<string, Inode>;
  pending: ((entries: Map<string, Inode>) => void)[];
}

/**
 * What a disk has of unsynced changes after it lost power.
 * `none`: nothing. `all`: everything. `names`: directory entries, but not the bytes behind them, as after a rename
 * without fsync of the file. A function decides each: how many of the `count` last changes of a directory, or (count 1)
 * of a file's bytes, survive.
 */
export type Survival = 'none' | 'all' | 'names' | ((count: number) => number);

/** A file system that knows which of it is durable. Paths are absolute and plain; there are no symbolic links. */
export class Disk {
  /** Given by the world; stamps files. */
  now: () => number = () => 0;
  #nextIno = 2;
  readonly #root: Inode = this.#make('directory');

  /** The inode at the path; undefined if there is none. */
  find(path: string): Inode | undefined {
    let at: Inode | undefined = this.#root;
    for (const part of partsOf(path)) at = at?.kind === 'directory' ? at.entries.get(part) : undefined;
    return at;
  }

  /** The file at the path, made empty if it is missing and `create` says so. */
  file(path: string, create: boolean, call: string): Inode {
    const found = this.find(path);
    if (found?.kind === 'directory') throw new SysError('EISDIR', call, path);
    if (found !== undefined) return found;
    if (!create) throw new SysError('ENOENT', call, path);
    const made = this.#make('file');
    this.#change(this.#parent(path, call), (entries) => entries.set(nameOf(path), made));
    return made;
  }

  directory(path: string, call: string): Inode {
    const found = this.find(path);
    if (found === undefined) throw new SysError('ENOENT', call, path);
    if (found.kind !== 'directory') throw new SysError('ENOTDIR', call, path);
    return found;
  }

  mkdir(path: string): void {
    const parent = this.#parent(path, 'mkdir');
    if (parent.entries.has(nameOf(path))) throw new SysError('EEXIST', 'mkdir', path);
    const made = this.#make('directory');
    this.#change(parent, (entries) => entries.set(nameOf(path), made));
  }

  unlink(path: string): void {
    const parent = this.#parent(path, 'unlink');
    const found = parent.entries.get(nameOf(path));
    if (found === undefined) throw new SysError('ENOENT', 'unlink', path);
    if (found.kind === 'directory') throw new SysError('EISDIR', 'unlink', path);
    this.#change(parent, (entries) => entries.delete(nameOf(path)));
  }

  /** Atomic within one directory, which is all that weft does. */
  rename(from: string, to: string): void {
    const file = this.file(from, false, 'rename');
    const source = this.#parent(from, 'rename');
    if (source !== this.#parent(to, 'rename')) throw new Error(`rename across directories: ${from} ${to}`);
    this.#change(source, (entries) => {
      entries.delete(nameOf(from));
      entries.set(nameOf(to), file);
    });
  }

  link(from: string, to: string): void {
    const file = this.file(from, false, 'link');
    const target = this.#parent(to, 'link');
    if (target.entries.has(nameOf(to))) throw new SysError('EEXIST', 'link', to);
    this.#change(target, (entries) => entries.set(nameOf(to), file));
  }

  sync(inode: Inode): void {
    if (inode.kind === 'file') {
      inode.synced = inode.bytes;
      return;
    }
    inode.syncedEntries = new Map(inode.entries);
    inode.pending = [];
  }

  stat(path: string): FileStat | undefined {
    const found = this.find(path);
    if (found === undefined) return undefined;
    return { ino: found.ino, kind: found.kind, size: found.bytes.length, mtimeMs: found.mtimeMs };
  }

  /** Puts a file there for good, with its directories: the world before the test. */
  plant(path: string, content: string | Uint8Array): void {
    this.plantDirectory(path.slice(0, path.lastIndexOf('/')));
    const file = this.file(path, true, 'plant');
    file.bytes = Buffer.from(content);
    this.syncAll();
  }

  plantDirectory(path: string): void {
    let at = '';
    for (const part of partsOf(path)) {
      at += `/${part}`;
      if (this.find(at) === undefined) this.mkdir(at);
    }
    this.syncAll();
  }

  /** Everything becomes durable, as after a minute without writes. */
  syncAll(): void {
    const walk = (inode: Inode): void => {
      this.sync(inode);
      for (const entry of inode.entries.values()) walk(entry);
    };
    walk(this.#root);
  }

  /** Paths of all files below the directory, sorted. */
  files(directory: string): readonly string[] {
    const found: string[] = [];
    const walk = (inode: Inode, path: string): void => {
      if (inode.kind === 'file') found.push(path);
      for (const [name, entry] of inode.entries) walk(entry, `${path}/${name}`);
    };
    const start = this.find(directory);
    if (start !== undefined) walk(start, directory);
    return found.sort();
  }

  /** The machine loses power and comes back; `volatile` names the tmpfs mounts, which come back empty. */
  powerLoss(survival: Survival, volatile: readonly string[]): void {
    const seen = new Set<Inode>();
    const revive = (inode: Inode): void => {
      if (seen.has(inode)) return;
      seen.add(inode);
      if (inode.kind === 'file') {
        if (survivors(survival, 1, 'bytes') === 0) inode.bytes = inode.synced ?? Buffer.alloc(0);
        inode.synced = inode.bytes;
        return;
      }
      const kept = new Map(inode.syncedEntries);
      const count = survivors(survival, inode.pending.length, 'names');
      for (const change of inode.pending.slice(0, count)) change(kept);
      inode.entries.clear();
      for (const [name, entry] of kept) inode.entries.set(name, entry);
      this.sync(inode);
      for (const entry of kept.values()) revive(entry);
    };
    revive(this.#root);
    for (const path of volatile) {
      this.find(path)?.entries.clear();
      this.plantDirectory(path);
    }
  }

  #parent(path: string, call: string): Inode {
    return this.directory(path.slice(0, path.lastIndexOf('/')), call);
  }

  #change(directory: Inode, change: (entries: Map<string, Inode>) => void): void {
    change(directory.entries);
    directory.pending.push(change);
  }

  #make(kind: Inode['kind']): Inode {
    const ino = this.#nextIno;
    this.#nextIno += 1;
    return {
      ino,
      kind,
      mtimeMs: this.now(),
      bytes: Buffer.alloc(0),
      synced: undefined,
      entries: new Map(),
      syncedEntries: new Map(),
      pending: [],
    };
  }
}

function survivors(survival: Survival, count: number, what: 'bytes' | 'names'): number {
  if (typeof survival === 'function') return survival(count);
  if (survival === 'none') return 0;
  return survival === 'all' || what === 'names' ? count : 0;
}

function partsOf(path: string): readonly string[] {
  return path.split('/').filter((part) => part !== '');
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
