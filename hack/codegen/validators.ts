/**
 * Makes the validators that the agent runs from the zod schemas: zod → JSON Schema → ajv → one ESM file that needs
 * neither. zod costs the agent 17 MiB, ajv's compiler 7 (typescript-stack.md, section D).
 *
 *   node hack/codegen/validators.ts           writes <room>/<name>.generated.js and .generated.d.ts
 *   node hack/codegen/validators.ts --check   compares instead; exits 1 and names the files that differ
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { Ajv } from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';
import { build } from 'esbuild';
import { z } from 'zod';
import { networkAttachmentDefinitionSchema } from '../../src/api/network-attachment-definition.schema.ts';
import { weftConfigSchema } from '../../src/api/weft-config.schema.ts';
import { weftNodeSchema } from '../../src/api/weft-node.schema.ts';
import { networkSelectionElementSchema } from '../../src/selection/network-selection-element.schema.ts';

/** One generated validator. */
interface Target {
  /** Path in the repository without extension; `.schema.ts` beside it is the source. */
  readonly path: string;
  /** Name of the exported function. */
  readonly exported: string;
  readonly schema: z.ZodType;
}

const targets: readonly Target[] = [
  {
    path: 'src/api/network-attachment-definition',
    exported: 'validateNetworkAttachmentDefinition',
    schema: networkAttachmentDefinitionSchema,
  },
  { path: 'src/api/weft-config', exported: 'validateWeftConfig', schema: weftConfigSchema },
  { path: 'src/api/weft-node', exported: 'validateWeftNode', schema: weftNodeSchema },
  {
    path: 'src/selection/network-selection-element',
    exported: 'validateNetworkSelectionElement',
    schema: networkSelectionElementSchema,
  },
];

const root = join(import.meta.dirname, '../..');

/** Both files of a target: path in the repository → text. The same input gives the same bytes. */
export async function generate(target: Target): Promise<ReadonlyMap<string, string>> {
  const header = `// Generated from ${target.path}.schema.ts by hack/codegen/validators.ts; do not edit.\n`;
  const validatorModule = relative(dirname(target.path), 'src/api/schema-validator.ts');
  const validatorImport = validatorModule.startsWith('.') ? validatorModule : `./${validatorModule}`;
  const types =
    `import type { SchemaValidator } from '${validatorImport}';\n\n` +
    `/** ${target.path}.schema.ts as a function. */\n` +
    `export declare const ${target.exported}: SchemaValidator;\n`;
  return new Map([
    [`${target.path}.generated.js`, header + (await bundle(compile(target)))],
    [`${target.path}.generated.d.ts`, header + types],
  ]);
}

/** ajv's standalone output: ESM, but with `require` calls for its run-time parts. */
function compile(target: Target): string {
  // io: 'input', because a default makes a key optional for whoever writes the document.
  const schema = z.toJSONSchema(target.schema, { target: 'draft-7', io: 'input', unrepresentable: 'throw' });
  const ajv = new Ajv({
    code: { source: true, esm: true, lines: true },
    strict: true,
    useDefaults: true,
    // zod prints the patterns of records and formats it knows itself; unknown ones must not pass silently.
    validateFormats: true,
    // The API server's alone, as zod does not look at what `meta` says either.
    formats: { int64: true, 'date-time': true },
  });
  for (const keyword of ['x-kubernetes-list-type', 'x-kubernetes-list-map-keys']) ajv.addKeyword(keyword);
  ajv.addSchema({ ...schema, $id: target.exported });
  return standalone.default(ajv, { [target.exported]: target.exported });
}

/** Takes ajv's run-time parts in, so that nothing is imported any more. */
async function bundle(source: string): Promise<string> {
  const result = await build({
    stdin: { contents: source, resolveDir: root, loader: 'js' },
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'neutral',
    target: 'es2023',
    mainFields: ['main'],
    minifySyntax: true,
    legalComments: 'none',
    logLevel: 'error',
  });
  const imports = Object.values(result.metafile.outputs).flatMap((output) => output.imports);
  const [file] = result.outputFiles;
  if (file === undefined || imports.length > 0) throw new Error('the validator still imports something');
  return file.text;
}

/** Paths whose content is not what would be generated. */
function stale(files: ReadonlyMap<string, string>): readonly string[] {
  return [...files].filter(([path, text]) => current(path) !== text).map(([path]) => path);
}

function current(path: string): string | undefined {
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch {
    return undefined;
  }
}

if (import.meta.main) {
  const check = process.argv.includes('--check');
  const files = new Map((await Promise.all(targets.map(generate))).flatMap((map) => [...map]));
  for (const path of stale(files)) {
    if (check) {
      process.stderr.write(`${path} is not what hack/codegen/validators.ts makes of its schema\n`);
      process.exitCode = 1;
    } else {
      writeFileSync(join(root, path), files.get(path) ?? '');
      process.stdout.write(`wrote ${path}\n`);
    }
  }
}
