import { readFileSync } from 'node:fs';
import { buildQuickjsProgram } from '../../hack/build/quickjs-program.ts';

let building: Promise<string> | undefined;

/**
 * The plugin from the same sources as dist/weft, with numbered points at which it can be told to kill itself
 * (`sys_fault` in src/plugin/native/sys.c). Built anew in each test process: it takes two seconds, and an old one would
 * test what was.
 */
export function faultsBinary(): Promise<string> {
  building ??= buildQuickjsProgram({
    entry: 'src/plugin/main.ts',
    name: `weft-faults-${process.env['VITEST_POOL_ID'] ?? '0'}`,
    out: 'build/faults',
    faults: true,
  });
  return building;
}

/** What the environment of this binary may hold, and nothing of which dist/weft may know. */
export const faultVariables: readonly string[] = ['WEFT_FAULT_AT', 'WEFT_FAULT_LINGER', 'WEFT_FAULT_LOG'];

/** True if the program knows the variables. */
export function knowsFaults(binary: string): boolean {
  const bytes = readFileSync(binary);
  return faultVariables.some((name) => bytes.includes(name));
}
