import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { chmod, mkdir, readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build, type Metafile } from 'esbuild';

/**
 * Bundles the agent to dist/agent.mjs and its chunks, and writes dist/agent.meta.json, from which hack/verify checks
 * what is inside. The same input gives the same bytes: no times, no absolute paths.
 */

const root = fileURLToPath(new URL('../..', import.meta.url));
const dist = `${root}dist`;

/** DESIGN §5: all of dist/agent*.mjs. */
const maxBytes = 1_000_000;

async function main(): Promise<void> {
  await mkdir(dist, { recursive: true });
  const version = readFileSync(`${root}VERSION`, 'utf8').trim();
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: { agent: 'src/agent/main.ts' },
    outdir: 'dist',
    outExtension: { '.js': '.mjs' },
    chunkNames: 'agent-[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    // Names stay, so that a crash report can be read; the spaces do not.
    minifyWhitespace: true,
    minifySyntax: true,
    keepNames: false,
    charset: 'utf8',
    legalComments: 'none',
    metafile: true,
    define: { __WEFT_VERSION__: JSON.stringify(version) },
    // CommonJS packages inside an ES module still call require for Node's own modules.
    banner: { js: requireBanner },
    logLevel: 'warning',
  });
  // A chunk's name has its hash in it, so old ones would pile up. Only now: a build that fails leaves the last one whole.
  for (const name of await readdir(dist))
    if (/^agent(-.*)?\.mjs$/.test(name) && !(`dist/${name}` in metafile.outputs)) rmSync(`${dist}/${name}`);
  writeFileSync(`${dist}/agent.meta.json`, `${JSON.stringify(metafile)}\n`);
  await chmod(`${dist}/agent.mjs`, 0o755);
  report(metafile);
}

const requireBanner =
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);";

function report(metafile: Metafile): void {
  let total = 0;
  for (const [name, { bytes }] of Object.entries(metafile.outputs)) {
    total += bytes;
    process.stdout.write(`${name} ${bytes} bytes\n`);
  }
  if (total > maxBytes) throw new Error(`the agent's bundle has ${total} bytes, more than ${maxBytes}`);
}

await main();
