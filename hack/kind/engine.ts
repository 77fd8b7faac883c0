import { spawnSync } from 'node:child_process';

/** A container engine that kind can drive, by the name of its command. */
export type Engine = 'docker' | 'podman';

/** Whether an engine answers: undefined, or in one line why not. */
export type Probe = (engine: Engine) => string | undefined;

/**
 * Docker, unless KIND_EXPERIMENTAL_PROVIDER (`wanted`) asks for podman, which kind calls experimental. Throws if it does
 * not answer: kind looks only for a command, and `docker` may be there without an engine behind it.
 */
export function chooseEngine(wanted: string | undefined, probe: Probe): Engine {
  const engine = wanted === undefined || wanted === '' ? 'docker' : wanted;
  if (engine !== 'docker' && engine !== 'podman') {
    throw new Error(`KIND_EXPERIMENTAL_PROVIDER=${engine} is not supported; unset it, or set it to podman`);
  }
  const refusal = probe(engine);
  if (refusal === undefined) return engine;
  throw new Error(
    `no container engine answers (${engine}: ${refusal}); start it, or use "make cluster-up", which needs none`,
  );
}

/** Asks the engine itself, not only its command. */
export function probeEngine(engine: Engine): string | undefined {
  // A daemon that hangs would hang the question too.
  const answer = spawnSync(engine, ['info'], { encoding: 'utf8', timeout: 20_000 });
  if (answer.error !== undefined) {
    const { code } = answer.error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return 'not installed';
    return code === 'ETIMEDOUT' ? 'no answer within 20 s' : answer.error.message;
  }
  if (answer.status === 0) return undefined;
  return (
    answer.stderr.trim().split('\n').at(-1)?.slice(0, 150) || `"${engine} info" ended with ${answer.status}`
  );
}
