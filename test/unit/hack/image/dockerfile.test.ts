import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { interpreterEnv, interpreterFlags } from '../../../harness/interpreter-flags.ts';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const dockerfile = readFileSync(`${root}Dockerfile`, 'utf8');

describe('the Dockerfile', () => {
  it('starts the agent with the flags of its #! line', () => {
    const line = /^ENTRYPOINT (\[.*\])$/m.exec(dockerfile)?.[1] ?? '';
    expect(JSON.parse(line)).toEqual([
      '/usr/bin/node',
      ...interpreterFlags(`${root}src/agent/main.ts`),
      '/weft/agent.mjs',
    ]);
  });

  it('starts it with the environment of that line', () => {
    const variables = [...dockerfile.matchAll(/^ENV (\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]);
    expect(variables).not.toEqual([]);
    expect(Object.fromEntries(variables)).toEqual(interpreterEnv(`${root}src/agent/main.ts`));
  });

  it('needs no other image', () => {
    expect(dockerfile.match(/^FROM .*$/gm)).toEqual(['FROM scratch']);
  });

  it('takes the staged files and nothing else of the checkout', () => {
    expect(dockerfile.match(/^(COPY|ADD) .*$/gm)).toEqual(['COPY --chown=0:0 build/image/root/ /']);
    expect(readFileSync(`${root}.dockerignore`, 'utf8').trim().split('\n')).toEqual([
      '*',
      '!build/image/root',
    ]);
  });
});
