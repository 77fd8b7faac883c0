import { stat } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { buildQuickjsProgram } from './quickjs-program.ts';

/** node hack/build/plugin.ts: dist/weft. The flags make other programs of the same parts, for tests. */
const { values } = parseArgs({
  options: {
    out: { type: 'string', default: 'dist' },
    entry: { type: 'string', default: 'src/plugin/main.ts' },
    name: { type: 'string', default: 'weft' },
    faults: { type: 'boolean', default: false },
  },
});
const path = await buildQuickjsProgram(values);
process.stdout.write(`${values.out}/${values.name}: ${(await stat(path)).size} bytes\n`);
