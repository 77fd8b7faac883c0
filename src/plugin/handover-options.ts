import { WeftError } from '../errors/weft-error.ts';

/** Where `weft handover` works. All absolute. */
export interface HandoverOptions {
  readonly stateDir: string;
  readonly runDir: string;
  readonly multusDir: string;
  readonly cacheDir: string;
  readonly socket: string;
  /** Goes on although an agent is there. */
  readonly force: boolean;
}

const defaults: Readonly<Record<string, string>> = {
  '--state-dir': '/var/lib/weft',
  '--run-dir': '/run/weft',
  '--multus-dir': '/var/lib/cni/multus',
  '--cache-dir': '/var/lib/cni',
  '--socket': '/run/weft/agent.sock',
};

/** Reads the arguments; `--flag value` and `--flag=value`. Throws InvalidFlag. */
export function parseHandoverOptions(args: readonly string[]): HandoverOptions {
  const paths = new Map(Object.entries(defaults));
  const [target, ...rest] = args;
  if (target !== 'multus') throw invalid('say whom the pods are left to: weft handover multus');
  let force = false;
  for (let index = 0; index < rest.length; index += 1) {
    const [flag = '', value = rest[index + 1]] = pieces(rest[index] ?? '');
    if (flag === '--force') {
      force = true;
      continue;
    }
    if (!paths.has(flag)) throw invalid(`unknown flag ${flag.slice(0, 40)}`);
    if (value === undefined || !value.startsWith('/')) throw invalid(`${flag} needs an absolute path`);
    if (!(rest[index] ?? '').includes('=')) index += 1;
    paths.set(flag, value);
  }
  const path = (flag: string): string => paths.get(flag) ?? '';
  return {
    stateDir: path('--state-dir'),
    runDir: path('--run-dir'),
    multusDir: path('--multus-dir'),
    cacheDir: path('--cache-dir'),
    socket: path('--socket'),
    force,
  };
}

function pieces(word: string): readonly string[] {
  const equals = word.indexOf('=');
  return equals < 0 ? [word] : [word.slice(0, equals), word.slice(equals + 1)];
}

function invalid(cause: string): WeftError {
  return new WeftError('InvalidFlag', { step: 'weft handover', cause });
}
