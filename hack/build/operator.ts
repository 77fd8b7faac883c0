import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { dotIStandIns } from './dot-i-stand-ins.ts';

/**
 * node hack/build/operator.ts: bundles the operator into one file, dist/operator.mjs, and writes dist/operator.meta.json, from
 * which hack/verify checks what is inside. The same input gives the same bytes.
 */

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = `${root}dist/operator.mjs`;

const version = readFileSync(`${root}VERSION`, 'utf8').trim();
const { metafile, outputFiles } = await build({
  absWorkingDir: root,
  entryPoints: ['src/operator/main.ts'],
  outfile: 'dist/operator.mjs',
  write: false,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  // Names stay, so that a crash report can be read; the spaces do not.
  minifyWhitespace: true,
  minifySyntax: true,
  charset: 'utf8',
  legalComments: 'none',
  metafile: true,
  plugins: [dotIStandIns],
  define: { __WEFT_VERSION__: JSON.stringify(version) },
  // CommonJS packages inside an ES module still call require for Node's own modules.
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
  logLevel: 'warning',
});
const [file] = outputFiles;
if (file === undefined) throw new Error('esbuild gave no file');
mkdirSync(`${root}dist`, { recursive: true });
// Beside the result, so that the last step is a rename: nobody starts half a program.
writeFileSync(`${program}.new`, file.contents);
chmodSync(`${program}.new`, 0o755);
renameSync(`${program}.new`, program);
writeFileSync(`${root}dist/operator.meta.json`, `${JSON.stringify(metafile)}\n`);
process.stdout.write(`dist/operator.mjs ${file.contents.byteLength} bytes\n`);
