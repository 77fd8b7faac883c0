import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  agentRules,
  type BundleFacts,
  bundleProblems,
  cliRules,
  type Metafile,
  operatorRules,
  pluginRules,
} from './bundle-problems.ts';
import { conclude } from './problems.ts';

const dist: string = resolve(import.meta.dirname, '../../dist');

function facts(metafile: string, isOurs: (name: string) => boolean): BundleFacts {
  const path = resolve(dist, metafile);
  const names = existsSync(dist) ? readdirSync(dist, { recursive: true, encoding: 'utf8' }) : [];
  const sizes = names
    .map((name) => ({ name, stat: statSync(resolve(dist, name)) }))
    .filter(({ name, stat }) => stat.isFile() && isOurs(name))
    .map(({ name, stat }) => [name, stat.size] as const);
  return {
    metafile: existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Metafile) : undefined,
    sizes: Object.fromEntries(sizes),
  };
}

const agent = facts('agent.meta.json', (name) => /^agent.*\.m?js$/.test(name));
const plugin = facts('weft.meta.json', (name) => name === 'weft');
const cli = facts('cli.meta.json', (name) => name === 'kubectl-weft');
const operator = facts('operator.meta.json', (name) => name === 'operator.mjs');
const sizes = Object.entries({ ...agent.sizes, ...plugin.sizes, ...cli.sizes, ...operator.sizes }).map(
  ([name, size]) => `${name} ${size} B`,
);
conclude(
  'verify-bundle',
  [
    ...bundleProblems(agent, agentRules),
    ...bundleProblems(plugin, pluginRules),
    ...bundleProblems(cli, cliRules),
    ...bundleProblems(operator, operatorRules),
  ],
  sizes.join(', '),
);
