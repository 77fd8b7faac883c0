import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../cluster/command.ts';
import type { StagedFile } from './staged-file.ts';

/** The part of esbuild's metafile that names what the agent consists of. */
interface Metafile {
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** Everything that the image holds, by the directory of the checkout. dist must be built. */
export async function imageFiles(root: string): Promise<readonly StagedFile[]> {
  const node = nodeBinary(root);
  const libraries = await sharedLibraries(node.path);
  return [
    { target: '/usr/bin/node', from: { path: node.path, strip: true }, mode: 0o755 },
    ...libraries.map((path): StagedFile => ({ target: path, from: { path }, mode: 0o755 })),
    ...distFiles(root),
    copy('/etc/ssl/certs/ca-certificates.crt', '/etc/ssl/certs/ca-certificates.crt'),
    ...accounts,
    copy('/licenses/weft/LICENSE', join(root, 'LICENSE')),
    copy('/licenses/weft/NOTICE', join(root, 'NOTICE')),
    copy('/licenses/node/LICENSE', node.licence),
  ];
}

/** The same Node that runs the tests: a package of the lockfile, for this machine's architecture. */
function nodeBinary(root: string): { readonly path: string; readonly licence: string } {
  const directory = join(root, 'node_modules', `node-linux-${process.arch}`);
  const path = join(directory, 'bin/node');
  if (!existsSync(path)) throw new Error(`${path} is missing: run hack/bootstrap.sh`);
  return { path, licence: join(directory, 'LICENSE') };
}

/**
 * The files that the dynamic linker loads for the program, itself among them, at the paths where it looks for them. Of
 * glibc 2.34 and later libc.so.6 resolves names by itself, so that there is no libnss_* to be found at run time.
 */
async function sharedLibraries(program: string): Promise<readonly string[]> {
  const lines = (await run(['ldd', program])).split('\n');
  const paths = lines.flatMap((line) => /^\t(?:\S+ => )?(\/\S+) \(0x[0-9a-f]+\)$/.exec(line)?.[1] ?? []);
  const missing = lines.find((line) => line.includes('not found'));
  if (missing !== undefined || paths.length === 0)
    throw new Error(`ldd ${program}: ${missing?.trim() ?? 'no library'}`);
  return paths.toSorted();
}

/** The agent's modules as its last build wrote them, not those that an earlier one left, the operator and the plugin. */
function distFiles(root: string): readonly StagedFile[] {
  const metafile = JSON.parse(readFileSync(join(root, 'dist/agent.meta.json'), 'utf8')) as Metafile;
  const modules = Object.keys(metafile.outputs).filter((path) => path.endsWith('.mjs'));
  return [
    ...modules.toSorted().map((path) => copy(`/weft/${path.replace(/^dist\//, '')}`, join(root, path))),
    copy('/weft/operator.mjs', join(root, 'dist/operator.mjs')),
    { target: '/weft/weft', from: { path: join(root, 'dist/weft') }, mode: 0o755 },
  ];
}

/** Names for the IDs, and where to look for host names: the file that the runtime mounts, then DNS. */
const accounts: readonly StagedFile[] = [
  text('/etc/passwd', [
    'root:x:0:0:root:/:/nonexistent',
    'nobody:x:65534:65534:nobody:/nonexistent:/nonexistent',
  ]),
  text('/etc/group', ['root:x:0:', 'nogroup:x:65534:']),
  text('/etc/nsswitch.conf', ['passwd: files', 'group: files', 'hosts: files dns']),
];

function copy(target: string, path: string): StagedFile {
  return { target, from: { path }, mode: 0o644 };
}

function text(target: string, lines: readonly string[]): StagedFile {
  return { target, from: { text: `${lines.join('\n')}\n` }, mode: 0o644 };
}
