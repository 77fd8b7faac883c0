import { readFileSync } from 'node:fs';

/**
 * The flags for Node in the `#!` line of a script, so that tests and figures are those of what is shipped. The line
 * itself is not used to start it: it takes whatever `node` PATH has, and tests run the agent with their own Node.
 */
export function interpreterFlags(script: string): readonly string[] {
  const [line = ''] = readFileSync(script, 'utf8').split('\n', 1);
  const match = /^#!\/usr\/bin\/env -S node((?: --[a-z0-9=-]+)*)$/.exec(line);
  if (match === null)
    throw new Error(`${script} does not start with a #! line for node: ${line.slice(0, 80)}`);
  return (match[1] ?? '').split(' ').filter((flag) => flag !== '');
}
