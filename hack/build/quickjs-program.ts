import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';

/** A program to be made of one TypeScript entry and the C of src/plugin/native. */
export interface QuickjsProgram {
  /** Path of the entry, relative to the checkout. */
  readonly entry: string;
  /** Name of the file in `out`; `<name>.meta.json`, what the bundle is made of, is put beside it. */
  readonly name: string;
  /** Directory, relative to the checkout; made if it is not there. */
  readonly out: string;
  /** Compiles in the points at which test/faults kills it. */
  readonly faults?: boolean;
}

const root: string = resolve(import.meta.dirname, '../..');
const native = 'src/plugin/native';
const run = promisify(execFile);

/** One section a function, so that the link drops what is not reached. */
const compileFlags: readonly string[] = [
  '-std=gnu11',
  '-O2',
  '-Wall',
  '-Wextra',
  '-Werror',
  '-fPIE',
  '-ffunction-sections',
  '-fdata-sections',
  '-fstack-protector-strong',
  '-D_FORTIFY_SOURCE=2',
];

const linkFlags: readonly string[] = [
  '-static-pie',
  '-s',
  '-Wl,--gc-sections',
  '-Wl,-z,relro,-z,now',
  '-Wl,-z,noexecstack',
  // Its value would be a hash of everything, but there is nobody to look it up.
  '-Wl,--build-id=none',
];

/**
 * TypeScript → one ES module (esbuild) → bytecode in C (qjsc) → static ELF (gcc). The same bytes every time: nothing in
 * it depends on the directory or the time. Resolves to the path of the program.
 */
export async function buildQuickjsProgram(program: QuickjsProgram): Promise<string> {
  const out = resolve(root, program.out);
  await mkdir(out, { recursive: true });
  // Beside the result, so that the last step is one rename: a test never starts half a program.
  const work = await mkdtemp(join(out, `.${program.name}-`));
  try {
    const quickjs = await quickjsDirectory();
    await bundle(program, work);
    // qjsc keeps the path that it is given, hence a relative one.
    await run(join(quickjs, 'bin/qjsc'), [...qjscFlags, '-o', 'bundle.c', 'bundle.mjs'], { cwd: work });
    await link(program, work, quickjs);
    await rename(join(work, 'meta.json'), join(out, `${program.name}.meta.json`));
    await rename(join(work, program.name), join(out, program.name));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return join(out, program.name);
}

/** A module, only its bytecode, without source and line numbers; `weft_sys` comes from C. */
const qjscFlags: readonly string[] = ['-c', '-m', '-s', '-N', 'weft_bundle', '-M', 'weft_sys,weft_sys'];

async function quickjsDirectory(): Promise<string> {
  const { stdout } = await run(join(root, 'hack/toolchain/quickjs.sh'), { encoding: 'utf8' });
  return stdout.trim().split('\n').at(-1) ?? '';
}

async function bundle(program: QuickjsProgram, work: string): Promise<void> {
  const version = (await readFile(join(root, 'VERSION'), 'utf8')).trim();
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [program.entry],
    outfile: join(work, 'bundle.mjs'),
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    target: 'es2023',
    external: ['weft_sys'],
    define: { __WEFT_VERSION__: JSON.stringify(version) },
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
  });
  // The temporary name of the output would differ from run to run.
  const outputs = Object.fromEntries(
    Object.entries(metafile.outputs).map(([path, output]) => [
      `${program.out}/${program.name}${basename(path) === 'bundle.mjs' ? '' : basename(path)}`,
      output,
    ]),
  );
  await writeFile(join(work, 'meta.json'), `${JSON.stringify({ ...metafile, outputs }, null, 1)}\n`);
}

async function link(program: QuickjsProgram, work: string, quickjs: string): Promise<void> {
  const sources = (await readdir(join(root, native))).filter((name) => name.endsWith('.c')).sort();
  const flags = [...compileFlags, `-ffile-prefix-map=${root}=.`, `-ffile-prefix-map=${work}=.`];
  if (program.faults === true) flags.push('-DWEFT_FAULTS');
  await run(
    'gcc',
    [
      ...flags,
      ...linkFlags,
      '-isystem',
      join(quickjs, 'include'),
      ...sources.map((name) => join(root, native, name)),
      join(work, 'bundle.c'),
      join(quickjs, 'lib/libquickjs.a'),
      '-lm',
      '-o',
      join(work, program.name),
    ],
    { cwd: work },
  );
}
