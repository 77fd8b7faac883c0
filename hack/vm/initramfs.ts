import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type ArchiveEntry, writeCpio } from './cpio.ts';

/** What a machine has beyond busybox. */
export interface InitramfsContents {
  /** Directory of hack/toolchain/kernel.sh. */
  readonly kernelDir: string;
  /** Programs of this machine, by name or path: copied to the same path, with the libraries that they load. */
  readonly programs: readonly string[];
  /** Other files. Directories need not be named. */
  readonly files: readonly ArchiveEntry[];
}

/** Where init and what it starts expect a directory. */
const mountPoints: readonly string[] = [
  ...['/bin', '/sbin', '/dev', '/disk', '/etc', '/proc', '/run', '/sys', '/tmp', '/var/lib'],
];

/** Writes the archive that the kernel unpacks into memory as its root file system; init.sh is its first process. */
export function buildInitramfs(out: string, contents: InitramfsContents): void {
  const busybox = commandPath('busybox');
  const files: readonly ArchiveEntry[] = [
    { kind: 'file', path: '/bin/busybox', mode: 0o755, from: busybox },
    { kind: 'file', path: '/init', mode: 0o755, from: join(import.meta.dirname, 'init.sh') },
    { kind: 'file', path: '/usr/bin/node', mode: 0o755, from: process.execPath },
    ...filesBelow(join(contents.kernelDir, 'lib'), '/lib'),
    ...contents.programs.map((name) => programEntry(commandPath(name))),
    ...libraries([busybox, process.execPath, ...contents.programs.map(commandPath)]).map(programEntry),
    ...contents.files,
  ];
  const directories = new Set([...mountPoints, ...files.map((file) => dirname(file.path))].flatMap(lineage));
  const entries = [...directories].map((path): ArchiveEntry => ({ kind: 'directory', path, mode: 0o755 }));
  writeCpio(out, [...entries, ...files]);
}

function programEntry(path: string): ArchiveEntry {
  return { kind: 'file', path, mode: 0o755, from: path };
}

/** `/a/b` → `/a`, `/a/b`. */
function lineage(path: string): readonly string[] {
  return path === '/' ? [] : [...lineage(dirname(path)), path];
}

function filesBelow(from: string, to: string): readonly ArchiveEntry[] {
  return readdirSync(from).flatMap((name): readonly ArchiveEntry[] => {
    const [source, path] = [join(from, name), join(to, name)];
    if (statSync(source).isDirectory()) return filesBelow(source, path);
    return [{ kind: 'file', path, mode: 0o644, from: source }];
  });
}

/** Absolute path of a command of this machine. */
function commandPath(name: string): string {
  if (name.startsWith('/')) return name;
  return execFileSync('sh', ['-c', 'command -v "$1"', 'sh', name], { encoding: 'utf8' }).trim();
}

/** What the dynamic loader opens for them, itself included, each once. A static program has none. */
function libraries(programs: readonly string[]): readonly string[] {
  const found = programs.flatMap((program) => {
    const { stdout } = spawnSync('ldd', [program], { encoding: 'utf8' });
    return [...stdout.matchAll(/(\/\S+) \(0x/g)].flatMap(([, path]) => (path === undefined ? [] : [path]));
  });
  return [...new Set(found)];
}
