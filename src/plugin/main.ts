import { run } from './run.ts';
import { argv, exit, sys, writeStderr, writeStdout } from './sys-quickjs.ts';

/** Content of the VERSION file, put in by the build. */
declare const __WEFT_VERSION__: string;

exit(run({ sys, args: argv(), version: __WEFT_VERSION__, stdout: writeStdout, stderr: writeStderr }));
