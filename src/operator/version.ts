import { readFileSync } from 'node:fs';

/** Put in by hack/build/operator.ts from the file VERSION. */
declare const __WEFT_VERSION__: string | undefined;

/** Version of this weft. Run from source, it is read from VERSION. */
export const weftVersion: string =
  typeof __WEFT_VERSION__ === 'string'
    ? __WEFT_VERSION__
    : readFileSync(new URL('../../VERSION', import.meta.url), 'utf8').trim();
