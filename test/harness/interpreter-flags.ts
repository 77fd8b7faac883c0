import { readFileSync } from 'node:fs';

interface Interpreter {
  readonly flags: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * What the `#!` line of a script sets for Node, so that tests and figures are those of what is shipped. The line
 * itself is not used to start it: it takes whatever `node` PATH has, and tests run the agent with their own Node.
 */
function interpreter(script: string): Interpreter {
  const [line = ''] = readFileSync(script, 'utf8').split('\n', 1);
  const match = /^#!\/usr\/bin\/env -S((?: [A-Z_]+=[a-z0-9]+)*) node((?: --[a-z0-9=-]+)*)$/.exec(line);
  if (match === null)
    throw new Error(`${script} does not start with a #! line for node: ${line.slice(0, 80)}`);
  const [env, flags] = match.slice(1).map((words) => words.split(' ').slice(1));
  return {
    flags: flags ?? [],
    env: Object.fromEntries((env ?? []).map((variable) => variable.split('=', 2))),
  };
}

/** The flags for Node, in their order. */
export function interpreterFlags(script: string): readonly string[] {
  return interpreter(script).flags;
}

/** The environment variables for Node. */
export function interpreterEnv(script: string): Readonly<Record<string, string>> {
  return interpreter(script).env;
}
